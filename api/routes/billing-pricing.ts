import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import {
  answer,
  body,
  day,
  decimal,
  idOf,
  instant,
  instantIn,
  pathId,
  refusals,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import {
  approvePriceList,
  billableRules,
  draftPriceList,
  listPriceLists,
  returnPriceList,
  submitPriceList,
} from '#billing/index.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import { ChargingFormBody, formFromBody, formText } from './billing-forms.ts'

const item = {
  product_id: idOf('product'),
  code: z.string(),
  name: z.string(),
  name_en: z.string(),
  content: z.string(),
  form: ChargingFormBody.openapi({ description: 'The ceiling, tax included' }),
  billable_rule: z.enum(billableRules),
  repeat_window_hours: z.int().min(1).default(24),
  reduction_policy: z.string().default(''),
  set_by: z.string(),
  cap_factors: z.record(z.string(), z.string()).nullable().default(null),
  forecast_quantity: decimal.nullable().default(null),
  reported_on: day.nullable().default(null),
  report_number: z.string().nullable().default(null),
}
const Outcome = z.object({ kind: z.string() }).openapi('PricingOutcome')
const PriceItems = z
  .object({
    kind: z.string(),
    items: z.array(
      z.object({ price_item_id: z.string(), product_id: z.string(), code: z.string() }),
    ),
  })
  .openapi('ApprovedPriceList')
const PriceList = z
  .object({
    price_list_id: z.string(),
    number: z.string(),
    title: z.string(),
    kind: z.enum(['trial', 'cap']),
    operator_id: z.string(),
    document_id: z.string(),
    status: z.enum(['draft', 'submitted', 'approved', 'returned']),
    effective_from: instant,
    effective_to: instant.nullable(),
    is_sample: z.boolean(),
    made_by: z.string(),
    made_at: instant,
    approved_by: z.string().nullable(),
    approved_at: instant.nullable(),
    return_reason: z.string().nullable(),
    items: z.array(z.object({ ...item, product_id: z.string() })),
    price_items: PriceItems.shape.items,
  })
  .openapi('PriceList')
const reason = body(z.object({ reason: z.string().min(1).max(2000) }))
const tags = ['Prices']

const listListsRoute = createRoute({
  method: 'get',
  path: '/v1/price-lists',
  tags,
  summary: 'Trial and cap lists, newest first',
  responses: {
    200: answer(z.object({ items: z.array(PriceList) }), 'The lists'),
    ...refusals(401, 403),
  },
})
const draftRoute = createRoute({
  method: 'post',
  path: '/v1/price-lists',
  tags,
  summary: 'Draft a trial or cap list with its approval document',
  request: {
    body: body(
      z.object({
        operator_id: idOf('org'),
        kind: z.enum(['trial', 'cap']),
        title: z.string().min(1).max(200),
        document_id: idOf('policy'),
        effective_from: instantIn,
        effective_to: instantIn.nullable().default(null),
        is_sample: z.boolean().default(false),
        items: z.array(z.object(item)).min(1).max(500),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), price_list_id: z.string(), number: z.string() })
        .openapi('DraftedPriceList'),
      'The draft',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const submitRoute = createRoute({
  method: 'post',
  path: '/v1/price-lists/{id}/submit',
  tags,
  summary: 'Put a drafted list before the data bureau',
  request: { params: pathId('plist') },
  responses: { 200: answer(Outcome, 'Submitted'), ...refusals(401, 403, 404, 409) },
})
const approveRoute = createRoute({
  method: 'post',
  path: '/v1/price-lists/{id}/approve',
  tags,
  summary: 'Approve a list: its items hold from its date on',
  request: { params: pathId('plist') },
  responses: { 200: answer(PriceItems, 'The items'), ...refusals(401, 403, 404, 409) },
})
const returnRoute = createRoute({
  method: 'post',
  path: '/v1/price-lists/{id}/return',
  tags,
  summary: 'Send a list back with a reason',
  request: { params: pathId('plist'), body: reason },
  responses: { 200: answer(Outcome, 'Returned'), ...refusals(401, 403, 404, 409, 422) },
})
export const pricingRoutes = newRouter()
  .openapi(listListsRoute, async (c) => {
    const lists = await listPriceLists(await context(c))
    const items = lists.map((list) =>
      wire({
        ...list,
        items: list.items.map((each) => ({
          ...each,
          form: verbatim(formText(each.form)),
          capFactors: each.capFactors && verbatim({ ...each.capFactors }),
        })),
      }),
    )
    return c.json({ items }, 200)
  })
  .openapi(draftRoute, async (c) => {
    const { items, ...rest } = c.req.valid('json')
    const drafted = await draftPriceList(await context(c), {
      ...domain(rest),
      items: items.map((each) => ({
        ...domain(each),
        form: formFromBody(each.form),
        capFactors: each.cap_factors,
        forecastQuantity:
          each.forecast_quantity === null ? null : parseDecimal(each.forecast_quantity),
      })),
    })
    return c.json(wire(drafted), 201)
  })
  .openapi(submitRoute, async (c) => {
    const input = { priceListId: c.req.valid('param').id }
    return c.json(wire(await submitPriceList(await context(c), input)), 200)
  })
  .openapi(approveRoute, async (c) => {
    const input = { priceListId: c.req.valid('param').id }
    return c.json(wire(await approvePriceList(await context(c), input)), 200)
  })
  .openapi(returnRoute, async (c) => {
    const input = { priceListId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await returnPriceList(await context(c), input)), 200)
  })
