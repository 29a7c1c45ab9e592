import { type ChargingForm, type PriceBoardEntry, rateQuantity } from '#billing/index.ts'
import { type Decimal, parseDecimal } from '#kernel/decimal.ts'
import { roundToMoney } from '#kernel/money.ts'
import type { CalculatorView } from '#web/public/product-prices.tsx'

type Asked = Readonly<{ item: string | undefined; quantity: string | undefined }>

/** What a quantity would cost, by the arithmetic of the bill; null where there is nothing to reckon. */
export function calculate(
  entries: readonly PriceBoardEntry[],
  asked: Asked,
): CalculatorView | null {
  const items = entries.filter(
    ({ posted, cap }) => posted !== null && cap.kind !== 'metered_not_charged',
  )
  const chosen = items.find((entry) => entry.code === asked.item) ?? items[0]
  if (chosen?.posted === undefined || chosen.posted === null) return null
  const typed = asked.quantity?.replaceAll(/[,，\s]/g, '') ?? ''
  const isExample = typed === ''
  const quantity = isExample ? exampleFor(chosen.posted.form) : typed
  const value = readQuantity(quantity)
  const problem = problemOf(chosen.posted.form, value)
  return {
    items,
    chosen,
    quantity,
    isExample,
    problem,
    result: value === null || problem !== null ? null : reckon(chosen, chosen.posted.form, value),
  }
}

function readQuantity(text: string): Decimal | null {
  return /^(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?$/.test(text) ? parseDecimal(text) : null
}

function problemOf(form: ChargingForm, value: Decimal | null): CalculatorView['problem'] {
  const isWhole = form.kind === 'package' || form.kind === 'period'
  if (value === null) return isWhole ? 'whole' : 'quantity'
  return isWhole && !value.isInteger() ? 'whole' : null
}

function reckon(entry: PriceBoardEntry, form: ChargingForm, quantity: Decimal) {
  const rated = rateQuantity(form, quantity)
  return {
    tiers: rated.tiers,
    total: roundToMoney(rated.total),
    totalAtCap: roundToMoney(rateQuantity(entry.cap, quantity).total),
  }
}

/** A quantity that shows how the form works: into the second tier, or a year of months. */
function exampleFor(form: ChargingForm): string {
  switch (form.kind) {
    case 'graduated': {
      const [first, second] = form.tiers
      return (second ?? first)?.fromQuantity.times('1.5').toDecimalPlaces(0).toFixed() ?? '10000'
    }
    case 'period':
      return form.every === 'month' ? '12' : '1'
    case 'package':
      return '1'
    case 'per_megabyte':
      return '100'
    default:
      return '10000'
  }
}
