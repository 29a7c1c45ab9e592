import { z } from '@hono/zod-openapi'
import { count, day, idOf, instant, month, yuan } from '#api/contract.ts'
import { verbatim, type Wire, wire } from '#api/wire.ts'
import {
  signingSteps,
  type StatementContent,
  type StatementDocument,
  type StatementHead,
  statementStatuses,
  type TreasuryPayment,
} from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'

/** The words that the routes of statements are made of. */

export const step = z.enum(signingSteps)
const status = z.enum(statementStatuses)

export const StatementHeadOut = z
  .object({
    statement_id: z.string(),
    version_id: z.string(),
    number: z.string(),
    version: z.int(),
    month,
    operator_id: z.string(),
    operator_name: z.string(),
    status,
    status_changed_at: instant,
    next_step: step.nullable().openapi({ description: 'The signature it waits for' }),
    generated_at: instant,
    content_digest: z.string(),
    rule_id: z.string(),
    base: yuan,
    government_share: yuan,
    operator_share: yuan,
  })
  .openapi('StatementHead')

export const TreasuryPaymentOut = z
  .object({
    treasury_payment_id: z.string(),
    statement_id: z.string(),
    version_id: z.string(),
    amount: yuan,
    item_name: z.string(),
    payment_code: z.string(),
    due_on: day,
    notified_at: instant,
    paid_on: day.nullable(),
    paid: yuan.nullable(),
    receipt_number: z.string().nullable(),
    recorded_at: instant.nullable(),
  })
  .openapi('TreasuryPayment')

const Signature = z
  .object({
    step,
    person_id: z.string(),
    person_name: z.string(),
    organization_id: z.string(),
    organization_name: z.string(),
    opinion: z.string(),
    signed_at: instant,
    content_digest: z.string(),
    key_id: z.string(),
    signature: z.string(),
  })
  .openapi('StatementSignature')

export const StatementOut = StatementHeadOut.extend({
  content: z.custom<StatementContent>().openapi({
    type: 'object',
    description: 'Parts A–G and J as they are digested, names and all: see `/json`',
  }),
  signatures: z.array(Signature),
  returned: z
    .object({
      returned_from: status,
      reason: z.string(),
      person_id: z.string(),
      person_name: z.string(),
      organization_name: z.string(),
      returned_at: instant,
    })
    .nullable(),
  treasury_payment: TreasuryPaymentOut.nullable(),
  versions: z.array(
    z.object({
      version_id: z.string(),
      version: z.int(),
      status,
      generated_at: instant,
      content_digest: z.string(),
      return_reason: z.string().nullable(),
    }),
  ),
}).openapi('Statement')

export const ProofOut = z
  .object({
    version_id: z.string(),
    number: z.string(),
    version: z.int(),
    month,
    holds: z.boolean(),
    stored_digest: z.string(),
    regenerated_digest: z.string(),
    faults: z.array(z.string()),
  })
  .openapi('StatementProof')

export const ExceptionOut = z
  .object({
    kind: z.enum(['late_item', 'objection', 'above_cap', 'negative_line', 'adjustment']),
    bill_id: z.string(),
    bill_number: z.string(),
    buyer_name: z.string(),
    line_id: z.string(),
    product_name: z.string(),
    usage_month: month,
    amount: yuan,
  })
  .openapi('StatementException')

export const ChangesOut = z
  .object({
    previous_month: month.nullable(),
    previous_billed: yuan,
    billed: yuan,
    steps: z.array(
      z.object({
        kind: z.enum(['volume', 'price', 'new_buyers', 'lost_buyers', 'late_items', 'adjustments']),
        amount: yuan,
      }),
    ),
    products: z.array(
      z.object({
        product_id: z.string(),
        product_name: z.string(),
        previous: yuan,
        amount: yuan,
      }),
    ),
    previous_received: yuan,
    received: yuan,
    previous_base: yuan,
    base: yuan,
    previous_government: yuan,
    government: yuan,
  })
  .openapi('StatementChanges')

export const DrillDownOut = z
  .object({
    lines: z.array(
      z.object({
        line_id: z.string(),
        bill_id: z.string(),
        bill_number: z.string(),
        buyer_id: z.string(),
        buyer_name: z.string(),
        product_name: z.string(),
        usage_month: month,
        kind: z.string(),
        calls: count,
        billed_calls: count,
        amount: yuan,
        net: yuan,
      }),
    ),
    receipts: z.array(
      z.object({
        allocation_id: z.string(),
        payment_id: z.string(),
        bill_id: z.string(),
        bill_number: z.string(),
        buyer_id: z.string(),
        buyer_name: z.string(),
        amount: yuan,
        net: yuan,
        attributed: yuan.nullable(),
      }),
    ),
    total: z.string(),
  })
  .openapi('StatementDrillDown')

/** `part` says where the figure stands; the others which one. */
export const figureQuery = z.object({
  part: z.enum(['volume', 'receivables', 'receipts', 'attribution']),
  product_id: idOf('product').optional(),
  bill_id: idOf('bill').optional(),
  buyer_id: idOf('org').optional(),
  purpose_class: z.enum(['public_interest', 'industry']).optional(),
  unit: z.string().max(20).optional(),
  column: z.enum(['calls', 'billed', 'free']).default('calls'),
})

export function headOut(head: StatementHead): z.infer<typeof StatementHeadOut> {
  const { baseFen, governmentShareFen, operatorShareFen, ...rest } = head
  return wire({
    ...rest,
    base: formatYuan(baseFen),
    governmentShare: formatYuan(governmentShareFen),
    operatorShare: formatYuan(operatorShareFen),
  })
}

export function treasuryOut(payment: TreasuryPayment): z.infer<typeof TreasuryPaymentOut> {
  const { amountFen, paidFen, ...rest } = payment
  return wire({
    ...rest,
    amount: formatYuan(amountFen),
    paid: paidFen === null ? null : formatYuan(paidFen),
  })
}

export function statementOut(statement: StatementDocument): z.infer<typeof StatementOut> {
  const {
    content,
    contentText: _text,
    signatures,
    returned,
    treasuryPayment,
    versions,
    ...head
  } = statement
  return {
    ...headOut(head),
    ...(wire({ content: verbatim(content), signatures, returned, versions }) as Wire<{
      signatures: typeof signatures
      returned: typeof returned
      versions: typeof versions
    }> & { content: StatementContent }),
    treasury_payment: treasuryPayment === null ? null : treasuryOut(treasuryPayment),
  }
}
