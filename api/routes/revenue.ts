import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, count, day, idOf, instant, month, refusals, yuan } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import { readRevenueBoard } from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'

const use = { calls: count, billed_calls: count, public_interest_calls: count }
const RevenueBoard = z
  .object({
    as_of: instant,
    months: z.array(z.object({ month, billed: yuan, settled: yuan, bills: z.int(), ...use })),
    products: z.array(
      z.object({ product_id: z.string(), product_name: z.string(), amount: yuan, ...use }),
    ),
    buyers: z.array(
      z.object({
        buyer_id: z.string(),
        buyer_name: z.string(),
        billed: yuan,
        settled: yuan,
        overdue: yuan,
      }),
    ),
    permitted: z
      .object({
        document_number: z.string(),
        cycle_from: day,
        cycle_to: day,
        tax_inclusive: z.boolean(),
        permitted: yuan,
        revenue: yuan,
      })
      .nullable(),
  })
  .openapi('RevenueBoard')

const boardRoute = createRoute({
  method: 'get',
  path: '/v1/revenue',
  tags: ['Revenue'],
  summary: 'Revenue of an operator: billed, received, by product and buyer, against the maximum',
  request: { query: z.object({ operator_id: idOf('org'), from: month, to: month }) },
  responses: { 200: answer(RevenueBoard, 'The board'), ...refusals(401, 403, 404, 422) },
})

type Use = Readonly<{ calls: bigint; billedCalls: bigint; publicInterestCalls: bigint }>
const useText = ({ calls, billedCalls, publicInterestCalls }: Use) => ({
  calls: String(calls),
  billedCalls: String(billedCalls),
  publicInterestCalls: String(publicInterestCalls),
})

export const revenueRoutes = newRouter().openapi(boardRoute, async (c) => {
  const { operator_id: operatorId, from, to } = c.req.valid('query')
  const span = { operatorId, from: parseMonth(from), to: parseMonth(to) }
  const board = await readRevenueBoard(await context(c), span)
  const { permitted } = board
  const told = {
    asOf: board.asOf,
    months: board.months.map(({ billedFen, settledFen, ...each }) => ({
      ...each,
      billed: formatYuan(billedFen),
      settled: formatYuan(settledFen),
      ...useText(each),
    })),
    products: board.products.map(({ amountFen, ...each }) => ({
      ...each,
      amount: formatYuan(amountFen),
      ...useText(each),
    })),
    buyers: board.buyers.map(({ buyerId, buyerName, billedFen, settledFen, overdueFen }) => ({
      buyerId,
      buyerName,
      billed: formatYuan(billedFen),
      settled: formatYuan(settledFen),
      overdue: formatYuan(overdueFen),
    })),
    permitted: permitted && {
      documentNumber: permitted.documentNumber,
      cycleFrom: permitted.cycleFrom,
      cycleTo: permitted.cycleTo,
      taxInclusive: permitted.taxInclusive,
      permitted: formatYuan(permitted.permittedFen),
      revenue: formatYuan(permitted.revenueFen),
    },
  }
  return c.json(wire(told), 200)
})
