import { assertNever } from '#kernel/errors.ts'
import {
  maxMoney,
  type Money,
  roundToMoney,
  subtractMoney,
  unroundedFromMoney,
  zeroFen,
} from '#kernel/money.ts'
import type { SplitRule } from './split-rule.ts'

/** Cumulative amounts of the calendar year so far, by the accrual basis of the rule. */
export type YearToDate = Readonly<{
  grossFen: Money
  vatFen: Money
  /** Verified cost of the year so far; read only by a rule that takes cost first. */
  verifiedCostFen: Money
}>

/**
 * The base a rule divides, cumulative for the year. Cost is taken first and never makes the base
 * negative: what it exceeds waits for later revenue of the same year, and stays the operator's.
 */
export function splitBaseFen(rule: SplitRule, year: YearToDate): Money {
  const netFen = subtractMoney(year.grossFen, year.vatFen)
  switch (rule.base.kind) {
    case 'gross':
      return year.grossFen
    case 'net_of_vat':
      return netFen
    case 'net_of_vat_and_surcharges': {
      const vat = unroundedFromMoney(year.vatFen).yuan
      return subtractMoney(netFen, roundToMoney({ yuan: vat.times(rule.base.surchargeRate) }))
    }
    case 'net_of_cost':
      return maxMoney(zeroFen, subtractMoney(netFen, year.verifiedCostFen))
    default:
      return assertNever(rule.base)
  }
}
