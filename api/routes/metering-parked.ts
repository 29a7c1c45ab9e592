import { createRoute, z } from '@hono/zod-openapi'
import { context, personContext } from '#api/context.ts'
import { answer, body, idOf, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import {
  decideParkedProposal,
  listParkedEntries,
  proposeParkedCorrection,
  proposeParkedDiscard,
  replayParkedEntry,
} from '#metering/index.ts'
import { Decided, Decision, ParkedEntries } from './metering-words.ts'

const tags = ['Operation']
const entryPath = z.object({ entry_id: z.string().regex(/^[0-9]{1,18}$/) })
const reason = z.string().min(1).max(2000)
const Proposed = z
  .object({
    kind: z.literal('proposed'),
    proposal_id: idOf('proposal'),
    changes: z.array(z.string()),
  })
  .openapi('ParkedEntryProposed')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/metering/parked',
  tags,
  summary: 'Entries the writer could not read, with what was proposed and decided about each',
  request: { query: z.object({ resolved: z.enum(['true', 'false']).default('false') }) },
  responses: { 200: answer(ParkedEntries, 'The entries'), ...refusals(401, 403) },
})

const replayRoute = createRoute({
  method: 'post',
  path: '/v1/metering/parked/{entry_id}/replay',
  tags,
  summary: 'Read a parked entry again, its body unchanged, and write it if it can be read',
  request: { params: entryPath },
  responses: {
    200: answer(
      z
        .object({
          kind: z.enum(['replayed', 'already_resolved', 'still_unreadable']),
          events: z.int().optional(),
          inserted: z.int().optional(),
          reason: z.string().optional(),
        })
        .openapi('ParkedEntryReplayed'),
      'What came of it',
    ),
    ...refusals(401, 403, 404),
  },
})

const correctRoute = createRoute({
  method: 'post',
  path: '/v1/metering/parked/{entry_id}/correction',
  tags,
  summary: 'Propose a body to be written in place of one that cannot be read',
  request: {
    params: entryPath,
    body: body(z.object({ body: z.string().min(1).max(1_000_000), reason })),
  },
  responses: {
    200: answer(Proposed, 'Another person decides'),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const discardRoute = createRoute({
  method: 'post',
  path: '/v1/metering/parked/{entry_id}/discard',
  tags,
  summary: 'Propose to throw away an entry that is provably not ours, or stored already',
  request: { params: entryPath, body: body(z.object({ reason })) },
  responses: {
    200: answer(Proposed, 'Another person decides'),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const decideRoute = createRoute({
  method: 'post',
  path: '/v1/metering/parked-proposals/{id}/decision',
  tags,
  summary: 'Approve or refuse what another person proposed for a parked entry',
  request: { params: pathId('proposal'), body: body(Decision) },
  responses: { 200: answer(Decided, 'Decided'), ...refusals(401, 403, 404, 409, 422) },
})

export const parkedRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const open = c.req.valid('query').resolved === 'false'
    const entries = await listParkedEntries(await context(c), { open })
    const items = entries.map(({ entryId, proposals, ...entry }) => ({
      ...entry,
      entryId: String(entryId),
      proposals: proposals.map(({ entryId: _entry, ...proposal }) => proposal),
    }))
    return c.json(wire({ items }), 200)
  })
  .openapi(replayRoute, async (c) => {
    const entryId = BigInt(c.req.valid('param').entry_id)
    return c.json(wire(await replayParkedEntry(await personContext(c), { entryId })), 200)
  })
  .openapi(correctRoute, async (c) => {
    const input = { entryId: BigInt(c.req.valid('param').entry_id), ...c.req.valid('json') }
    return c.json(wire(await proposeParkedCorrection(await personContext(c), input)), 200)
  })
  .openapi(discardRoute, async (c) => {
    const input = { entryId: BigInt(c.req.valid('param').entry_id), ...c.req.valid('json') }
    return c.json(wire(await proposeParkedDiscard(await personContext(c), input)), 200)
  })
  .openapi(decideRoute, async (c) => {
    const input = { proposalId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await decideParkedProposal(await personContext(c), input)), 200)
  })
