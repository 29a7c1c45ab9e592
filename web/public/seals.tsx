import type { SealRow } from '#metering/index.ts'
import { seals as sealWords } from '#web/shared/words/seals.ts'
import type { Language } from '#web/shared/words/words.ts'
import { type Frame, Page, PageHead } from './frame.tsx'
import { AsOf, Digest, Either, minuteText, Scroll } from './parts.tsx'
import { grouped } from './price-text.ts'

export type SealedProduct = Readonly<{
  productId: string
  /** Null for requests that name no product. */
  name: string | null
  nameEn: string | null
  seals: readonly SealRow[]
}>

export type SealsView = Readonly<{
  asOf: Date
  month: string
  /** Months that have seals, newest first. */
  months: readonly string[]
  products: readonly SealedProduct[]
}>

type Props = Readonly<{ frame: Frame; view: SealsView }>

export function SealsPage({ frame, view }: Props) {
  const { language } = frame
  const w = sealWords[language]
  return (
    <Page frame={frame} title={w.title} description={w.lead}>
      <PageHead language={language} trail={[{ name: w.title }]} title={w.title} lead={w.lead}>
        <Tools language={language} view={view} />
      </PageHead>
      <div class="wide section board">
        <section class="card" aria-labelledby="verify">
          <h2 id="verify">{w.verifyTitle}</h2>
          <p>{w.verify}</p>
          <ul>
            <li>
              <a href="/verify-usage.mjs">{w.tool}</a>
            </li>
            <li>
              <a href={`/v1/usage/calls.csv?month=${view.month}`}>{w.calls}</a>
            </li>
            <li>
              <a href={`/v1/usage/proof?month=${view.month}`}>{w.proof}</a>
            </li>
          </ul>
        </section>
        {view.products.length === 0 ? (
          <p class="card nothing">{w.none}</p>
        ) : (
          <p class="quiet">{totalText(view, language)}</p>
        )}
        {view.products.map((product) => (
          <ProductSeals language={language} product={product} />
        ))}
        <AsOf language={language} at={view.asOf} />
      </div>
    </Page>
  )
}

function totalText({ products }: SealsView, language: Language): string {
  const all = products.flatMap((product) => product.seals)
  const sum = (read: (seal: SealRow) => bigint): string =>
    grouped(String(all.reduce((total, seal) => total + read(seal), 0n)))
  return sealWords[language].total(
    grouped(String(all.length)),
    sum((seal) => seal.events),
    sum((seal) => seal.billed),
  )
}

function Tools({ language, view }: Readonly<{ language: Language; view: SealsView }>) {
  const w = sealWords[language]
  return (
    <div class="tools">
      <form action="/seals" method="get">
        <label for="seal-month">{w.month}</label>
        <select id="seal-month" name="month">
          {[...new Set([view.month, ...view.months])].map((month) => (
            <option value={month} selected={month === view.month}>
              {month}
            </option>
          ))}
        </select>
        <button class="button quiet" type="submit">
          {w.show}
        </button>
      </form>
      <p class="downloads">
        {w.download} <a href={`/v1/seals?month=${view.month}`}>{w.json}</a>
        <a href="/v1/public-keys">{w.keys}</a>
      </p>
    </div>
  )
}

type ProductProps = Readonly<{ language: Language; product: SealedProduct }>

function ProductSeals({ language, product }: ProductProps) {
  const w = sealWords[language]
  const { productId, nameEn } = product
  const name = product.name ?? w.noProduct
  const caption = w.caption(language === 'en' ? (nameEn ?? name) : name)
  const heading = `of-${productId === '-' ? 'none' : productId}`
  return (
    <section aria-labelledby={heading} class="board-product">
      <h2 id={heading}>
        {product.name === null ? name : <Either language={language} zh={name} en={nameEn} />}
      </h2>
      <Scroll label={caption}>
        <table class="stacking">
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{w.day}</th>
              <th scope="col">{w.number}</th>
              <th scope="col">{w.root}</th>
              {[w.events, w.attempts, w.billed].map((title) => (
                <th scope="col" class="right">
                  {title}
                </th>
              ))}
              <th scope="col">{w.previous}</th>
              <th scope="col">{w.key}</th>
              <th scope="col">{w.sealedAt}</th>
            </tr>
          </thead>
          <tbody>
            {product.seals.map((seal) => (
              <SealLine language={language} seal={seal} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}

function SealLine({ language, seal }: Readonly<{ language: Language; seal: SealRow }>) {
  const w = sealWords[language]
  const counts = [
    [w.events, seal.events],
    [w.attempts, seal.attempts],
    [w.billed, seal.billed],
  ] as const
  return (
    <tr>
      <th scope="row" data-label={w.day} class="number">
        {seal.day}
      </th>
      <td data-label={w.number} class="number">
        {String(seal.sequence)}
        {seal.supplement > 0 && ` ${w.supplement(String(seal.supplement))}`}
      </td>
      <td data-label={w.root}>
        <Digest value={seal.root} />
      </td>
      {counts.map(([title, count]) => (
        <td data-label={title} class="right number">
          {grouped(String(count))}
        </td>
      ))}
      <td data-label={w.previous}>
        {seal.previousDigest === null ? w.first : <Digest value={seal.previousDigest} />}
      </td>
      <td data-label={w.key}>
        <code class="digest">{seal.keyId}</code>
      </td>
      <td data-label={w.sealedAt} class="number">
        {minuteText(seal.sealedAt)}
      </td>
    </tr>
  )
}
