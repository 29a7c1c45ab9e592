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
  yuan,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import {
  approvePostedPrice,
  listPostedPriceProposals,
  proposePostedPrice,
  recordPermittedRevenue,
  recordTaxRate,
  refusePostedPrice,
} from '#billing/index.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import { formatYuan, parseMoneyYuan } from '#kernel/money.ts'
import { ChargingFormBody, formFromBody, formText } from './billing-forms.ts'

const Proposal = z
  .object({
    proposal_id: z.string(),
    price_item_id: z.string(),
    item_name: z.string(),
    form: ChargingFormBody,
    reason: z.string(),
    effective_from: instant,
    status: z.enum(['proposed', 'posted', 'refused']),
    proposed_by: z.string(),
    proposed_at: instant,
    decided_by: z.string().nullable(),
    decided_at: instant.nullable(),
    decision_reason: z.string().nullable(),
  })
  .openapi('PostedPriceProposal')

const Refused = z.object({ kind: z.string() }).openapi('RefusedPrice')
const reason = body(z.object({ reason: z.string().min(1).max(2000) }))
const tags = ['Prices']

const listProposalsRoute = createRoute({
  method: 'get',
  path: '/v1/posted-price-proposals',
  tags,
  summary: 'Proposed prices and what became of them',
  responses: {
    200: answer(z.object({ items: z.array(Proposal) }), 'The proposals'),
    ...refusals(401, 403),
  },
})
const proposeRoute = createRoute({
  method: 'post',
  path: '/v1/posted-price-proposals',
  tags,
  summary: 'Propose what the operator will charge, at most the ceiling',
  request: {
    body: body(
      z.object({
        price_item_id: idOf('pitem'),
        form: ChargingFormBody,
        reason: z.string().min(1).max(2000),
        effective_from: instantIn,
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), proposal_id: z.string(), headroom_yuan: decimal })
        .openapi('ProposedPrice'),
      'The proposal, with its least headroom',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const postRoute = createRoute({
  method: 'post',
  path: '/v1/posted-price-proposals/{id}/approve',
  tags,
  summary: 'Post a proposed price',
  request: { params: pathId('proposal') },
  responses: {
    200: answer(
      z
        .object({
          kind: z.string(),
          posted_price_id: z.string(),
          number: z.string(),
          effective_from: instant,
        })
        .openapi('PostedPrice'),
      'The posted price',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const refuseRoute = createRoute({
  method: 'post',
  path: '/v1/posted-price-proposals/{id}/refuse',
  tags,
  summary: 'Refuse a proposed price with a reason',
  request: { params: pathId('proposal'), body: reason },
  responses: { 200: answer(Refused, 'Refused'), ...refusals(401, 403, 404, 409, 422) },
})
const taxRoute = createRoute({
  method: 'post',
  path: '/v1/tax-rates',
  tags,
  summary: 'Record the VAT rate of an operator from a date on',
  request: {
    body: body(
      z.object({
        operator_id: idOf('org'),
        rate: decimal.openapi({ example: '0.06' }),
        document_id: idOf('policy'),
        effective_from: instantIn,
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), tax_rate_id: z.string() }).openapi('TaxRate'),
      'The rate',
    ),
    ...refusals(401, 403, 404, 422),
  },
})
const permittedRoute = createRoute({
  method: 'post',
  path: '/v1/permitted-revenues',
  tags,
  summary:
    'Record the verified maximum permitted revenue of a cycle, with every part and its source',
  request: {
    body: body(
      z.object({
        operator_id: idOf('org'),
        cycle_from: day,
        cycle_to: day,
        cost: yuan,
        profit_base: z.string().min(1),
        profit_rate_source: z.string().min(1),
        profit: yuan,
        tax: yuan,
        excess_deducted: yuan,
        tax_inclusive: z.boolean(),
        document_id: idOf('policy'),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), permitted_revenue_id: z.string(), result: yuan })
        .openapi('PermittedRevenue'),
      'The record',
    ),
    ...refusals(401, 403, 422),
  },
})

export const postedPriceRoutes = newRouter()
  .openapi(listProposalsRoute, async (c) => {
    const proposals = await listPostedPriceProposals(await context(c))
    const items = proposals.map((each) => wire({ ...each, form: verbatim(formText(each.form)) }))
    return c.json({ items }, 200)
  })
  .openapi(proposeRoute, async (c) => {
    const { form, ...rest } = c.req.valid('json')
    const input = { ...domain(rest), form: formFromBody(form) }
    const { kind, proposalId, verdict } = await proposePostedPrice(await context(c), input)
    const headroomYuan = verdict.kind === 'within' ? verdict.headroomYuan : parseDecimal('0')
    return c.json(wire({ kind, proposalId, headroomYuan }), 201)
  })
  .openapi(postRoute, async (c) => {
    const input = { proposalId: c.req.valid('param').id }
    return c.json(wire(await approvePostedPrice(await context(c), input)), 200)
  })
  .openapi(refuseRoute, async (c) => {
    const input = { proposalId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await refusePostedPrice(await context(c), input)), 200)
  })
  .openapi(taxRoute, async (c) => {
    const { rate, ...rest } = c.req.valid('json')
    const input = { ...domain(rest), rate: parseDecimal(rate, 'rate') }
    return c.json(wire(await recordTaxRate(await context(c), input)), 201)
  })
  .openapi(permittedRoute, async (c) => {
    const { cost, profit, tax, excess_deducted, ...rest } = c.req.valid('json')
    const { resultFen, ...told } = await recordPermittedRevenue(await context(c), {
      ...domain(rest),
      costFen: parseMoneyYuan(cost, 'cost'),
      profitFen: parseMoneyYuan(profit, 'profit'),
      taxFen: parseMoneyYuan(tax, 'tax'),
      excessDeductedFen: parseMoneyYuan(excess_deducted, 'excess_deducted'),
    })
    return c.json(wire({ ...told, result: formatYuan(resultFen) }), 201)
  })
