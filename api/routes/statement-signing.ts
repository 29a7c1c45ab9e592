import { createRoute, z } from '@hono/zod-openapi'
import { context, personContext, requirePassword } from '#api/context.ts'
import { answer, body, day, idOf, instant, month, pathId, refusals, yuan } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import {
  composeStatement,
  listTreasuryPayments,
  notifyTreasuryPayment,
  recordTreasuryPayment,
  returnStatement,
  signStatement,
  statementStatuses,
} from '#billing/index.ts'
import { DomainError } from '#kernel/errors.ts'
import { parseMoneyYuan } from '#kernel/money.ts'
import { parseDay, parseMonth } from '#kernel/period.ts'
import { step, treasuryOut, TreasuryPaymentOut } from './statement-words.ts'

const tags = ['Statements']
const reason = z.string().trim().min(1).max(2000)

const composeRoute = createRoute({
  method: 'post',
  path: '/v1/statements',
  tags,
  summary: 'Compose the settlement statement of a month, or its next version after a return',
  request: { body: body(z.object({ operator_id: idOf('org'), month })) },
  responses: {
    201: answer(
      z
        .object({
          kind: z.enum(['composed', 'already_composed']),
          statement_id: z.string(),
          version_id: z.string(),
          version: z.int(),
          content_digest: z.string(),
        })
        .openapi('ComposedStatement'),
      'The version that is open',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const treasuryNotice = z.object({
  item_name: z.string().trim().min(1).max(200),
  payment_code: z.string().trim().min(1).max(64),
  due_on: day,
})

const signRoute = createRoute({
  method: 'post',
  path: '/v1/statement-versions/{id}/signatures',
  tags,
  summary: 'Sign the step a version waits for; asks for the password again',
  request: {
    params: pathId('sver'),
    body: body(
      z.object({
        step,
        opinion: z.string().max(2000),
        content_digest: z.string(),
        password: z.string().min(1).max(200),
        treasury_notice: treasuryNotice.optional(),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.enum(['signed', 'already_signed']),
          status: z.enum(statementStatuses),
          signed_at: instant,
        })
        .openapi('SignedStatement'),
      'Signed',
    ),
    ...refusals(401, 403, 404, 409, 422, 423),
  },
})

const returnRoute = createRoute({
  method: 'post',
  path: '/v1/statement-versions/{id}/return',
  tags,
  summary: 'Give a version back with a reason, instead of signing it',
  request: { params: pathId('sver'), body: body(z.object({ reason })) },
  responses: {
    200: answer(
      z.object({ kind: z.enum(['returned', 'already_returned']) }).openapi('ReturnedStatement'),
      'Returned',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const notifyRoute = createRoute({
  method: 'post',
  path: '/v1/statements/{id}/treasury-notice',
  tags: ['Treasury'],
  summary: 'Payment notice for a locked statement, with the code of the non-tax system',
  request: { params: pathId('stmt'), body: body(treasuryNotice) },
  responses: {
    201: answer(
      z
        .object({
          kind: z.enum(['notified', 'already_notified']),
          treasury_payment_id: z.string(),
        })
        .openapi('TreasuryNotified'),
      'The notice',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const recordRoute = createRoute({
  method: 'post',
  path: '/v1/statements/{id}/treasury-payment',
  tags: ['Treasury'],
  summary: 'Record that the treasury received the whole share, with its receipt',
  request: {
    params: pathId('stmt'),
    body: body(
      z.object({
        amount: yuan,
        paid_on: day,
        receipt_number: z.string().trim().min(1).max(64),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.enum(['recorded', 'already_recorded']),
          treasury_payment_id: z.string(),
        })
        .openapi('TreasuryRecorded'),
      'Recorded',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const paymentsRoute = createRoute({
  method: 'get',
  path: '/v1/treasury-payments',
  tags: ['Treasury'],
  summary: 'Payment notices and their receipts, the newest first',
  responses: {
    200: answer(
      z.object({
        items: z.array(
          TreasuryPaymentOut.extend({
            statement_number: z.string(),
            month,
            operator_name: z.string(),
          }).openapi('TreasuryPaymentOfStatement'),
        ),
      }),
      'Payments',
    ),
    ...refusals(401, 403),
  },
})

export const statementSigningRoutes = newRouter()
  .openapi(composeRoute, async (c) => {
    const input = c.req.valid('json')
    const composed = await composeStatement(await context(c), {
      operatorId: input.operator_id,
      month: parseMonth(input.month),
    })
    if (composed.kind === 'not_ready')
      throw new DomainError('STATEMENT_NOT_READY', { blockers: composed.blockers })
    return c.json(wire(composed), 201)
  })
  .openapi(signRoute, async (c) => {
    const input = c.req.valid('json')
    const { reauthenticatedAt } = await requirePassword(c, input.password)
    const notice = input.treasury_notice
    const signed = await signStatement(await personContext(c), {
      versionId: c.req.valid('param').id,
      step: input.step,
      opinion: input.opinion,
      contentDigest: input.content_digest,
      reauthenticatedAt,
      ...(notice === undefined ? {} : { treasuryNotice: noticeOf(notice) }),
    })
    return c.json(wire(signed), 201)
  })
  .openapi(returnRoute, async (c) => {
    const input = { versionId: c.req.valid('param').id, reason: c.req.valid('json').reason }
    return c.json(wire(await returnStatement(await personContext(c), input)), 200)
  })
  .openapi(notifyRoute, async (c) => {
    const input = { statementId: c.req.valid('param').id, ...noticeOf(c.req.valid('json')) }
    return c.json(wire(await notifyTreasuryPayment(await context(c), input)), 201)
  })
  .openapi(recordRoute, async (c) => {
    const input = c.req.valid('json')
    const recorded = await recordTreasuryPayment(await context(c), {
      statementId: c.req.valid('param').id,
      amountFen: parseMoneyYuan(input.amount, 'amount'),
      paidOn: parseDay(input.paid_on, 'paid_on'),
      receiptNumber: input.receipt_number,
    })
    return c.json(wire(recorded), 201)
  })
  .openapi(paymentsRoute, async (c) => {
    const payments = await listTreasuryPayments(await context(c))
    const items = payments.map(({ statementNumber, month: of, operatorName, ...payment }) => ({
      ...treasuryOut(payment),
      statement_number: statementNumber,
      month: of,
      operator_name: operatorName,
    }))
    return c.json({ items }, 200)
  })

function noticeOf(notice: z.infer<typeof treasuryNotice>) {
  return {
    itemName: notice.item_name,
    paymentCode: notice.payment_code,
    dueOn: parseDay(notice.due_on, 'due_on'),
  }
}
