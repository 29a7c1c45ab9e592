import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, body, idOf, instant, month, pathId, refusals, yuan } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { verbatim, wire } from '#api/wire.ts'
import {
  decideSplitRule,
  draftSplitRule,
  listSplitRules,
  simulateSplit,
  type StoredSplitRule,
  storedSplitRule,
} from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'

const tags = ['Split rules']
const rule = z.custom<StoredSplitRule>().openapi({
  type: 'object',
  description: 'Base, accrual, share, coefficient, floor, ceiling and receivers, as it is digested',
})
const bureau = z.enum(['data_bureau', 'finance_bureau'])
const verdict = z.enum(['approved', 'refused'])
const text = z.string().trim().min(1).max(2000)

const SplitRuleOut = z
  .object({
    rule_id: z.string(),
    operator_id: z.string(),
    operator_name: z.string(),
    version: z.int(),
    title: z.string(),
    rule,
    form_digest: z.string(),
    reason: z.string(),
    document_title: z.string(),
    document_number: z.string(),
    effective_from_month: month,
    is_sample: z.boolean(),
    status: z.enum(['proposed', 'refused', 'approved']),
    made_at: instant,
    approvals: z.array(
      z.object({
        organization_kind: bureau,
        verdict,
        opinion: z.string(),
        decided_by: z.string(),
        decided_at: instant,
      }),
    ),
  })
  .openapi('SplitRule')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/split-rules',
  tags,
  summary: 'All versions of the split rules with their two approvals, the newest first',
  request: { query: z.object({ operator_id: idOf('org').optional() }) },
  responses: {
    200: answer(z.object({ items: z.array(SplitRuleOut) }), 'Rules'),
    ...refusals(401, 403, 422),
  },
})

const draftRoute = createRoute({
  method: 'post',
  path: '/v1/split-rules',
  tags,
  summary: 'Draft the next version of a split rule, from a month on',
  request: {
    body: body(
      z.object({
        operator_id: idOf('org'),
        title: text,
        rule: storedSplitRule,
        reason: text,
        document_id: idOf('policy'),
        effective_from_month: month,
        is_sample: z.boolean().default(false),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.literal('drafted'),
          rule_id: z.string(),
          version: z.int(),
          form_digest: z.string(),
        })
        .openapi('DraftedSplitRule'),
      'The draft',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const decideRoute = createRoute({
  method: 'post',
  path: '/v1/split-rules/{id}/decisions',
  tags,
  summary: 'The opinion of one of the two bureaus; both must approve',
  request: {
    params: pathId('rule'),
    body: body(z.object({ verdict, form_digest: z.string(), opinion: z.string().max(2000) })),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.enum(['decided', 'already_decided']), is_approved: z.boolean() })
        .openapi('DecidedSplitRule'),
      'Decided',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const simulateRoute = createRoute({
  method: 'post',
  path: '/v1/split-rules/simulations',
  tags,
  summary: 'What a rule would have given over the months settled so far; without effect',
  request: {
    body: body(z.object({ operator_id: idOf('org'), rule: storedSplitRule })),
  },
  responses: {
    200: answer(
      z.object({
        items: z.array(
          z
            .object({
              month,
              base: yuan,
              government: yuan,
              operator: yuan,
              simulated_base: yuan,
              simulated_government: yuan,
              simulated_operator: yuan,
            })
            .openapi('SimulatedSplit'),
        ),
      }),
      'Month by month',
    ),
    ...refusals(401, 403, 404, 422),
  },
})

export const splitRuleRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const operatorId = c.req.valid('query').operator_id
    const rules = await listSplitRules(await context(c), {
      ...(operatorId === undefined ? {} : { operatorId }),
    })
    return c.json({ items: rules.map((each) => wire({ ...each, rule: verbatim(each.rule) })) }, 200)
  })
  .openapi(draftRoute, async (c) => {
    const input = c.req.valid('json')
    const drafted = await draftSplitRule(await context(c), {
      operatorId: input.operator_id,
      title: input.title,
      rule: input.rule,
      reason: input.reason,
      documentId: input.document_id,
      effectiveFromMonth: parseMonth(input.effective_from_month),
      isSample: input.is_sample,
    })
    return c.json(wire(drafted), 201)
  })
  .openapi(decideRoute, async (c) => {
    const input = c.req.valid('json')
    const decided = await decideSplitRule(await context(c), {
      ruleId: c.req.valid('param').id,
      verdict: input.verdict,
      formDigest: input.form_digest,
      opinion: input.opinion,
    })
    return c.json(wire(decided), 201)
  })
  .openapi(simulateRoute, async (c) => {
    const input = c.req.valid('json')
    const months = await simulateSplit(await context(c), {
      operatorId: input.operator_id,
      rule: input.rule,
    })
    const items = months.map((each) => ({
      month: each.month,
      base: formatYuan(each.baseFen),
      government: formatYuan(each.governmentFen),
      operator: formatYuan(each.operatorFen),
      simulated_base: formatYuan(each.simulatedBaseFen),
      simulated_government: formatYuan(each.simulatedGovernmentFen),
      simulated_operator: formatYuan(each.simulatedOperatorFen),
    }))
    return c.json({ items }, 200)
  })
