import type { SqlClient } from './sql-client.ts'

/** What one stream entry says of its boot: which sequences it holds, and what is complete after it. */
export type BootStep = Readonly<{
  bootId: string
  firstSequence: number
  lastSequence: number
  completeBeforeMs: number
  settledLoss: string | null
}>

type Progress = Readonly<{
  sequence: number
  completeBeforeMs: number
  settledLoss: string | null
}>

/**
 * How far a boot is after an entry. Only an entry that follows without a hole moves what is committed and
 * complete: after a hole (Redis was emptied) the boot sends again what is missing, and then the entry too.
 */
export function progressAfter(before: Progress, step: BootStep): Progress {
  if (step.firstSequence > before.sequence + 1) return before
  return {
    sequence: Math.max(before.sequence, step.lastSequence),
    completeBeforeMs: Math.max(before.completeBeforeMs, step.completeBeforeMs),
    settledLoss: step.settledLoss ?? before.settledLoss,
  }
}

/**
 * Moves the boots of a batch on, in the order of its entries; a boot nobody registered is left out. A boot
 * is heard by the writer's clock, whatever its own says, and nothing is complete that is still to come by
 * it. One that was taken for ended and goes on (its process had stood still) is open again.
 */
export async function advanceBoots(
  client: SqlClient,
  at: Readonly<{ shard: number; now: Date }>,
  steps: readonly BootStep[],
): Promise<void> {
  if (steps.length === 0) return
  const progress = await lockProgress(client, at.shard, new Set(steps.map((step) => step.bootId)))
  const nowMs = at.now.getTime()
  for (const step of steps) {
    const completeBeforeMs = Math.min(step.completeBeforeMs, nowMs)
    const before = progress.get(step.bootId)
    if (before) progress.set(step.bootId, progressAfter(before, { ...step, completeBeforeMs }))
  }
  const rows = [...progress]
  await client.query({
    name: 'advance-boots',
    text: `with moved as (
       update metering.boot_progress p set committed_sequence = a.sequence, heard_at = $6,
         complete_before = a.complete_before, settled_loss = a.settled_loss,
         finished_at = case when a.sequence > p.committed_sequence then null else p.finished_at end
       from unnest($2::text[], $3::bigint[], $4::timestamptz[], $5::text[])
         as a(boot_id, sequence, complete_before, settled_loss)
       where p.boot_id = a.boot_id and p.shard = $1
       returning p.boot_id, p.finished_at)
     update metering.gateway_boot b set finished_at = null from moved
     where b.boot_id = moved.boot_id and moved.finished_at is null and b.finished_at is not null`,
    values: [
      at.shard,
      rows.map(([bootId]) => bootId),
      rows.map(([, each]) => each.sequence),
      rows.map(([, each]) => new Date(each.completeBeforeMs).toISOString()),
      rows.map(([, each]) => each.settledLoss),
      at.now.toISOString(),
    ],
  })
}

type ProgressRow = Readonly<{
  boot_id: string
  committed_sequence: string | bigint
  complete_before: Date
  settled_loss: string | null
}>

async function lockProgress(
  client: SqlClient,
  shard: number,
  bootIds: ReadonlySet<string>,
): Promise<Map<string, Progress>> {
  const result = await client.query<ProgressRow>({
    name: 'lock-boots',
    text: `select boot_id, committed_sequence, complete_before, settled_loss
     from metering.boot_progress where shard = $1 and boot_id = any($2::text[]) order by boot_id for update`,
    values: [shard, [...bootIds]],
  })
  return new Map(
    result.rows.map((row) => [
      row.boot_id,
      {
        sequence: Number(row.committed_sequence),
        completeBeforeMs: row.complete_before.getTime(),
        settledLoss: row.settled_loss,
      },
    ]),
  )
}
