import { createRoute, z } from '@hono/zod-openapi'
import { publicContext } from '#api/context.ts'
import { answer, anybody, day, decimal, idOf, instant, instantIn, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import {
  listPriceBoard,
  listPriceHistory,
  type PriceBoardEntry,
  type PriceHistoryEntry,
} from '#billing/index.ts'
import { ChargingFormBody, formText, TimeRange } from './billing-forms.ts'

const PriceBoardEntryBody = z
  .object({
    price_item_id: z.string(),
    product_id: z.string(),
    product_code: z.string(),
    product_name: z.string(),
    product_name_en: z.string(),
    code: z.string(),
    name: z.string(),
    name_en: z.string(),
    content: z.string(),
    list_kind: z.enum(['trial', 'cap']).openapi({ description: '试行标准 or 上限标准' }),
    list_number: z.string(),
    list_title: z.string(),
    is_sample: z.boolean(),
    trial_must_be_replaced: z.boolean(),
    unit: z.string(),
    billable_rule: z.enum(['on_success', 'on_found', 'per_query']),
    reduction_policy: z.string(),
    set_by: z.string(),
    document: z.object({
      title: z.string(),
      number: z.string(),
      issuer: z.string(),
      issued_on: day,
    }),
    report_number: z.string().nullable(),
    reported_on: day.nullable(),
    cap: ChargingFormBody,
    cap_effective: TimeRange,
    posted: z
      .object({
        posted_price_id: z.string(),
        number: z.string(),
        form: ChargingFormBody,
        effective: TimeRange,
      })
      .nullable(),
    tiers: z.array(
      z.object({
        position: z.int(),
        from_quantity: decimal,
        to_quantity: decimal.nullable(),
        cap_yuan: decimal,
        posted_yuan: decimal.nullable(),
        headroom_yuan: decimal.nullable(),
      }),
    ),
  })
  .openapi('PriceBoardEntry')

const PriceHistoryBody = z
  .object({
    posted_price_id: z.string(),
    number: z.string(),
    form: ChargingFormBody,
    effective: TimeRange,
    known: TimeRange,
    posted_at: instant,
    reason: z.string(),
  })
  .openapi('PostedPriceVersion')

const boardRoute = createRoute({
  method: 'get',
  path: '/v1/price-board',
  tags: ['Prices'],
  summary: 'The public price board: cap, posted price, headroom and basis of every item in force',
  ...anybody,
  request: {
    query: z.object({ product_id: idOf('product').optional(), at: instantIn.optional() }),
  },
  responses: {
    200: answer(z.object({ items: z.array(PriceBoardEntryBody) }), 'The board'),
    ...refusals(422),
  },
})

const historyRoute = createRoute({
  method: 'get',
  path: '/v1/price-board/history',
  tags: ['Prices'],
  summary: 'Every price an item ever had, newest first, with when it was known',
  ...anybody,
  request: { query: z.object({ product_id: idOf('product'), code: z.string().max(64) }) },
  responses: {
    200: answer(z.object({ items: z.array(PriceHistoryBody) }), 'The history'),
    ...refusals(422),
  },
})

export const priceBoardRoutes = newRouter()
  .openapi(boardRoute, async (c) => {
    const entries = await listPriceBoard(await publicContext(c), domain(c.req.valid('query')))
    return c.json({ items: entries.map(entryText) }, 200)
  })
  .openapi(historyRoute, async (c) => {
    const prices = await listPriceHistory(await publicContext(c), domain(c.req.valid('query')))
    return c.json({ items: prices.map(historyText) }, 200)
  })

function entryText(entry: PriceBoardEntry) {
  const { posted } = entry
  return wire({
    ...entry,
    cap: verbatim(formText(entry.cap)),
    posted: posted && { ...posted, form: verbatim(formText(posted.form)) },
  })
}

function historyText(price: PriceHistoryEntry) {
  return wire({ ...price, form: verbatim(formText(price.form)) })
}
