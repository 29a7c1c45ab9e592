import type { PriceBoardEntry, RatedTier } from '#billing/index.ts'
import type { Money } from '#kernel/money.ts'
import { common } from '#web/shared/words/common.ts'
import { prices } from '#web/shared/words/prices.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { ChargingRules } from './charging-rules.tsx'
import { Chinese, Either, langOf, Sample } from './parts.tsx'
import {
  formNote,
  headroomPercent,
  quantityText,
  spanText,
  totalText,
  unitPriceText,
  unitText,
} from './price-text.ts'

type EntryProps = Readonly<{ language: Language; entry: PriceBoardEntry }>

/** One price item: ceiling and posted price tier by tier, and what is charged. */
export function PriceItem({ language, entry }: EntryProps) {
  const w = prices[language]
  const unit = unitText(entry, language)
  const note = formNote(entry.cap, language)
  return (
    <article class="price-item card" id={entry.code}>
      <header>
        <h3>
          <Either language={language} zh={entry.name} en={entry.nameEn} />
        </h3>
        <p class="quiet">
          {terms[language].form[entry.cap.kind]} · {terms[language].rule[entry.billableRule]}
          {note && ` · ${note}`} · {entry.code}
        </p>
      </header>
      <div class="price-item-body">
        <div>
          <Tiers language={language} entry={entry} />
          <p class="quiet small">
            {w.perUnit('', unit).trim()} · {w.taxIncluded}
          </p>
          <Basis language={language} entry={entry} />
        </div>
        <ChargingRules language={language} entry={entry} />
      </div>
    </article>
  )
}

function Tiers({ language, entry }: EntryProps) {
  const w = prices[language]
  const standard = entry.listKind === 'trial' ? w.trial : w.cap
  return (
    <table class="tiers">
      <caption class="unseen">{w.caption(entry.code)}</caption>
      <thead>
        <tr>
          <th scope="col">{w.tier}</th>
          <th scope="col" class="right">
            {standard}
          </th>
          <th scope="col" class="right">
            {w.posted}
          </th>
          <th scope="col" class="right">
            {w.headroom}
          </th>
        </tr>
      </thead>
      <tbody>
        {entry.tiers.map((tier) => (
          <tr>
            <th scope="row">{spanText(tier, language)}</th>
            <td class="right number">
              {entry.cap.kind === 'metered_not_charged'
                ? w.notCharged
                : unitPriceText(tier.capYuan)}
            </td>
            <td class="right number strong">
              {tier.postedYuan === null ? '—' : unitPriceText(tier.postedYuan)}
            </td>
            <td class="right number">{headroomPercent(tier) ?? '—'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Basis({ language, entry }: EntryProps) {
  const w = prices[language]
  const { document } = entry
  return (
    <p class="quiet small">
      {common[language].labelled(w.basis, '')}
      <Chinese language={language}>
        {document.number} {document.title}
      </Chinese>
      {entry.posted && (
        <>
          <br />
          {w.number} {entry.posted.number}
        </>
      )}{' '}
      <a href={`/price-board#${entry.code}`}>{w.history}</a>{' '}
      {entry.isSample && <Sample language={language} />}
    </p>
  )
}

export type CalculatorView = Readonly<{
  /** What can be reckoned: items with a posted price that charge by quantity. */
  items: readonly PriceBoardEntry[]
  chosen: PriceBoardEntry
  /** As typed. */
  quantity: string
  problem: 'quantity' | 'whole' | null
  /** Nobody has typed anything: an example is shown. */
  isExample: boolean
  result: Readonly<{ tiers: readonly RatedTier[]; total: Money; totalAtCap: Money }> | null
}>

type CalculatorProps = Readonly<{ language: Language; view: CalculatorView; path: string }>

/** The arithmetic of the bill for a quantity the reader types; a plain form, no script. */
export function Calculator({ language, view, path }: CalculatorProps) {
  const c = prices[language].calculator
  const { chosen, result, problem } = view
  const isPurchase = chosen.cap.kind === 'period' || chosen.cap.kind === 'package'
  const problemText = problem === 'whole' ? c.invalidWhole : c.invalid
  return (
    <div class="card calculator">
      <p class="quiet">{c.lead}</p>
      <form action={`${path}#calculator`} method="get">
        {view.items.length > 1 ? (
          <p class="field">
            <label for="calc-item">{c.item}</label>
            <select id="calc-item" name="item">
              {view.items.map((item) => (
                <option value={item.code} selected={item.code === chosen.code}>
                  {language === 'zh' ? item.name : item.nameEn}
                </option>
              ))}
            </select>
          </p>
        ) : (
          <input type="hidden" name="item" value={chosen.code} />
        )}
        <p class="field">
          <label for="calc-quantity">
            {isPurchase ? c.quantityOf(unitText(chosen, language)) : c.quantity}
          </label>
          <input
            id="calc-quantity"
            name="quantity"
            inputmode="decimal"
            autocomplete="off"
            value={view.quantity}
            lang={langOf(view.quantity, language)}
            aria-invalid={problem === null ? undefined : 'true'}
            aria-describedby={problem === null ? undefined : 'calc-problem'}
          />
        </p>
        <button class="button" type="submit">
          {c.button}
        </button>
      </form>
      {problem !== null && (
        <p class="problem-text" id="calc-problem" role="alert">
          {problemText}
        </p>
      )}
      {result && <Reckoning language={language} view={view} result={result} />}
    </div>
  )
}

type Result = NonNullable<CalculatorView['result']>

function Reckoning(props: Readonly<{ language: Language; view: CalculatorView; result: Result }>) {
  const { language, view, result } = props
  const c = prices[language].calculator
  return (
    <>
      {view.isExample && <p class="quiet small">{c.example}</p>}
      <table class="tiers">
        <caption class="unseen">{c.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{prices[language].tier}</th>
            <th scope="col" class="right">
              {c.tierQuantity}
            </th>
            <th scope="col" class="right">
              {c.unitPrice}
            </th>
            <th scope="col" class="right">
              {c.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {result.tiers.map((tier) => (
            <tr class={tier.quantity.isZero() ? 'unused' : undefined}>
              <th scope="row">{prices[language].tierName(String(tier.position))}</th>
              <td class="right number">{quantityText(tier.quantity)}</td>
              <td class="right number">{unitPriceText(tier.unitPriceYuan)}</td>
              <td class="right number">{unitPriceText(tier.amountYuan)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colspan={3}>
              {c.total} <small>{c.rounded}</small>
            </th>
            <td class="right number total">{totalText(result.total)}</td>
          </tr>
        </tfoot>
      </table>
      <p class="quiet small">{c.atCap(totalText(result.totalAtCap))}</p>
    </>
  )
}
