import type { Id } from '#kernel/ids.ts'
import { parseMonth } from '#kernel/period.ts'
import { decideSplitRule, draftSplitRule } from '#billing/index.ts'
import type { StatementCity } from './statement-city.ts'

/** 30 % up to 100.00, 40 % above; three parts to the treasury, one to the platform. A sample, not policy. */
export const sampleRule = {
  base: { kind: 'net_of_vat' },
  accrual: 'received',
  share: {
    kind: 'graduated',
    tiers: [
      { fromYuan: '0.00', toYuan: '100.00', shareBasisPoints: 3000 },
      { fromYuan: '100.00', toYuan: null, shareBasisPoints: 4000 },
    ],
  },
  coefficient: '1',
  yearlyFloorYuan: null,
  yearlyCeilingYuan: null,
  minimumPaymentYuan: null,
  receivers: [
    { code: 'treasury', name: '市级国库', weight: '3' },
    { code: 'platform', name: '平台运行经费', weight: '1' },
  ],
}

/** The sample rule, approved by both bureaus, from August on. */
export async function approveSampleRule(city: StatementCity): Promise<Id<'rule'>> {
  const drafted = await draftSplitRule(city.as('data_bureau'), {
    operatorId: city.operatorId,
    title: '示例分配规则（示例，非政策口径）',
    rule: sampleRule,
    reason: '首次设立',
    documentId: city.documentId,
    effectiveFromMonth: parseMonth('2026-08'),
    isSample: true,
  })
  for (const role of ['data_bureau', 'finance_bureau'] as const)
    await decideSplitRule(city.as(role), {
      ruleId: drafted.ruleId,
      verdict: 'approved',
      formDigest: drafted.formDigest,
      opinion: '同意',
    })
  return drafted.ruleId
}

/**
 * The bills of August: the bank pays its 106.00 whole, the insurer 21.20 of 53.00. Gives the
 * insurer's bill.
 */
export async function settleAugust(city: StatementCity): Promise<Id<'bill'>> {
  // The bills of August go out on 5 September.
  city.clock.set(new Date('2026-09-05T10:00:00+08:00'))
  const bankBill = await city.issueBill({
    buyer: 0,
    month: parseMonth('2026-08'),
    number: 'ZD-2026-000001',
    lines: [
      {
        product: 'housing',
        calls: 1000n,
        billedCalls: 900n,
        freeCalls: { not_found: '80', failed: '20' },
        amountYuan: '63.60',
      },
      { product: 'parking', calls: 500n, billedCalls: 500n, amountYuan: '42.40' },
      {
        product: 'housing',
        kind: 'free',
        calls: 300n,
        billedCalls: 0n,
        freeCalls: { public_interest: '300' },
        amountYuan: '0.00',
      },
    ],
  })
  const insurerBill = await city.issueBill({
    buyer: 1,
    month: parseMonth('2026-08'),
    number: 'ZD-2026-000002',
    lines: [{ product: 'housing', calls: 700n, billedCalls: 700n, amountYuan: '53.00' }],
  })
  city.clock.set(new Date('2026-09-12T10:00:00+08:00'))
  await city.matchPayment({ billId: bankBill, amountYuan: '106.00', netYuan: '100.00' })
  await city.matchPayment({ billId: insurerBill, amountYuan: '21.20', netYuan: '20.00' })
  return insurerBill
}
