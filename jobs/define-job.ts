import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { Pool } from 'pg'
import type { UsageStream } from '#metering/index.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'

/** What a job may need besides its context. */
export type JobContext = Context &
  Readonly<{
    keys: KeyRing
    /** For what needs plain SQL of its own: the partitions of usage. */
    pool: Pool
    usageStream: Pick<UsageStream, 'append' | 'holds'>
  }>

export type Schedule = Readonly<{
  /** Seconds, minutes, hours, days, months, weekdays; in Asia/Shanghai. */
  pattern: string
}>

/**
 * One entry of the catalogue. `handle` parses nothing and decides nothing: it calls one domain verb.
 * What it returns is kept with the run for whoever reads the jobs page.
 */
export type JobDefinition<Payload = unknown> = Readonly<{
  payload: z.ZodType<Payload>
  schedule?: Schedule
  handle: (ctx: JobContext, payload: Payload, jobId: string) => Promise<JobResult>
}>

/** Facts about a finished run, as plain JSON. */
export type JobResult = Readonly<Record<string, unknown>>

/** The same entry with its payload type folded away, so that all jobs fit one catalogue. */
export type AnyJob = Readonly<{
  schedule?: Schedule
  run: (ctx: JobContext, payload: unknown, jobId: string) => Promise<JobResult>
}>

export function defineJob<Payload>(definition: JobDefinition<Payload>): AnyJob {
  return {
    ...(definition.schedule && { schedule: definition.schedule }),
    run: (ctx, payload, jobId) => definition.handle(ctx, definition.payload.parse(payload), jobId),
  }
}
