import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import {
  answer,
  count,
  idOf,
  instant,
  month,
  pageOf,
  pageQuery,
  refusals,
  yuan,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, wire } from '#api/wire.ts'
import {
  readBalances,
  readLedgerProof,
  readReceivables,
  readTransactions,
  type RollForwardRow,
} from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'

const tags = ['Ledger']
const rollForward = {
  opening: yuan,
  billed: yuan,
  received: yuan,
  written_off: yuan,
  closing: yuan,
}
const Receivables = z
  .object({
    rows: z.array(z.object({ buyer_id: z.string(), ...rollForward })),
    total: z.object(rollForward),
  })
  .openapi('Receivables')
const Transaction = z
  .object({
    transaction_id: z.string(),
    template: z.string(),
    reference: z.string(),
    occurred_at: instant,
    booked_at: instant,
    memo: z.string(),
    postings: z.array(z.object({ account: z.string(), amount: yuan })),
  })
  .openapi('LedgerTransaction')

const balancesRoute = createRoute({
  method: 'get',
  path: '/v1/ledger/balances',
  tags,
  summary: 'Balances of every account, debit positive',
  responses: {
    200: answer(
      z.object({
        items: z.array(z.object({ account: z.string(), kind: z.string(), balance: yuan })),
      }),
      'The balances',
    ),
    ...refusals(401, 403),
  },
})
const transactionsRoute = createRoute({
  method: 'get',
  path: '/v1/ledger/transactions',
  tags,
  summary: 'Transactions with their postings, newest first',
  request: {
    query: pageQuery.extend({
      cursor: idOf('txn').optional(),
      account: z.string().max(200).optional(),
    }),
  },
  responses: { 200: answer(pageOf(Transaction), 'One page'), ...refusals(401, 403, 422) },
})
const receivablesRoute = createRoute({
  method: 'get',
  path: '/v1/ledger/receivables',
  tags,
  summary: 'Opening + billed − received − written off = closing, by buyer and in total',
  request: { query: z.object({ month }) },
  responses: { 200: answer(Receivables, 'The roll-forward'), ...refusals(401, 403, 422) },
})
const proofRoute = createRoute({
  method: 'get',
  path: '/v1/ledger/proof',
  tags,
  summary: 'The ledger proven against itself, the bills and the payments',
  responses: {
    200: answer(
      z
        .object({
          transactions: count,
          postings: count,
          unbalanced: z.array(z.string()),
          receivables_that_differ: z.array(z.string()),
          credits_that_differ: z.array(z.string()),
          holds: z.boolean(),
        })
        .openapi('LedgerProof'),
      'The proof',
    ),
    ...refusals(401, 403),
  },
})

export const ledgerRoutes = newRouter()
  .openapi(balancesRoute, async (c) => {
    const balances = await readBalances(await context(c))
    const items = balances.map(({ balanceFen, ...each }) =>
      wire({ ...each, balance: formatYuan(balanceFen) }),
    )
    return c.json({ items }, 200)
  })
  .openapi(transactionsRoute, async (c) => {
    const page = await readTransactions(await context(c), domain(c.req.valid('query')))
    const told = pageAnswer(page, ({ postings, ...each }) =>
      wire({
        ...each,
        postings: postings.map(({ account, amountFen }) => ({
          account,
          amount: formatYuan(amountFen),
        })),
      }),
    )
    return c.json(told, 200)
  })
  .openapi(receivablesRoute, async (c) => {
    const input = { month: parseMonth(c.req.valid('query').month) }
    const { rows, total } = await readReceivables(await context(c), input)
    const told = {
      rows: rows.map((row) => ({ buyerId: row.buyerId, ...sumsText(row) })),
      total: sumsText(total),
    }
    return c.json(wire(told), 200)
  })
  .openapi(proofRoute, async (c) => {
    const proof = await readLedgerProof(await context(c))
    const told = {
      ...proof,
      transactions: String(proof.transactions),
      postings: String(proof.postings),
    }
    return c.json(wire(told), 200)
  })

function sumsText(row: Omit<RollForwardRow, 'buyerId'>) {
  return {
    opening: formatYuan(row.openingFen),
    billed: formatYuan(row.billedFen),
    received: formatYuan(row.receivedFen),
    writtenOff: formatYuan(row.writtenOffFen),
    closing: formatYuan(row.closingFen),
  }
}
