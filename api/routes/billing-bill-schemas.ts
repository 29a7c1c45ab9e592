import { z } from '@hono/zod-openapi'
import { count, countChange, day, decimal, instant, month, yuan } from '#api/contract.ts'
import { verbatim, wire } from '#api/wire.ts'
import {
  type BillDocument,
  type BillHead,
  type BillLineView,
  billStatuses,
} from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'

const amounts = {
  gross: yuan,
  net: yuan,
  tax: yuan,
}
export const Bill = z
  .object({
    bill_id: z.string(),
    number: z.string().nullable(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    operator_id: z.string(),
    operator_name: z.string(),
    month,
    version: z.int(),
    status: z.enum(billStatuses),
    is_overdue: z.boolean(),
    ...amounts,
    settled: yuan,
    outstanding: yuan,
    composed_at: instant,
    operator_confirmed_at: instant.nullable(),
    issued_at: instant.nullable(),
    objection_until: instant.nullable(),
    confirmed_at: instant.nullable(),
    confirmed_by: z.string().nullable(),
    due_on: day.nullable(),
  })
  .openapi('Bill')

const BillLine = z
  .object({
    line_id: z.string(),
    position: z.int(),
    kind: z.enum(['usage', 'free', 'late', 'period', 'adjustment']),
    subscription_id: z.string(),
    subscription_number: z.string(),
    product_id: z.string(),
    product_code: z.string(),
    product_name: z.string(),
    product_name_en: z.string(),
    scenario_id: z.string(),
    scenario_name: z.string(),
    purpose_class: z.enum(['public_interest', 'industry']),
    usage_month: month,
    posted_price_id: z.string().nullable(),
    posted_price_number: z.string().nullable(),
    price_item_id: z.string().nullable(),
    unit: z.string(),
    quantity: decimal,
    quantity_before: decimal,
    calls: countChange,
    billed_calls: countChange,
    free_calls: z.record(z.string(), countChange),
    unrounded_yuan: decimal,
    cap_amount_yuan: decimal,
    amount: yuan,
    tax_rate: decimal,
    net: yuan,
    tax: yuan,
    service_from: instant,
    service_to: instant,
    rated_at: instant,
    corrects_line_id: z.string().nullable(),
    corrects_event_id: z.string().nullable(),
    tiers: z.array(
      z.object({
        position: z.int(),
        posted_price_id: z.string(),
        quantity: decimal,
        unit_price_yuan: decimal,
        cap_unit_price_yuan: decimal,
        amount_yuan: decimal,
      }),
    ),
  })
  .openapi('BillLine')

export const BillWithLines = Bill.extend({
  content_digest: z.string(),
  usage_through_batch: count,
  lines: z.array(BillLine),
  objections: z.array(
    z.object({
      objection_id: z.string(),
      bill_line_id: z.string().nullable(),
      reason: z.string(),
      objected_at: instant,
      verdict: z.enum(['upheld', 'dismissed']).nullable(),
      decision: z.string().nullable(),
      decided_at: instant.nullable(),
    }),
  ),
  payments: z.array(
    z.object({
      allocation_id: z.string(),
      payment_id: z.string(),
      amount: yuan,
      paid_on: day,
      bank_reference: z.string(),
      allocated_at: instant,
    }),
  ),
}).openapi('BillWithLines')

export function billText(bill: BillHead) {
  return wire(billFacts(bill))
}

function billFacts({ grossFen, netFen, taxFen, settledFen, outstandingFen, ...rest }: BillHead) {
  return {
    ...rest,
    gross: formatYuan(grossFen),
    net: formatYuan(netFen),
    tax: formatYuan(taxFen),
    settled: formatYuan(settledFen),
    outstanding: formatYuan(outstandingFen),
  }
}

export function billWithLinesText(bill: BillDocument) {
  const { lines, payments, objections, usageThroughBatch, contentDigest, ...head } = bill
  return wire({
    ...billFacts(head),
    contentDigest,
    usageThroughBatch: String(usageThroughBatch),
    lines: lines.map(lineFacts),
    objections: [...objections],
    payments: payments.map(({ amountFen, ...each }) => ({
      ...each,
      amount: formatYuan(amountFen),
    })),
  })
}

function lineFacts(line: BillLineView) {
  const { amountFen, netFen, taxFen, calls, billedCalls, freeCalls, tiers, ...rest } = line
  return {
    ...rest,
    calls: String(calls),
    billedCalls: String(billedCalls),
    freeCalls: verbatim(
      Object.fromEntries(
        Object.entries(freeCalls).map(([reason, times]) => [reason, String(times)]),
      ),
    ),
    amount: formatYuan(amountFen),
    net: formatYuan(netFen),
    tax: formatYuan(taxFen),
    tiers: [...tiers],
  }
}
