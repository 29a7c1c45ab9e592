import { z } from '@hono/zod-openapi'
import { count, idOf, instant } from '#api/contract.ts'

/** The answers of the pages that operate the metering. */

export const MeteringState = z
  .object({
    as_of: instant,
    stream_answers: z.boolean(),
    shards: z.array(
      z.object({
        shard: z.int(),
        watermark_at: instant.nullable(),
        watermark_age_ms: z.int().nullable(),
        lag_entries: z.int().nullable(),
        oldest_entry_age_ms: z.int().nullable(),
        committed_events: count,
        parked_entries: z.int(),
        conflicts: z.int(),
        updated_at: instant,
      }),
    ),
    boots: z.array(
      z.object({
        boot_id: z.string(),
        started_at: instant,
        finished_at: instant.nullable(),
        heard_at: instant,
        complete_before: instant,
        committed_entries: count,
      }),
    ),
    gaps: z.array(
      z.object({
        gap_id: z.string(),
        boot_id: z.string(),
        shard: z.int(),
        reason: z.string(),
        attempts: count,
        started_at: instant,
        ended_at: instant,
      }),
    ),
    keyless_hours: z.array(z.object({ hour: instant, reason: z.string(), attempts: count })),
    conflicts: z.array(
      z.object({
        conflict_id: z.string(),
        shard: z.int(),
        buyer_id: z.string(),
        occurred_at: instant,
        event_id: z.string(),
        origin: z.string().nullable(),
        differs: z.array(z.string()),
        recorded_at: instant,
      }),
    ),
    proofs: z.array(
      z.object({
        from: instant,
        to: instant,
        proved_at: instant,
        proved_by: z.string(),
        events: count,
        holds: z.boolean(),
        hours_that_differ: z.array(z.object({ buyer_id: z.string(), hour: z.string() })),
      }),
    ),
  })
  .openapi('MeteringState')

const ParkedProposal = z.object({
  proposal_id: idOf('proposal'),
  kind: z.enum(['corrected', 'discard']),
  body: z.string().nullable(),
  changes: z.array(z.string()),
  reason: z.string(),
  proposed_by: z.string(),
  proposed_at: instant,
  verdict: z.enum(['approved', 'refused']).nullable(),
  note: z.string().nullable(),
  decided_by: z.string().nullable(),
  decided_at: instant.nullable(),
})

export const ParkedEntries = z
  .object({
    items: z.array(
      z.object({
        entry_id: z.string(),
        shard: z.int(),
        stream_id: z.string(),
        position: z.int(),
        boot_id: z.string().nullable(),
        buyer_id: z.string().nullable(),
        body: z.string(),
        reason: z.string(),
        parked_at: instant,
        resolved_at: instant.nullable(),
        resolved_by: z.string().nullable(),
        resolution: z.string().nullable(),
        proposals: z.array(ParkedProposal),
      }),
    ),
  })
  .openapi('ParkedEntries')

const replacement = {
  result_class: z.enum(['found', 'not_found', 'failed']),
  http_status: z.int().min(100).max(599),
  records: z.int().min(0),
  bytes: z.int().min(0),
}
export const UsageReplacementIn = z.object(replacement)

export const UsageCorrections = z
  .object({
    items: z.array(
      z.object({
        proposal_id: idOf('correction'),
        kind: z.enum(['void', 'replace']),
        buyer_id: z.string(),
        buyer_name: z.string(),
        occurred_at: instant,
        event_id: z.string(),
        operator_id: z.string(),
        product_name: z.string().nullable(),
        reason: z.string(),
        reference: z.string(),
        replacement: z
          .object({
            ...replacement,
            result_class: z.string(),
            reason: z.string(),
            billable: z.boolean(),
          })
          .nullable(),
        proposed_by: z.string(),
        proposed_at: instant,
        verdict: z.enum(['approved', 'refused']).nullable(),
        note: z.string().nullable(),
        decided_by: z.string().nullable(),
        decided_at: instant.nullable(),
      }),
    ),
  })
  .openapi('UsageCorrections')

export const Decision = z.object({
  verdict: z.enum(['approved', 'refused']),
  note: z.string().min(1).max(2000),
})
export const Decided = z
  .object({ kind: z.enum(['approved', 'refused', 'already_decided']) })
  .openapi('TwoPersonDecision')
