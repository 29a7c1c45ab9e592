import { UnrecoverableError } from 'bullmq'
import { z } from 'zod'
import {
  advanceBills,
  composeStatement,
  matchPayments,
  proveLedger,
  proveStatements,
  runBills,
} from '#billing/index.ts'
import { deliverNotice } from '#governance/index.ts'
import {
  forwardUsageBatch,
  keepRollUpProof,
  prepareUsagePartitions,
  proveSeals,
  sealUsage,
} from '#metering/index.ts'
import { sealAuditEntries, verifyAuditSeals } from '#kernel/audit-seal.ts'
import { parseId } from '#kernel/ids.ts'
import {
  addDays,
  dayOf,
  makePeriod,
  monthOf,
  monthPeriod,
  previousMonth,
  startOfDay,
} from '#kernel/period.ts'
import { type AnyJob, defineJob, type JobContext } from './define-job.ts'
import { activeOperators } from './operators.ts'

const nothing = z.strictObject({})

/**
 * Every job of the platform: its payload, when it runs by itself, and the one verb it calls. Job ids
 * name the work; a handler that runs twice changes nothing, because its verb says so.
 */
export const jobs: Readonly<Record<string, AnyJob>> = {
  'deliver-notice': defineJob({
    payload: z.strictObject({ kind: z.string(), payload: z.string() }),
    handle: async (ctx, { kind, payload }, jobId) => {
      const facts = z.record(z.string(), z.string()).parse(JSON.parse(payload))
      return { told: await deliverNotice(ctx, { kind, source: jobId, payload: facts }) }
    },
  }),

  'match-payments': defineJob({
    payload: z.strictObject({ operatorId: z.string() }),
    handle: (ctx, { operatorId }, jobId) =>
      matchPayments(ctx, { operatorId: parseId('org', operatorId), closes: jobId }),
  }),

  // Every hour, because a month waits until all its usage has arrived and nothing is parked.
  'run-bills': defineJob({
    payload: nothing,
    schedule: { pattern: '0 10 * * * *' },
    handle: async (ctx) => {
      const month = previousMonth(monthOf(ctx.clock.now()))
      return ofEachOperator(ctx, (operatorId) => runBills(ctx, { operatorId, month }))
    },
  }),

  // Silence confirms at the end of the objection window, and days make a bill due.
  'advance-bills': defineJob({
    payload: nothing,
    schedule: { pattern: '0 5 * * * *' },
    handle: async (ctx) => ofEachOperator(ctx, (operatorId) => advanceBills(ctx, { operatorId })),
  }),

  'compose-statements': defineJob({
    payload: nothing,
    schedule: { pattern: '0 30 3 * * *' },
    handle: async (ctx) => {
      const month = previousMonth(monthOf(ctx.clock.now()))
      return ofEachOperator(ctx, (operatorId) => composeStatement(ctx, { operatorId, month }))
    },
  }),

  'prove-ledger': defineJob({
    payload: nothing,
    schedule: { pattern: '0 40 2 * * *' },
    handle: async (ctx) => holding('the ledger', await proveLedger(ctx.db)),
  }),

  'prove-statements': defineJob({
    payload: nothing,
    schedule: { pattern: '0 50 2 * * *' },
    handle: async (ctx) => holding('a statement', await proveStatements(ctx)),
  }),

  // An accepted batch of a sandbox or privacy-computing job goes the way of all usage. It stays open, and so
  // comes here again each minute, until every event of it is stored.
  'forward-usage-batch': defineJob({
    payload: z.strictObject({ sourceId: z.string(), sequence: z.string() }),
    handle: (ctx, { sourceId, sequence }) =>
      forwardUsageBatch(ctx, {
        sourceId: parseId('source', sourceId),
        sequence: Number(sequence),
      }),
  }),

  'prepare-partitions': defineJob({
    payload: nothing,
    schedule: { pattern: '0 0 1 * * *' },
    handle: async (ctx) => ({ months: await prepareUsagePartitions(ctx.pool, ctx.clock.now()) }),
  }),

  // Screens show roll-ups and bills are rated from events; the two must agree.
  'prove-roll-ups': defineJob({
    payload: z.strictObject({ from: z.iso.datetime().optional(), to: z.iso.datetime().optional() }),
    schedule: { pattern: '0 15 2 * * *' },
    handle: async (ctx, asked, jobId) => {
      const to = startOfDay(dayOf(ctx.clock.now()))
      const proof = await keepRollUpProof(ctx, {
        from: asked.from === undefined ? startOfDay(addDays(dayOf(to), -2)) : new Date(asked.from),
        to: asked.to === undefined ? to : new Date(asked.to),
        closes: jobId,
      })
      return holding('the roll-ups of usage', proof)
    },
  }),

  // Every half hour of the morning: a day is sealed when all its usage has arrived, long before noon.
  'seal-usage': defineJob({
    payload: nothing,
    schedule: { pattern: '0 20,50 0-11 * * *' },
    handle: (ctx) => sealUsage(ctx),
  }),

  // From the month before on: what its statement carries must still be what was sealed.
  'prove-seals': defineJob({
    payload: nothing,
    schedule: { pattern: '0 30 2 * * *' },
    handle: async (ctx) => {
      const today = dayOf(ctx.clock.now())
      const { from } = monthPeriod(previousMonth(monthOf(ctx.clock.now())))
      const days = makePeriod({ from, to: startOfDay(today) })
      return holding('a seal of usage', await proveSeals(ctx, days))
    },
  }),

  'seal-audit': defineJob({
    payload: nothing,
    schedule: { pattern: '0 * * * * *' },
    handle: async (ctx) => ({ sealed: await sealAuditEntries(ctx) }),
  }),

  'prove-audit': defineJob({
    payload: nothing,
    schedule: { pattern: '0 20 2 * * *' },
    handle: async (ctx) => {
      const verdict = await verifyAuditSeals(ctx.db, ctx.keys)
      return holding('the audit log', { ...verdict, holds: verdict.kind === 'intact' })
    },
  }),
}

async function ofEachOperator(
  ctx: JobContext,
  run: (operatorId: Awaited<ReturnType<typeof activeOperators>>[number]) => Promise<unknown>,
): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {}
  for (const operatorId of await activeOperators(ctx.db))
    results[operatorId] = await run(operatorId)
  return results
}

/**
 * A proof that fails is a failed job: it stays on the jobs page until somebody has looked. Trying again would read
 * the same, and keep it as a further proof.
 */
function holding<T extends Readonly<{ holds: boolean }>>(what: string, proof: T): T {
  if (!proof.holds)
    throw new UnrecoverableError(`${what} does not hold: ${JSON.stringify(proof, asText)}`)
  return proof
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
