import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, body, day, idOf, instant, pathId, refusals, yuan } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { domain, wire } from '#api/wire.ts'
import {
  applyCredit,
  importBankStatement,
  listBankEntries,
  listPayments,
  matchPayment,
  matchPayments,
  setAsideBankEntry,
} from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'

const tags = ['Payments']
const status = z.enum(['unmatched', 'matched', 'set_aside'])
const BankEntry = z
  .object({
    bank_entry_id: z.string(),
    import_id: z.string(),
    account: z.string(),
    bank_reference: z.string(),
    paid_on: day,
    amount: yuan,
    payer_name: z.string(),
    payer_account: z.string(),
    remark: z.string(),
    status,
  })
  .openapi('BankEntry')
const Payment = z
  .object({
    payment_id: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    bank_entry_id: z.string(),
    bank_reference: z.string(),
    paid_on: day,
    purpose: z.enum(['bills', 'top_up']),
    amount: yuan,
    allocated: yuan,
    credit: yuan,
    matched_at: instant,
  })
  .openapi('Payment')

const importRoute = createRoute({
  method: 'post',
  path: '/v1/bank-statements',
  tags,
  summary: "Take a bank's list of incoming payments in, whole or not at all",
  request: {
    body: body(
      z.object({
        operator_id: idOf('org'),
        account: z.string().openapi({ description: "The operator's own account" }),
        file_name: z.string().min(1).max(200),
        content: z.string().openapi({
          description:
            'CSV: bank_reference, paid_on, amount_yuan, payer_name, payer_account, remark',
        }),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.enum(['imported', 'already_imported']),
          import_id: z.string(),
          entries: z.int().optional(),
          already_known: z.int().optional(),
        })
        .openapi('BankImport'),
      'The import',
    ),
    ...refusals(401, 403, 404, 422),
  },
})
const entriesRoute = createRoute({
  method: 'get',
  path: '/v1/bank-entries',
  tags,
  summary: 'Incoming payments as the bank told them, newest day first',
  request: { query: z.object({ status: status.optional() }) },
  responses: {
    200: answer(z.object({ items: z.array(BankEntry) }), 'The entries'),
    ...refusals(401, 403, 422),
  },
})
const matchRoute = createRoute({
  method: 'post',
  path: '/v1/bank-entries/{id}/match',
  tags,
  summary: 'Say whose money an entry is and which bills it settles, in this order',
  request: {
    params: pathId('bankentry'),
    body: body(z.object({ buyer_id: idOf('org'), bill_ids: z.array(idOf('bill')).max(100) })),
  },
  responses: {
    200: answer(
      z
        .object({
          kind: z.enum(['matched', 'already_matched']),
          payment_id: z.string(),
          allocations: z.array(z.object({ bill_id: z.string(), amount: yuan })),
          credit: yuan,
        })
        .openapi('MatchedPayment'),
      'What was settled, and what stays as credit',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const setAsideRoute = createRoute({
  method: 'post',
  path: '/v1/bank-entries/{id}/set-aside',
  tags,
  summary: 'Take an entry that pays no bill out of the list, with a reason',
  request: {
    params: pathId('bankentry'),
    body: body(z.object({ reason: z.string().min(1).max(2000) })),
  },
  responses: {
    200: answer(z.object({ kind: z.string() }).openapi('EntrySetAside'), 'Set aside'),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const matchAllRoute = createRoute({
  method: 'post',
  path: '/v1/payment-matchings',
  tags,
  summary: 'Match every entry that needs no judgement',
  request: { body: body(z.object({ operator_id: idOf('org') })) },
  responses: {
    200: answer(
      z.object({ matched: z.int(), unmatched: z.int() }).openapi('PaymentMatching'),
      'How many',
    ),
    ...refusals(401, 403, 404, 422),
  },
})
const paymentsRoute = createRoute({
  method: 'get',
  path: '/v1/payments',
  tags,
  summary: 'Matched payments, newest first, with what each still holds as credit',
  responses: {
    200: answer(z.object({ items: z.array(Payment) }), 'The payments'),
    ...refusals(401, 403),
  },
})
const creditRoute = createRoute({
  method: 'post',
  path: '/v1/payments/{id}/apply-credit',
  tags,
  summary: 'Settle a bill with what a payment left over',
  request: { params: pathId('payment'), body: body(z.object({ bill_id: idOf('bill') })) },
  responses: {
    200: answer(
      z.object({ kind: z.string(), amount: yuan }).openapi('AppliedCredit'),
      'What was settled',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

export const paymentRoutes = newRouter()
  .openapi(importRoute, async (c) => {
    const { content, ...rest } = domain(c.req.valid('json'))
    const input = { ...rest, content: new TextEncoder().encode(content) }
    return c.json(wire(await importBankStatement(await context(c), input)), 201)
  })
  .openapi(entriesRoute, async (c) => {
    const entries = await listBankEntries(await context(c), domain(c.req.valid('query')))
    const items = entries.map(({ amountFen, ...each }) =>
      wire({ ...each, amount: formatYuan(amountFen) }),
    )
    return c.json({ items }, 200)
  })
  .openapi(matchRoute, async (c) => {
    const input = { bankEntryId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    const result = await matchPayment(await context(c), input)
    const told = {
      kind: result.kind,
      paymentId: result.paymentId,
      allocations: result.allocations.map(({ billId, amountFen }) => ({
        billId,
        amount: formatYuan(amountFen),
      })),
      credit: formatYuan(result.creditFen),
    }
    return c.json(wire(told), 200)
  })
  .openapi(setAsideRoute, async (c) => {
    const input = { bankEntryId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await setAsideBankEntry(await context(c), input)), 200)
  })
  .openapi(matchAllRoute, async (c) => {
    const input = domain(c.req.valid('json'))
    return c.json(wire(await matchPayments(await context(c), input)), 200)
  })
  .openapi(paymentsRoute, async (c) => {
    const payments = await listPayments(await context(c))
    const items = payments.map(({ amountFen, allocatedFen, creditFen, ...each }) =>
      wire({
        ...each,
        amount: formatYuan(amountFen),
        allocated: formatYuan(allocatedFen),
        credit: formatYuan(creditFen),
      }),
    )
    return c.json({ items }, 200)
  })
  .openapi(creditRoute, async (c) => {
    const input = { paymentId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    const { kind, amountFen } = await applyCredit(await context(c), input)
    return c.json(wire({ kind, amount: formatYuan(amountFen) }), 200)
  })
