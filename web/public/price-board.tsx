import type { PriceBoardEntry } from '#billing/index.ts'
import { common } from '#web/shared/words/common.ts'
import { prices } from '#web/shared/words/prices.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { chargedOutcomes } from './charging-rules.tsx'
import { type Frame, Page, PageHead } from './frame.tsx'
import { AsOf, Chinese, Day, Either, Scroll } from './parts.tsx'
import { type BoardLine, ItemNotes } from './price-history.tsx'
import { formNote, headroomPercent, spanText, unitPriceText, unitText } from './price-text.ts'

export type PriceBoardView = Readonly<{
  asOf: Date
  /** The day whose prices are shown; null for now. */
  day: string | null
  today: string
  /** The moment whose prices are shown. */
  at: Date
  lines: readonly BoardLine[]
}>

type Props = Readonly<{ frame: Frame; view: PriceBoardView }>

export function PriceBoardPage({ frame, view }: Props) {
  const { language } = frame
  const w = prices[language]
  const products = [...Map.groupBy(view.lines, (line) => line.entry.productCode).values()]
  const isTrial = view.lines.some((line) => line.entry.listKind === 'trial')
  return (
    <Page frame={frame} title={w.title} description={w.lead}>
      <PageHead language={language} trail={[{ name: w.title }]} title={w.title} lead={w.lead}>
        <Tools language={language} view={view} />
      </PageHead>
      <div class="wide section board">
        <Complaints language={language} />
        {isTrial && <p class="quiet small">{w.trialNote}</p>}
        {products.length === 0 && <p class="card nothing">{w.nothing}</p>}
        {products.map((lines) => (
          <ProductBoard language={language} lines={lines} />
        ))}
        <AsOf language={language} at={view.asOf} />
      </div>
    </Page>
  )
}

function Tools({ language, view }: Readonly<{ language: Language; view: PriceBoardView }>) {
  const w = prices[language]
  const at = view.day === null ? '' : `?at=${view.day}`
  return (
    <div class="tools">
      <form action="/price-board" method="get">
        <label for="board-day">{w.asOfDay}</label>
        <input
          id="board-day"
          type="date"
          name="at"
          value={view.day ?? view.today}
          max={view.today}
        />
        <button class="button quiet" type="submit">
          {w.show}
        </button>
        {view.day !== null && (
          <a class="more" href="/price-board">
            {w.today}
          </a>
        )}
      </form>
      <p class="downloads">
        {w.download} <a href={`/price-board.csv${at}`}>{w.csv}</a>
        <a href={`/v1/price-board?at=${view.at.toISOString()}`}>{w.json}</a>
        <span class="quiet">{w.printHint}</span>
      </p>
    </div>
  )
}

/** Whom to call: printed with the prices (R54). */
function Complaints({ language }: Readonly<{ language: Language }>) {
  const w = prices[language]
  return (
    <section class="complaints" aria-labelledby="complain">
      <div>
        <h2 id="complain">{w.complain}</h2>
        <p>{w.dutyText}</p>
      </div>
      <ul>
        <li>
          <a href="tel:12345" class="number">
            12345
          </a>
          <span>{w.hotline}</span>
        </li>
        <li>
          <a href="tel:12315" class="number">
            12315
          </a>
          <span>{w.market}</span>
        </li>
      </ul>
    </section>
  )
}

type LinesProps = Readonly<{ language: Language; lines: readonly BoardLine[] }>

function ProductBoard({ language, lines }: LinesProps) {
  const w = prices[language]
  const first = lines[0]?.entry
  if (first === undefined) return null
  const name = language === 'zh' ? first.productName : first.productNameEn
  return (
    <section aria-labelledby={first.productCode} class="board-product">
      <h2 id={first.productCode}>
        <a href={`/products/${first.productCode}`}>{name}</a>
      </h2>
      <Scroll label={w.caption(name)}>
        <table class="board-table stacking">
          <caption class="unseen">{w.caption(name)}</caption>
          <thead>
            <tr>
              <th scope="col">{w.item}</th>
              <th scope="col">{w.tier}</th>
              <th scope="col" class="right">
                {first.listKind === 'trial' ? w.trial : w.cap}
              </th>
              <th scope="col" class="right">
                {w.posted}
              </th>
              <th scope="col" class="right">
                {w.headroom}
              </th>
              <th scope="col">{w.rule}</th>
              <th scope="col">{w.effective}</th>
              <th scope="col">{w.basis}</th>
            </tr>
          </thead>
          {lines.map((line) => (
            <ItemRows language={language} entry={line.entry} />
          ))}
        </table>
      </Scroll>
      {lines.map((line) => (
        <ItemNotes language={language} line={line} />
      ))}
    </section>
  )
}

function ItemRows({ language, entry }: Readonly<{ language: Language; entry: PriceBoardEntry }>) {
  const w = prices[language]
  const rows = entry.tiers.length
  const isFree = entry.cap.kind === 'metered_not_charged'
  const unit = unitText(entry, language)
  return (
    <tbody id={entry.code}>
      {entry.tiers.map((tier, index) => (
        <tr>
          {index === 0 && (
            <th scope="rowgroup" rowspan={rows}>
              <Either language={language} zh={entry.name} en={entry.nameEn} />
              <small>
                {entry.code} · {terms[language].form[entry.cap.kind]}
              </small>
            </th>
          )}
          <td data-label={w.tier}>{formNote(entry.cap, language) ?? spanText(tier, language)}</td>
          <td class="right number" data-label={entry.listKind === 'trial' ? w.trial : w.cap}>
            {isFree ? w.notCharged : w.perUnit(unitPriceText(tier.capYuan), unit)}
          </td>
          <td class="right number strong" data-label={w.posted}>
            {isFree && w.notCharged}
            {!isFree &&
              (tier.postedYuan === null
                ? w.notPosted
                : w.perUnit(unitPriceText(tier.postedYuan), unit))}
          </td>
          <td class="right" data-label={w.headroom}>
            {headroomText(tier.headroomYuan, headroomPercent(tier), language)}
          </td>
          {index === 0 && <ItemFacts language={language} entry={entry} />}
        </tr>
      ))}
    </tbody>
  )
}

function headroomText(
  headroom: PriceBoardEntry['tiers'][number]['headroomYuan'],
  percent: string | null,
  language: Language,
) {
  const w = prices[language]
  if (headroom === null || percent === null) return '—'
  if (headroom.isZero()) return w.atCap
  return (
    <>
      <span class="number">{unitPriceText(headroom)}</span> <small>{w.lower(percent)}</small>
    </>
  )
}

function ItemFacts({ language, entry }: Readonly<{ language: Language; entry: PriceBoardEntry }>) {
  const w = prices[language]
  const rows = entry.tiers.length
  const { document } = entry
  const charged = chargedOutcomes(entry)
  return (
    <>
      <td rowspan={rows} data-label={w.rule}>
        {terms[language].rule[entry.billableRule]}
        <small>
          {common[language].labelled(
            w.billing.notFound,
            charged.notFound ? w.billing.charged : w.billing.free,
          )}
        </small>
      </td>
      <td rowspan={rows} class="number" data-label={w.effective}>
        <Day at={entry.posted?.effective.from ?? entry.capEffective.from} />
        {entry.posted && <small>{entry.posted.number}</small>}
      </td>
      <td rowspan={rows} data-label={w.basis}>
        <Chinese language={language}>{document.number}</Chinese>
        <small>
          <Chinese language={language}>{document.issuer}</Chinese> <br />
          <span class="number">{document.issuedOn}</span>
        </small>
      </td>
    </>
  )
}
