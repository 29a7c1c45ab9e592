import { createRoute, z } from '@hono/zod-openapi'
import { context, personContext } from '#api/context.ts'
import { answer, body, day, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import { parseDay } from '#kernel/period.ts'
import { askForRollUpProof, type MeteringState, readMeteringState } from '#metering/index.ts'
import { MeteringState as MeteringStateAnswer } from './metering-words.ts'

const stateRoute = createRoute({
  method: 'get',
  path: '/v1/metering',
  tags: ['Operation'],
  summary: 'How usage comes through: each shard, gateways, gaps, conflicts and the latest proofs',
  responses: { 200: answer(MeteringStateAnswer, 'The metering'), ...refusals(401, 403) },
})

const proofRoute = createRoute({
  method: 'post',
  path: '/v1/metering/proofs',
  tags: ['Operation'],
  summary: 'Prove the roll-ups of whole days equal to the events now',
  request: { body: body(z.object({ from: day, to: day })) },
  responses: {
    202: answer(
      z.object({ kind: z.literal('asked'), job_id: z.string() }).openapi('RollUpProofAsked'),
      'A job does it; its result stands in /v1/metering',
    ),
    ...refusals(401, 403, 422),
  },
})

export const meteringRoutes = newRouter()
  .openapi(stateRoute, async (c) => {
    const state = await readMeteringState(await context(c), c.var.deps.usageStream)
    return c.json(wire(textsOf(state)), 200)
  })
  .openapi(proofRoute, async (c) => {
    const { from, to } = c.req.valid('json')
    const days = { from: parseDay(from, 'from'), to: parseDay(to, 'to') }
    return c.json(wire(await askForRollUpProof(await personContext(c), days)), 202)
  })

/** Counts as text. */
function textsOf(state: MeteringState) {
  return {
    ...state,
    shards: state.shards.map((each) => ({
      ...each,
      committedEvents: String(each.committedEvents),
    })),
    boots: state.boots.map((each) => ({
      ...each,
      committedEntries: String(each.committedEntries),
    })),
    gaps: state.gaps.map((each) => ({ ...each, attempts: String(each.attempts) })),
    keylessHours: state.keylessHours.map((each) => ({
      ...each,
      attempts: String(each.attempts),
    })),
    conflicts: state.conflicts.map((each) => ({
      ...each,
      conflictId: String(each.conflictId),
    })),
    proofs: state.proofs.map((each) => ({ ...each, events: String(each.events) })),
  }
}
