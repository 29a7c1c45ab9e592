import type { ProductPage as Product } from '#governance/index.ts'
import { market } from '#web/shared/words/market.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { Chinese, Either, langOf, Scroll, Tag } from './parts.tsx'

type Props = Readonly<{ language: Language; product: Product }>

export function AboutSection({ language, product }: Props) {
  const w = market[language]
  const t = terms[language]
  const { content } = product
  const facts: readonly (readonly [string, unknown])[] = [
    [w.facts.kind, t.productKind[product.kind]],
    [w.facts.delivery, t.delivery[content.delivery.mode]],
    [w.facts.frequency, t.frequency[content.updateFrequency]],
    [w.facts.field, language === 'zh' ? product.fieldName : product.fieldNameEn],
    [w.facts.region, <Chinese language={language}>{content.coverage.region}</Chinese>],
    [w.facts.time, <Chinese language={language}>{content.coverage.time}</Chinese>],
    [w.facts.subject, t.subject[content.dataSubject]],
    [w.facts.scale, <Chinese language={language}>{content.scale}</Chinese>],
    [w.facts.processing, t.processing[content.processingMode]],
    [w.facts.industry, <Chinese language={language}>{content.industry}</Chinese>],
    [w.facts.code, <code>{product.code}</code>],
  ]
  return (
    <section aria-labelledby="about">
      <h2 id="about">{w.sections.about}</h2>
      <div class="card">
        <p>{content.introduction[language]}</p>
        <dl class="facts">
          {facts.map(([name, value]) => (
            <div class="fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  )
}

export function DictionarySection({ language, product }: Props) {
  const w = market[language]
  const d = w.dictionary
  return (
    <section aria-labelledby="dictionary">
      <div class="section-head">
        <h2 id="dictionary">{w.sections.dictionary}</h2>
        <a class="more" href={`/products/${product.code}/dictionary.csv`} download>
          {d.download}
        </a>
      </div>
      <Scroll label={d.caption}>
        <table class="stacking">
          <caption class="unseen">{d.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{d.name}</th>
              <th scope="col">{d.label}</th>
              <th scope="col">{d.type}</th>
              <th scope="col">{d.meaning}</th>
              <th scope="col">{d.personal}</th>
            </tr>
          </thead>
          <tbody>
            {product.content.dictionary.map((entry) => (
              <tr>
                <th scope="row">
                  <code>{entry.name}</code>
                </th>
                <td data-label={d.label}>{entry.label[language]}</td>
                <td data-label={d.type}>{terms[language].type[entry.type]}</td>
                <td data-label={d.meaning}>{entry.description[language]}</td>
                <td data-label={d.personal}>
                  {entry.isPersonalInformation ? terms[language].yes : terms[language].no}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}

const sampleRowsShown = 20

export function SampleSection({ language, product }: Props) {
  const w = market[language]
  const columns = product.content.dictionary.map((entry) => entry.name)
  return (
    <section aria-labelledby="sample">
      <h2 id="sample">{w.sections.sample}</h2>
      <Scroll label={w.sample.caption}>
        <table class="plain-grid">
          <caption>{w.sample.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{w.sample.row}</th>
              {columns.map((column) => (
                <th scope="col">
                  <code>{column}</code>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {product.content.sampleRows.slice(0, sampleRowsShown).map((row, index) => (
              <tr>
                <th scope="row" class="number">
                  {index + 1}
                </th>
                {columns.map((column) => {
                  const text = cellText(row[column])
                  return <td lang={langOf(text, language)}>{text}</td>
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet small">{w.sample.hint}</p>
    </section>
  )
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '—'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function UseSection({ language, product }: Props) {
  const w = market[language]
  const u = w.use
  return (
    <section aria-labelledby="use">
      <h2 id="use">{w.sections.use}</h2>
      <div class="card two-columns">
        <div>
          <h3>{u.limits}</h3>
          <ul class="dots">
            {product.content.useLimits.map((limit) => (
              <li>{limit[language]}</li>
            ))}
            {product.containsPersonalInformation && <li>{u.consent}</li>}
          </ul>
        </div>
        <div>
          <h3>{u.whoTitle}</h3>
          <p>{u.who}</p>
        </div>
      </div>
      <Scroll label={u.scenarios}>
        <table class="stacking">
          <caption>{u.scenarios}</caption>
          <thead>
            <tr>
              <th scope="col">{u.scenario}</th>
              <th scope="col">{u.purpose}</th>
              <th scope="col">{u.charge}</th>
              <th scope="col">{u.description}</th>
            </tr>
          </thead>
          <tbody>
            {product.scenarios.map((scenario) => (
              <tr>
                <th scope="row">
                  <a href={`/scenarios#${scenario.code}`}>
                    <Either language={language} zh={scenario.name} en={scenario.nameEn} />
                  </a>
                </th>
                <td data-label={u.purpose}>{terms[language].purpose[scenario.purposeClass]}</td>
                <td data-label={u.charge}>
                  {scenario.purposeClass === 'public_interest' ? (
                    <Tag tone="good">✓ {u.free}</Tag>
                  ) : (
                    u.charged
                  )}
                </td>
                <td data-label={u.description}>
                  <Chinese language={language}>{scenario.description}</Chinese>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}

export function SourceSection({ language, product }: Props) {
  const w = market[language]
  const s = w.source
  return (
    <section aria-labelledby="source">
      <h2 id="source">{w.sections.source}</h2>
      <Scroll label={s.caption}>
        <table class="stacking">
          <caption class="unseen">{s.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{s.resource}</th>
              <th scope="col">{s.code}</th>
              <th scope="col">{s.provider}</th>
              <th scope="col" class="right">
                {s.weight}
              </th>
            </tr>
          </thead>
          <tbody>
            {product.resources.map((resource) => (
              <tr>
                <th scope="row">
                  <a href={`/catalogue#${resource.code}`}>
                    <Chinese language={language}>{resource.name}</Chinese>
                  </a>
                </th>
                <td data-label={s.code}>
                  <code>{resource.code}</code>
                </td>
                <td data-label={s.provider}>
                  <Chinese language={language}>{resource.providerName}</Chinese>
                </td>
                <td class="right number" data-label={s.weight}>
                  {resource.weight.times(100).toFixed()}%
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet small">{s.hint}</p>
    </section>
  )
}
