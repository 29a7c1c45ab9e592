import type { Child } from 'hono/jsx'
import type { ProductPage as Product } from '#governance/index.ts'
import { market } from '#web/shared/words/market.ts'
import type { Language } from '#web/shared/words/words.ts'
import { Day, Digest, Scroll } from './parts.tsx'

type Props = Readonly<{ language: Language; product: Product }>

/** What the listing rests on: each badge of the head leads here. */
export function EvidenceSection({ language, product }: Props) {
  const w = market[language]
  const e = w.evidence
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence">{w.sections.evidence}</h2>
      <Scroll label={e.caption}>
        <table class="stacking">
          <caption class="unseen">{e.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{e.step}</th>
              <th scope="col">{e.result}</th>
              <th scope="col">{e.date}</th>
              <th scope="col">{e.proof}</th>
            </tr>
          </thead>
          <tbody>
            {evidenceFor(product, language).map(({ step, result, date, proof }) => (
              <tr>
                <th scope="row">{step}</th>
                <td data-label={e.result}>{result}</td>
                <td class={date === null ? undefined : 'number'} data-label={e.date}>
                  {date === null ? '—' : <Day at={date} />}
                </td>
                <td data-label={e.proof}>{proof}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {product.versions.length > 1 && <Versions language={language} product={product} />}
    </section>
  )
}

type Evidence = Readonly<{
  step: string
  result: string
  /** Null where the step has no day that is published. */
  date: Date | null
  proof: Child
}>

function evidenceFor(product: Product, language: Language): readonly Evidence[] {
  const { evidence: e, head } = market[language]
  const { review, filing } = product
  const { compliance, dataSource } = product.content.statements
  const isRegistered = product.registrationState === 'registered'
  return [
    {
      step: e.review,
      result: `✓ ${e.passed}`,
      date: review.reviewedAt,
      proof: <Digest value={review.evidenceDigest} />,
    },
    {
      step: e.filing,
      result: `✓ ${e.confirmed}`,
      date: filing.decidedAt,
      proof: filing.number,
    },
    {
      step: e.registration,
      result: isRegistered ? `✓ ${head.registered}` : head.unregistered,
      date: null,
      proof: product.registrationNumber ?? '—',
    },
    {
      step: e.compliance,
      result: `✓ ${e.declared}`,
      date: null,
      proof: <Digest value={compliance.fileDigest} />,
    },
    {
      step: e.dataSource,
      result: `✓ ${e.declared}`,
      date: null,
      proof: <Digest value={dataSource.fileDigest} />,
    },
    {
      step: e.content,
      result: e.version(String(product.versionNumber)),
      date: product.listedAt,
      proof: <Digest value={product.contentDigest} />,
    },
  ]
}

function Versions({ language, product }: Props) {
  const e = market[language].evidence
  return (
    <>
      <h3>{e.versions}</h3>
      <ul class="dots">
        {product.versions.map((version) => (
          <li>
            {e.version(String(version.number))} · <Day at={version.statusChangedAt} />
            {version.id === product.versionId && ` · ${e.current}`}
          </li>
        ))}
      </ul>
    </>
  )
}
