import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import {
  answer,
  body,
  count,
  day,
  idOf,
  instant,
  month,
  pageOf,
  pageQuery,
  pathId,
  refusals,
  yuan,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import {
  type BillRunOutcome,
  confirmBill,
  confirmBillByOperator,
  decideObjection,
  discardBill,
  getBill,
  issueBill,
  listBillLineCalls,
  listBillParkings,
  listBills,
  objectToBill,
  runBills,
} from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'
import { Bill, billText, BillWithLines, billWithLinesText } from './billing-bill-schemas.ts'

const tags = ['Bills']
const Outcome = z.object({ kind: z.string() }).openapi('BillOutcome')
const reason = z.string().min(1).max(2000)

const LineCall = z
  .object({
    event_id: z.string(),
    occurred_at: instant,
    request_id: z.string(),
    route: z.string(),
    result_class: z.string(),
    reason: z.string(),
    http_status: z.int(),
    billable: z.boolean(),
    attempts: z.int(),
    records: count,
    bytes: count,
    duration_ms: z.int(),
  })
  .openapi('BillLineCall')

const Run = z
  .object({
    kind: z.enum(['waiting', 'ran']),
    watermark_at: instant.nullable().optional(),
    needed_at: instant.optional(),
    outcomes: z
      .array(
        z.object({
          kind: z.enum(['composed', 'already_composed', 'parked']),
          buyer_id: z.string(),
          bill_id: z.string().optional(),
          gross: yuan.optional(),
          reason: z.string().optional(),
          detail: z.record(z.string(), z.string()).optional(),
        }),
      )
      .optional(),
  })
  .openapi('BillRun')

const Parking = z
  .object({
    parking_id: z.string(),
    operator_id: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    month,
    reason: z.string(),
    detail: z.record(z.string(), z.string()),
    parked_at: instant,
  })
  .openapi('BillParking')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/bills',
  tags,
  summary: 'Bills I may see, the newest month first',
  request: { query: z.object({ buyer_id: idOf('org').optional(), month: month.optional() }) },
  responses: {
    200: answer(z.object({ items: z.array(Bill) }), 'The bills'),
    ...refusals(401, 403, 422),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: '/v1/bills/{id}',
  tags,
  summary: 'A bill with its lines, tiers, objections and payments',
  request: { params: pathId('bill') },
  responses: { 200: answer(BillWithLines, 'The bill'), ...refusals(401, 403, 404) },
})
const callsRoute = createRoute({
  method: 'get',
  path: '/v1/bill-lines/{id}/calls',
  tags,
  summary: 'The very calls a bill line charges or counts, oldest first',
  request: { params: pathId('line'), query: pageQuery },
  responses: { 200: answer(pageOf(LineCall), 'One page'), ...refusals(401, 403, 404, 422) },
})
const runRoute = createRoute({
  method: 'post',
  path: '/v1/bill-runs',
  tags,
  summary: 'Compose the bills of a month, for all buyers or one',
  request: {
    body: body(z.object({ operator_id: idOf('org'), month, buyer_id: idOf('org').optional() })),
  },
  responses: { 200: answer(Run, 'What was composed or parked'), ...refusals(401, 403, 404, 422) },
})
const parkingsRoute = createRoute({
  method: 'get',
  path: '/v1/bill-parkings',
  tags,
  summary: 'What could not be billed, and why',
  responses: {
    200: answer(z.object({ items: z.array(Parking) }), 'The parked bills'),
    ...refusals(401, 403),
  },
})
const confirmByOperatorRoute = createRoute({
  method: 'post',
  path: '/v1/bills/{id}/confirm-by-operator',
  tags,
  summary: 'The confirmation of the operator, before a bill is issued',
  request: { params: pathId('bill') },
  responses: { 200: answer(Outcome, 'Confirmed'), ...refusals(401, 403, 404, 409) },
})
const issueRoute = createRoute({
  method: 'post',
  path: '/v1/bills/{id}/issue',
  tags,
  summary: 'Issue a bill: it gets its number and never changes again',
  request: { params: pathId('bill') },
  responses: {
    200: answer(
      z
        .object({
          kind: z.string(),
          number: z.string(),
          objection_until: instant,
          due_on: day,
        })
        .openapi('IssuedBill'),
      'Issued',
    ),
    ...refusals(401, 403, 404, 409),
  },
})
const discardRoute = createRoute({
  method: 'post',
  path: '/v1/bills/{id}/discard',
  tags,
  summary: 'Set a bill that was not issued aside; the next run composes it anew',
  request: { params: pathId('bill'), body: body(z.object({ reason })) },
  responses: { 200: answer(Outcome, 'Discarded'), ...refusals(401, 403, 404, 409, 422) },
})
const confirmRoute = createRoute({
  method: 'post',
  path: '/v1/bills/{id}/confirm',
  tags,
  summary: 'The confirmation of the buyer',
  request: { params: pathId('bill') },
  responses: {
    200: answer(
      z.object({ kind: z.string(), due_on: day }).openapi('ConfirmedBill'),
      'Confirmed, with the day it is to be paid by',
    ),
    ...refusals(401, 403, 404, 409),
  },
})
const objectRoute = createRoute({
  method: 'post',
  path: '/v1/bills/{id}/objections',
  tags,
  summary: 'Object to a bill or a line of it, within the window',
  request: {
    params: pathId('bill'),
    body: body(z.object({ bill_line_id: idOf('line').optional(), reason })),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), objection_id: z.string() }).openapi('BillObjection'),
      'The objection',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const decideRoute = createRoute({
  method: 'post',
  path: '/v1/bill-objections/{id}/decide',
  tags,
  summary: 'Decide an objection with its reasons',
  request: {
    params: pathId('objection'),
    body: body(z.object({ verdict: z.enum(['upheld', 'dismissed']), decision: reason })),
  },
  responses: { 200: answer(Outcome, 'Decided'), ...refusals(401, 403, 404, 409, 422) },
})

export const billRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const { buyer_id: buyerId, month: asked } = c.req.valid('query')
    const bills = await listBills(await context(c), {
      ...(buyerId === undefined ? {} : { buyerId }),
      ...(asked === undefined ? {} : { month: parseMonth(asked) }),
    })
    return c.json({ items: bills.map(billText) }, 200)
  })
  .openapi(getRoute, async (c) => {
    const bill = await getBill(await context(c), { billId: c.req.valid('param').id })
    return c.json(billWithLinesText(bill), 200)
  })
  .openapi(callsRoute, async (c) => {
    const input = { lineId: c.req.valid('param').id, ...domain(c.req.valid('query')) }
    const { calls, nextCursor } = await listBillLineCalls(await context(c), input)
    const told = pageAnswer({ items: calls, nextCursor }, (call) =>
      wire({ ...call, records: String(call.records), bytes: String(call.bytes) }),
    )
    return c.json(told, 200)
  })
  .openapi(runRoute, async (c) => {
    const { month: asked, ...rest } = c.req.valid('json')
    const input = { ...domain(rest), month: parseMonth(asked) }
    const result = await runBills(await context(c), input)
    if (result.kind === 'waiting') return c.json(wire(result), 200)
    return c.json(wire({ kind: result.kind, outcomes: result.outcomes.map(outcomeFacts) }), 200)
  })
  .openapi(parkingsRoute, async (c) => {
    const parkings = await listBillParkings(await context(c))
    const items = parkings.map(({ detail, ...each }) =>
      wire({ ...each, detail: verbatim({ ...detail }) }),
    )
    return c.json({ items }, 200)
  })
  .openapi(confirmByOperatorRoute, async (c) => {
    const input = { billId: c.req.valid('param').id }
    return c.json(wire(await confirmBillByOperator(await context(c), input)), 200)
  })
  .openapi(issueRoute, async (c) => {
    const input = { billId: c.req.valid('param').id }
    return c.json(wire(await issueBill(await context(c), input)), 200)
  })
  .openapi(discardRoute, async (c) => {
    const input = { billId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await discardBill(await context(c), input)), 200)
  })
  .openapi(confirmRoute, async (c) => {
    const input = { billId: c.req.valid('param').id }
    return c.json(wire(await confirmBill(await context(c), input)), 200)
  })
  .openapi(objectRoute, async (c) => {
    const input = { billId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await objectToBill(await context(c), input)), 201)
  })
  .openapi(decideRoute, async (c) => {
    const input = { objectionId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await decideObjection(await context(c), input)), 200)
  })

function outcomeFacts(outcome: BillRunOutcome) {
  if (outcome.kind === 'parked') return { ...outcome, detail: verbatim({ ...outcome.detail }) }
  const { grossFen, ...rest } = outcome
  return { ...rest, gross: formatYuan(grossFen) }
}
