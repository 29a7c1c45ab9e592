import {
  addMoney,
  formatYuan,
  maxMoney,
  parseMoneyYuan,
  subtractMoney,
  sumMoney,
  zeroFen,
} from '#kernel/money.ts'
import { monthPeriod, parseMonth, startOfDay } from '#kernel/period.ts'
import type { CumulativePart, SplitPart } from './statement-content.ts'
import type { PermittedFact } from './statement-inputs.ts'
import { periodAmounts, plus, yearBefore } from './part-split.ts'
import type { SortedInputs } from './sorted-inputs.ts'

/** Part G: the calendar year so far with this statement, and the room under the maximum (R60). */
export function cumulativePart(inputs: SortedInputs, split: SplitPart): CumulativePart {
  const year = inputs.version.month.slice(0, 4)
  const billed = plus(yearBefore(inputs, 'billed'), periodAmounts(inputs, 'billed'))
  const received = plus(yearBefore(inputs, 'received'), periodAmounts(inputs, 'received'))
  const sofar = inputs.previous?.cumulative
  const governmentBefore = sofar?.year === year ? parseMoneyYuan(sofar.governmentYuan) : zeroFen
  return {
    year,
    billedYuan: formatYuan(billed.grossFen),
    billedNetYuan: formatYuan(billed.netFen),
    receivedYuan: formatYuan(received.grossFen),
    receivedNetYuan: formatYuan(received.netFen),
    governmentYuan: formatYuan(addMoney(governmentBefore, parseMoneyYuan(split.governmentYuan))),
    permitted:
      inputs.facts.permitted === null
        ? { kind: 'not_verified' }
        : permittedRoom(inputs, inputs.facts.permitted),
  }
}

/** Revenue of a cycle is what was billed in it, with or without tax as the maximum was verified. */
function permittedRoom(inputs: SortedInputs, fact: PermittedFact): CumulativePart['permitted'] {
  const own = periodAmounts(inputs, 'billed')
  const before = inputs.earlier
    .filter((content) => isInCycle(content.head.month, fact))
    .map(({ receivables: { total } }) =>
      parseMoneyYuan(fact.taxInclusive ? total.amountYuan : total.netYuan),
    )
  const revenue = sumMoney([...before, fact.taxInclusive ? own.grossFen : own.netFen])
  const permitted = parseMoneyYuan(fact.permittedYuan)
  return {
    kind: 'verified',
    documentNumber: fact.documentNumber,
    cycleFrom: fact.cycleFrom,
    cycleTo: fact.cycleTo,
    taxInclusive: fact.taxInclusive,
    permittedYuan: fact.permittedYuan,
    revenueYuan: formatYuan(revenue),
    remainingYuan: formatYuan(maxMoney(zeroFen, subtractMoney(permitted, revenue))),
    excessYuan: formatYuan(maxMoney(zeroFen, subtractMoney(revenue, permitted))),
  }
}

function isInCycle(month: string, cycle: PermittedFact): boolean {
  const { from } = monthPeriod(parseMonth(month))
  return startOfDay(cycle.cycleFrom) <= from && from < startOfDay(cycle.cycleTo)
}
