import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, idOf, month, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import {
  drillDown,
  getStatement,
  listStatementExceptions,
  listStatements,
  proveStatement,
  statementChanges,
  type StatementFigure,
  statementReadiness,
} from '#billing/index.ts'
import { refuseValue } from '#kernel/errors.ts'
import { formatYuan } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'
import {
  ChangesOut,
  DrillDownOut,
  ExceptionOut,
  figureQuery,
  headOut,
  ProofOut,
  StatementHeadOut,
  statementOut,
  StatementOut,
} from './statement-words.ts'

const tags = ['Statements']

const listRoute = createRoute({
  method: 'get',
  path: '/v1/statements',
  tags,
  summary: 'The latest version of each settlement statement I may see, the newest month first',
  request: { query: z.object({ operator_id: idOf('org').optional(), month: month.optional() }) },
  responses: {
    200: answer(z.object({ items: z.array(StatementHeadOut) }), 'Statements'),
    ...refusals(401, 403, 422),
  },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/statements/{id}',
  tags,
  summary: 'One settlement statement with its parts A–J, or one of its earlier versions',
  request: {
    params: pathId('stmt'),
    query: z.object({ version: z.coerce.number().int().min(1).optional() }),
  },
  responses: { 200: answer(StatementOut, 'The statement'), ...refusals(401, 403, 404, 422) },
})

const readinessRoute = createRoute({
  method: 'get',
  path: '/v1/statement-readiness',
  tags,
  summary: 'What stands in the way of the statement of a month',
  request: { query: z.object({ operator_id: idOf('org'), month }) },
  responses: {
    200: answer(
      z
        .object({
          blockers: z.array(
            z.object({ reason: z.string(), detail: z.record(z.string(), z.string()) }),
          ),
          warnings: z.array(z.object({ reason: z.string(), count: z.int() })),
        })
        .openapi('StatementReadiness'),
      'Blockers and warnings',
    ),
    ...refusals(401, 403, 404, 422),
  },
})

const exceptionsRoute = createRoute({
  method: 'get',
  path: '/v1/statement-versions/{id}/exceptions',
  tags,
  summary: 'Late items, disputes, adjustments and whatever else a reviewer should see',
  request: { params: pathId('sver') },
  responses: {
    200: answer(z.object({ items: z.array(ExceptionOut) }), 'Exceptions'),
    ...refusals(401, 403, 404),
  },
})

const changesRoute = createRoute({
  method: 'get',
  path: '/v1/statement-versions/{id}/changes',
  tags,
  summary: 'Why it differs from the statement before: volume, price, buyers, corrections',
  request: { params: pathId('sver') },
  responses: { 200: answer(ChangesOut, 'The bridge'), ...refusals(401, 403, 404) },
})

const figureRoute = createRoute({
  method: 'get',
  path: '/v1/statement-versions/{id}/members',
  tags,
  summary: 'The bill lines and receipts that a figure of the statement is the sum of',
  request: { params: pathId('sver'), query: figureQuery },
  responses: { 200: answer(DrillDownOut, 'Members'), ...refusals(401, 403, 404, 422) },
})

const proofRoute = createRoute({
  method: 'get',
  path: '/v1/statement-versions/{id}/proof',
  tags,
  summary: 'Makes the version again from its members and compares bytes and signatures',
  request: { params: pathId('sver') },
  responses: { 200: answer(ProofOut, 'The proof'), ...refusals(401, 403, 404) },
})

export const statementRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const query = c.req.valid('query')
    const heads = await listStatements(await context(c), {
      ...(query.operator_id === undefined ? {} : { operatorId: query.operator_id }),
      ...(query.month === undefined ? {} : { month: parseMonth(query.month) }),
    })
    return c.json({ items: heads.map(headOut) }, 200)
  })
  .openapi(readRoute, async (c) => {
    const { version } = c.req.valid('query')
    const statement = await getStatement(await context(c), {
      statementId: c.req.valid('param').id,
      ...(version === undefined ? {} : { version }),
    })
    return c.json(statementOut(statement), 200)
  })
  .openapi(readinessRoute, async (c) => {
    const query = c.req.valid('query')
    const input = { operatorId: query.operator_id, month: parseMonth(query.month) }
    const { blockers, warnings } = await statementReadiness(await context(c), input)
    return c.json(
      {
        blockers: blockers.map(({ reason, detail }) => ({ reason, detail })),
        warnings: [...warnings],
      },
      200,
    )
  })
  .openapi(exceptionsRoute, async (c) => {
    const exceptions = await listStatementExceptions(await context(c), c.req.valid('param').id)
    const items = exceptions.map(({ amountFen, ...each }) =>
      wire({ ...each, amount: formatYuan(amountFen) }),
    )
    return c.json({ items }, 200)
  })
  .openapi(changesRoute, async (c) => {
    const changes = await statementChanges(await context(c), c.req.valid('param').id)
    return c.json(changesOut(changes), 200)
  })
  .openapi(figureRoute, async (c) => {
    const found = await drillDown(await context(c), {
      versionId: c.req.valid('param').id,
      figure: figureOf(c.req.valid('query')),
    })
    return c.json(drillDownOut(found), 200)
  })
  .openapi(proofRoute, async (c) => {
    const proof = await proveStatement(await context(c), c.req.valid('param').id)
    return c.json(wire(proof), 200)
  })

function figureOf(query: z.infer<typeof figureQuery>): StatementFigure {
  const productId = query.product_id
  switch (query.part) {
    case 'volume':
      return {
        part: 'volume',
        productId: productId ?? refuseValue('product_id', 'missing'),
        column: query.column,
        ...(query.purpose_class === undefined ? {} : { purposeClass: query.purpose_class }),
        ...(query.unit === undefined ? {} : { unit: query.unit }),
      }
    case 'receivables':
      return {
        part: 'receivables',
        ...(productId === undefined ? {} : { productId }),
        ...(query.bill_id === undefined ? {} : { billId: query.bill_id }),
      }
    case 'receipts':
      return {
        part: 'receipts',
        ...(query.buyer_id === undefined ? {} : { buyerId: query.buyer_id }),
      }
    case 'attribution':
      return { part: 'attribution', productId: productId ?? refuseValue('product_id', 'missing') }
  }
}

function changesOut(
  changes: Awaited<ReturnType<typeof statementChanges>>,
): z.infer<typeof ChangesOut> {
  return {
    previous_month: changes.previousMonth,
    previous_billed: formatYuan(changes.previousBilledFen),
    billed: formatYuan(changes.billedFen),
    steps: changes.steps.map(({ kind, amountFen }) => ({ kind, amount: formatYuan(amountFen) })),
    products: changes.products.map(({ previousFen, amountFen, ...product }) =>
      wire({ ...product, previous: formatYuan(previousFen), amount: formatYuan(amountFen) }),
    ),
    previous_received: formatYuan(changes.previousReceivedFen),
    received: formatYuan(changes.receivedFen),
    previous_base: formatYuan(changes.previousBaseFen),
    base: formatYuan(changes.baseFen),
    previous_government: formatYuan(changes.previousGovernmentFen),
    government: formatYuan(changes.governmentFen),
  }
}

function drillDownOut(found: Awaited<ReturnType<typeof drillDown>>): z.infer<typeof DrillDownOut> {
  return {
    lines: found.lines.map(({ calls, billedCalls, amountFen, netFen, ...line }) =>
      wire({
        ...line,
        calls: String(calls),
        billedCalls: String(billedCalls),
        amount: formatYuan(amountFen),
        net: formatYuan(netFen),
      }),
    ),
    receipts: found.receipts.map(({ amountFen, netFen, attributedFen, ...receipt }) =>
      wire({
        ...receipt,
        amount: formatYuan(amountFen),
        net: formatYuan(netFen),
        attributed: attributedFen === null ? null : formatYuan(attributedFen),
      }),
    ),
    total: found.total,
  }
}
