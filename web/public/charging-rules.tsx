import type { PriceBoardEntry } from '#billing/index.ts'
import { prices } from '#web/shared/words/prices.ts'
import type { Language } from '#web/shared/words/words.ts'
import { Tag } from './parts.tsx'

type Outcome = 'found' | 'notFound' | 'error' | 'repeat' | 'public'
type Charging = Pick<PriceBoardEntry, 'billableRule' | 'cap' | 'repeatWindowHours'>

/** Which outcomes of a call are charged under an item's rule (R43). */
export function chargedOutcomes(entry: Charging): Readonly<Record<Outcome, boolean>> {
  const isByUse = entry.cap.kind !== 'metered_not_charged' && entry.cap.kind !== 'period'
  return {
    found: isByUse,
    notFound: isByUse && entry.billableRule === 'per_query',
    error: false,
    repeat: false,
    public: false,
  }
}

/** What is charged and what is not: the four rows every buyer asks for, and the free uses. */
export function ChargingRules(props: Readonly<{ language: Language; entry: Charging }>) {
  const { language, entry } = props
  const b = prices[language].billing
  const charged = chargedOutcomes(entry)
  const rows: readonly (readonly [Outcome, string, string])[] = [
    ['found', b.found, entry.cap.kind === 'period' ? b.coveredByPeriod : b.foundText],
    ['notFound', b.notFound, b.notFoundText],
    ['error', b.error, b.errorText],
    ['repeat', b.repeat, b.repeatText(String(entry.repeatWindowHours))],
    ['public', b.public, b.publicText],
  ]
  return (
    <table class="rules">
      <caption>{b.caption}</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">{b.outcome}</th>
          <th scope="col">{b.charged}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([outcome, name, text]) => (
          <tr>
            <th scope="row">
              {name}
              <small>{text}</small>
            </th>
            <td>
              {charged[outcome] ? (
                <Tag tone="info">¥ {b.charged}</Tag>
              ) : (
                <Tag tone="good">✓ {b.free}</Tag>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
