import { explainSplit } from '#billing/split/explain-split.ts'
import { splitBaseFen } from '#billing/split/split-base.ts'
import { splitPeriod, type YearSpan } from '#billing/split/split-revenue.ts'
import { parseSplitRule, type SplitRule } from '#billing/split/split-rule.ts'
import {
  addMoney,
  formatYuan,
  type Money,
  parseMoneyYuan,
  subtractMoney,
  sumMoney,
  zeroFen,
} from '#kernel/money.ts'
import type { SplitPart } from './statement-content.ts'
import type { SortedInputs } from './sorted-inputs.ts'

export type GrossAndNet = Readonly<{ grossFen: Money; netFen: Money }>

/** Part E: S(year to date after) − S(year to date before) of the rule in force. */
export function splitPart(inputs: SortedInputs): SplitPart {
  const rule = parseSplitRule(inputs.facts.rule.form)
  const before = yearBefore(inputs, rule.accrual)
  const after = plus(before, periodAmounts(inputs, rule.accrual))
  const span: YearSpan = { before: baseOf(rule, before), after: baseOf(rule, after) }
  const parts = splitPeriod(rule, span)
  return {
    rule: inputs.facts.rule.form,
    ruleDigest: inputs.facts.rule.formDigest,
    accrual: rule.accrual,
    yearGrossBeforeYuan: formatYuan(before.grossFen),
    yearGrossAfterYuan: formatYuan(after.grossFen),
    yearTaxBeforeYuan: formatYuan(subtractMoney(before.grossFen, before.netFen)),
    yearTaxAfterYuan: formatYuan(subtractMoney(after.grossFen, after.netFen)),
    steps: explainSplit(rule, span),
    baseYuan: formatYuan(parts.baseFen),
    governmentYuan: formatYuan(parts.governmentFen),
    operatorYuan: formatYuan(parts.operatorFen),
    receivers: parts.receivers.map(({ code, name, amountFen }) => ({
      code,
      name,
      amountYuan: formatYuan(amountFen),
    })),
  }
}

/** What was billed or received in this statement. */
export function periodAmounts(inputs: SortedInputs, accrual: SplitRule['accrual']): GrossAndNet {
  const parts =
    accrual === 'billed'
      ? inputs.memberBills
      : inputs.receipts.map(({ amountFen, netFen }) => ({ grossFen: amountFen, netFen }))
  return {
    grossFen: sumMoney(parts.map((part) => part.grossFen)),
    netFen: sumMoney(parts.map((part) => part.netFen)),
  }
}

/** The same from the beginning of the calendar year up to the statement before. */
export function yearBefore(inputs: SortedInputs, accrual: SplitRule['accrual']): GrossAndNet {
  const sofar = inputs.previous?.cumulative
  if (sofar === undefined || sofar.year !== inputs.version.month.slice(0, 4))
    return { grossFen: zeroFen, netFen: zeroFen }
  return accrual === 'billed'
    ? { grossFen: parseMoneyYuan(sofar.billedYuan), netFen: parseMoneyYuan(sofar.billedNetYuan) }
    : {
        grossFen: parseMoneyYuan(sofar.receivedYuan),
        netFen: parseMoneyYuan(sofar.receivedNetYuan),
      }
}

export function plus(a: GrossAndNet, b: GrossAndNet): GrossAndNet {
  return { grossFen: addMoney(a.grossFen, b.grossFen), netFen: addMoney(a.netFen, b.netFen) }
}

/** Verified cost is not recorded anywhere yet: a rule that needs it blocks composing. */
function baseOf(rule: SplitRule, year: GrossAndNet): Money {
  return splitBaseFen(rule, {
    grossFen: year.grossFen,
    vatFen: subtractMoney(year.grossFen, year.netFen),
    verifiedCostFen: zeroFen,
  })
}
