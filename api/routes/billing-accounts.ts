import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import {
  answer,
  body,
  idOf,
  instant,
  instantIn,
  month,
  pathId,
  refusals,
  yuan,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { domain, wire } from '#api/wire.ts'
import {
  decideRefund,
  listAccounts,
  listBalanceRefunds,
  listKeySpending,
  listMovements,
  recordTopUp,
  requestRefund,
  setAccountTerms,
} from '#billing/index.ts'
import { formatYuan, parseMoneyYuan } from '#kernel/money.ts'

const tags = ['Accounts']
const paymentMode = z.enum(['prepaid', 'postpaid'])
const accountKey = { buyer_id: idOf('org'), operator_id: idOf('org') }
const words = z.string().trim().min(1).max(500)

const Account = z
  .object({
    buyer_id: z.string(),
    buyer_name: z.string(),
    operator_id: z.string(),
    operator_name: z.string(),
    payment_mode: paymentMode,
    credit_limit: yuan.nullable(),
    balance: yuan.openapi({ description: 'What is left of the top-ups, before unbilled use' }),
    owed: yuan.openapi({ description: 'Issued bills that are not settled' }),
    unbilled: yuan.openapi({ description: 'Used and not yet billed, at the highest prices' }),
    available: yuan
      .nullable()
      .openapi({ description: 'What further calls may cost; null: no limit' }),
    unused: yuan.openapi({ description: 'What could be refunded now' }),
    as_of: instant,
  })
  .openapi('Account')
const Movement = z
  .object({
    kind: z.enum(['top_up', 'draw', 'refund']),
    reference: z.string(),
    bill_id: z.string().nullable(),
    amount: yuan,
    balance_after: yuan,
    at: instant,
  })
  .openapi('AccountMovement')
const BalanceRefund = z
  .object({
    refund_id: z.string(),
    buyer_id: z.string(),
    operator_id: z.string(),
    amount: yuan,
    payee_account: z.string(),
    reason: z.string(),
    requested_at: instant,
    status: z.enum(['requested', 'approved', 'refused']),
    decided_at: instant.nullable(),
    note: z.string().nullable(),
    is_mine: z.boolean().openapi({ description: 'I asked for it, so another person decides' }),
  })
  .openapi('BalanceRefund')

const accountsRoute = createRoute({
  method: 'get',
  path: '/v1/accounts',
  tags,
  summary: 'What buyers have with operators: balance, what is owed, what may still be used',
  responses: {
    200: answer(z.object({ items: z.array(Account) }), 'The accounts'),
    ...refusals(401, 403),
  },
})
const movementsRoute = createRoute({
  method: 'get',
  path: '/v1/account-movements',
  tags,
  summary: 'What moved a prepaid balance, newest first',
  request: { query: z.object(accountKey) },
  responses: {
    200: answer(z.object({ items: z.array(Movement) }), 'The movements'),
    ...refusals(401, 403, 404, 422),
  },
})
const termsRoute = createRoute({
  method: 'post',
  path: '/v1/account-terms',
  tags,
  summary: 'Decide how a buyer pays me: ahead from a balance, or afterwards up to a credit limit',
  request: {
    body: body(
      z.object({
        buyer_id: idOf('org'),
        payment_mode: paymentMode,
        credit_limit: yuan.nullable().default(null),
        effective_from: instantIn.optional().openapi({ description: 'Now, unless told' }),
        reason: words,
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), terms_id: z.string(), effective_from: instant })
        .openapi('AccountTermsSet'),
      'The decision',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const topUpRoute = createRoute({
  method: 'post',
  path: '/v1/bank-entries/{id}/top-up',
  tags,
  summary: 'Say that an entry is money a buyer paid ahead',
  request: { params: pathId('bankentry'), body: body(z.object({ buyer_id: idOf('org') })) },
  responses: {
    200: answer(
      z
        .object({ kind: z.string(), payment_id: z.string(), balance: yuan })
        .openapi('TopUpRecorded'),
      'The balance after it',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const refundsRoute = createRoute({
  method: 'get',
  path: '/v1/balance-refunds',
  tags,
  summary: 'Refunds of unused balance, newest first',
  responses: {
    200: answer(z.object({ items: z.array(BalanceRefund) }), 'The refunds'),
    ...refusals(401, 403),
  },
})
const askRefundRoute = createRoute({
  method: 'post',
  path: '/v1/balance-refunds',
  tags,
  summary: 'Ask for unused balance back; it is held until somebody else decides',
  request: {
    body: body(z.object({ ...accountKey, amount: yuan, payee_account: words, reason: words })),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), refund_id: z.string() }).openapi('RefundRequested'),
      'The request',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const decideRefundRoute = createRoute({
  method: 'post',
  path: '/v1/balance-refunds/{id}/decision',
  tags,
  summary: 'Decide on a refund another person asked for',
  request: {
    params: pathId('refund'),
    body: body(z.object({ verdict: z.enum(['approved', 'refused']), note: words })),
  },
  responses: {
    200: answer(z.object({ kind: z.string() }).openapi('RefundDecided'), 'Decided'),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const spendingRoute = createRoute({
  method: 'get',
  path: '/v1/key-spending',
  tags,
  summary: 'What my keys have spent this month, as their caps count it',
  responses: {
    200: answer(
      z.object({
        items: z.array(
          z.object({ spend_key_id: z.string(), month, spent: yuan }).openapi('KeySpending'),
        ),
      }),
      'Keys that spent something',
    ),
    ...refusals(401, 403),
  },
})

export const accountRoutes = newRouter()
  .openapi(accountsRoute, async (c) => {
    const accounts = await listAccounts(await context(c))
    const items = accounts.map(
      ({ creditLimitFen, balanceFen, owedFen, unbilledFen, availableFen, unusedFen, ...each }) =>
        wire({
          ...each,
          creditLimit: creditLimitFen === null ? null : formatYuan(creditLimitFen),
          balance: formatYuan(balanceFen),
          owed: formatYuan(owedFen),
          unbilled: formatYuan(unbilledFen),
          available: availableFen === null ? null : formatYuan(availableFen),
          unused: formatYuan(unusedFen),
        }),
    )
    return c.json({ items }, 200)
  })
  .openapi(movementsRoute, async (c) => {
    const movements = await listMovements(await context(c), domain(c.req.valid('query')))
    const items = movements.map(({ amountFen, balanceAfterFen, ...each }) =>
      wire({
        ...each,
        amount: formatYuan(amountFen),
        balanceAfter: formatYuan(balanceAfterFen),
      }),
    )
    return c.json({ items }, 200)
  })
  .openapi(termsRoute, async (c) => {
    const { creditLimit, ...rest } = domain(c.req.valid('json'))
    const creditLimitFen = creditLimit === null ? null : parseMoneyYuan(creditLimit, 'credit_limit')
    return c.json(wire(await setAccountTerms(await context(c), { ...rest, creditLimitFen })), 201)
  })
  .openapi(topUpRoute, async (c) => {
    const input = { bankEntryId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    const { balanceFen, ...told } = await recordTopUp(await context(c), input)
    return c.json(wire({ ...told, balance: formatYuan(balanceFen) }), 200)
  })
  .openapi(refundsRoute, async (c) => {
    const refunds = await listBalanceRefunds(await context(c))
    const items = refunds.map(({ amountFen, ...each }) =>
      wire({ ...each, amount: formatYuan(amountFen) }),
    )
    return c.json({ items }, 200)
  })
  .openapi(askRefundRoute, async (c) => {
    const { amount, ...rest } = domain(c.req.valid('json'))
    const input = { ...rest, amountFen: parseMoneyYuan(amount, 'amount') }
    return c.json(wire(await requestRefund(await context(c), input)), 201)
  })
  .openapi(decideRefundRoute, async (c) => {
    const input = { refundId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await decideRefund(await context(c), input)), 200)
  })
  .openapi(spendingRoute, async (c) => {
    const spending = await listKeySpending(await context(c))
    const items = spending.map(({ spentFen, ...each }) =>
      wire({ ...each, spent: formatYuan(spentFen) }),
    )
    return c.json({ items }, 200)
  })
