import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import {
  answer,
  count,
  day,
  decimal,
  eventId,
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
import { readDeliveries } from '#api/usage/read-deliveries.ts'
import { readReceipt } from '#api/usage/read-receipt.ts'
import { readCalls, readUsage } from '#api/usage/read-usage.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import { estimateMonth } from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'
import { encodeReceipt, type UsageTotals } from '#metering/index.ts'

const counts = z.record(z.string(), count)
const totals = {
  calls: count,
  billed_calls: count,
  free_calls: counts.openapi({ description: 'Calls not charged, by the reason why' }),
  records: count,
  bytes: count,
}
const UsageTotal = z.object(totals).openapi('UsageTotal')
const Usage = z
  .object({
    as_of: instant,
    complete_through: instant
      .nullable()
      .openapi({ description: 'Every call before this moment is counted' }),
    items: z.array(
      z.object({
        bucket: z.string(),
        name: z.string(),
        name_en: z.string().nullable(),
        ...totals,
      }),
    ),
    total: UsageTotal,
  })
  .openapi('Usage')

const Call = z
  .object({
    event_id: z.string(),
    occurred_at: instant,
    recorded_at: instant,
    request_id: z.string(),
    mode: z.string(),
    key_id: z.string(),
    key_name: z.string().nullable(),
    subscription_id: z.string().nullable(),
    product_id: z.string().nullable(),
    product_name: z.string().nullable(),
    route: z.string(),
    result_class: z.string(),
    reason: z.string(),
    http_status: z.int(),
    billable: z.boolean(),
    attempts: z.int(),
    records: count,
    bytes: count,
    duration_ms: z.int(),
    price_reference: z.string().nullable(),
    repeats_event_id: z.string().nullable(),
    correction: z
      .object({
        kind: z.enum(['void', 'replace']),
        reason: z.string(),
        reference: z.string(),
        corrected_at: instant,
        replacement_event_id: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'Why the call no longer counts as it was recorded' }),
  })
  .openapi('Call')

const Delivery = z
  .object({
    event_id: z.string().openapi({ description: 'The id of the call that closes or closed it' }),
    opened_at: instant,
    deadline_at: instant,
    standing: z.enum(['pending', 'closed', 'not_closed']),
    closed_at: instant.nullable(),
    key_id: z.string(),
    subscription_id: z.string().nullable(),
    product_id: z.string().nullable(),
    product_name: z.string().nullable(),
    route: z.string(),
    late_closing: z
      .object({ at: instant, result_class: z.string(), bytes: count, billable: z.boolean() })
      .nullable()
      .openapi({ description: 'What came after the deadline; it changed nothing' }),
  })
  .openapi('Delivery')

const Estimate = z
  .object({
    month,
    as_of: instant,
    subscriptions: z.array(
      z.object({
        subscription_id: z.string(),
        product_id: z.string(),
        product_name: z.string(),
        scenario_name: z.string(),
        purpose_class: z.enum(['public_interest', 'industry']),
        unit: z.string(),
        calls: count,
        billed_calls: count,
        free_calls: counts,
        quantity: decimal,
        unrounded_yuan: decimal,
        amount: yuan,
      }),
    ),
    total: yuan,
    price_missing: z.object({ subscription_id: z.string(), from: instant }).nullable(),
  })
  .openapi('MonthEstimate')

const question = {
  from: day,
  to: day,
  mode: z.enum(['live', 'sandbox']).default('live'),
  buyer_id: idOf('org').optional(),
  product_id: idOf('product').optional(),
  subscription_id: idOf('sub').optional(),
  key_id: idOf('key').optional(),
}

const usageRoute = createRoute({
  method: 'get',
  path: '/v1/usage',
  tags: ['Usage'],
  summary: 'Calls and what became of them, by hour, day or what they were for',
  request: {
    query: z.object({
      ...question,
      by: z.enum(['hour', 'day', 'product', 'key', 'subscription', 'buyer', 'result']),
    }),
  },
  responses: { 200: answer(Usage, 'The usage'), ...refusals(401, 403, 404, 422) },
})

const callsRoute = createRoute({
  method: 'get',
  path: '/v1/calls',
  tags: ['Usage'],
  summary: 'Single calls of a buyer, the newest first: charged or not, and why',
  request: {
    query: pageQuery.extend({
      ...question,
      billable: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional(),
      result_class: z.enum(['found', 'not_found', 'refused', 'failed', 'repeated']).optional(),
      request_id: z.string().max(100).optional(),
    }),
  },
  responses: { 200: answer(pageOf(Call), 'One page'), ...refusals(401, 403, 404, 422) },
})

const Receipt = z
  .object({
    event_id: z.string(),
    recorded_at: instant,
    signed_at: instant,
    receipt: z.string().openapi({
      description: 'As `x-usage-receipt` carries one; it says that it was signed from the record',
    }),
  })
  .openapi('UsageReceipt')

const receiptRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{id}/receipt',
  tags: ['Usage'],
  summary: 'The signed receipt of a call of my own, made from the stored event',
  request: {
    params: z.object({
      id: eventId.openapi({
        description:
          'The id of the usage event: `x-request-id` of the answer, `event_id` of the call log',
      }),
    }),
  },
  responses: { 200: answer(Receipt, 'The receipt'), ...refusals(401, 403, 404, 409, 422) },
})

const deliveriesRoute = createRoute({
  method: 'get',
  path: '/v1/usage/deliveries',
  tags: ['Usage'],
  summary: 'Files handed over in pieces, the newest first: open, closed, or never closed',
  request: {
    query: pageQuery.extend({
      from: day,
      to: day,
      buyer_id: idOf('org').optional(),
      standing: z.enum(['pending', 'closed', 'not_closed']).optional(),
    }),
  },
  responses: { 200: answer(pageOf(Delivery), 'One page'), ...refusals(401, 403, 404, 422) },
})

const estimateRoute = createRoute({
  method: 'get',
  path: '/v1/usage/estimate',
  tags: ['Usage'],
  summary: 'What a month would cost if it ended now, by the rating of the bill',
  request: { query: z.object({ buyer_id: idOf('org'), month: month.optional() }) },
  responses: { 200: answer(Estimate, 'The estimate'), ...refusals(401, 403, 404, 422) },
})

export const usageRoutes = newRouter()
  .openapi(usageRoute, async (c) => {
    const report = await readUsage(await context(c), domain(c.req.valid('query')))
    const items = report.items.map((item) => ({ ...item, ...totalsText(item) }))
    return c.json(wire({ ...report, items, total: totalsText(report.total) }), 200)
  })
  .openapi(callsRoute, async (c) => {
    const page = await readCalls(await context(c), domain(c.req.valid('query')))
    const told = pageAnswer(page, (call) =>
      wire({ ...call, records: String(call.records), bytes: String(call.bytes) }),
    )
    return c.json(told, 200)
  })
  .openapi(receiptRoute, async (c) => {
    const input = { eventId: c.req.valid('param').id }
    const receipt = await readReceipt(await context(c), input)
    const told = { ...input, ...receipt.fromRecord, receipt: encodeReceipt(receipt) }
    return c.json(wire(told), 200)
  })
  .openapi(deliveriesRoute, async (c) => {
    const page = await readDeliveries(await context(c), domain(c.req.valid('query')))
    const told = pageAnswer(page, ({ lateClosing, ...each }) =>
      wire({
        ...each,
        lateClosing: lateClosing && { ...lateClosing, bytes: String(lateClosing.bytes) },
      }),
    )
    return c.json(told, 200)
  })
  .openapi(estimateRoute, async (c) => {
    const { buyer_id: buyerId, month: asked } = c.req.valid('query')
    const input = { buyerId, ...(asked === undefined ? {} : { month: parseMonth(asked) }) }
    const { subscriptions, totalFen, ...estimate } = await estimateMonth(await context(c), input)
    const told = subscriptions.map(({ amountFen, calls, billedCalls, freeCalls, ...each }) => ({
      ...each,
      calls: String(calls),
      billedCalls: String(billedCalls),
      freeCalls: verbatim(countTexts(freeCalls)),
      amount: formatYuan(amountFen),
    }))
    return c.json(wire({ ...estimate, subscriptions: told, total: formatYuan(totalFen) }), 200)
  })

function totalsText({ calls, billedCalls, freeCalls, records, bytes }: UsageTotals) {
  return {
    calls: String(calls),
    billedCalls: String(billedCalls),
    freeCalls: verbatim(countTexts(freeCalls)),
    records: String(records),
    bytes: String(bytes),
  }
}

function countTexts(byReason: Readonly<Record<string, bigint>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(byReason).map(([reason, calls]) => [reason, String(calls)]),
  )
}
