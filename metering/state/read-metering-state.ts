import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type KeptProof, listProofs } from '#metering/proof/roll-up-proof.queries.ts'
import type { UsageStream } from '#metering/usage-stream.ts'
import { listShardStates, type ShardState } from '#metering/watermark.queries.ts'
import {
  type GapRecord,
  type GatewayBoot,
  type KeylessHour,
  listBoots,
  listConflicts,
  listGaps,
  listKeylessHours,
  type UsageConflict,
} from './metering-state.queries.ts'

export type MeteringState = Readonly<{
  asOf: Date
  /** The store of usage answered, so that lags are known. */
  streamAnswers: boolean
  shards: readonly (ShardState &
    Readonly<{
      watermarkAgeMs: number | null
      lagEntries: number | null
      oldestEntryAgeMs: number | null
    }>)[]
  boots: readonly GatewayBoot[]
  gaps: readonly GapRecord[]
  keylessHours: readonly KeylessHour[]
  conflicts: readonly UsageConflict[]
  /** Proofs that the roll-ups are what the events say, the latest first. */
  proofs: readonly KeptProof[]
}>

const shown = { boots: 30, gaps: 100, conflicts: 100, proofs: 10 } as const
const keylessForMs = 48 * 3_600_000

/** How usage comes through: each shard, who sends, what is missing, and what was proved. Errors: FORBIDDEN. */
export async function readMeteringState(
  ctx: Context,
  stream: Pick<UsageStream, 'readLag'>,
): Promise<MeteringState> {
  requirePermission(ctx, 'metering:read')
  const { db, clock } = ctx
  const asOf = clock.now()
  const nowMs = asOf.getTime()
  const age = (at: Date | null | undefined): number | null =>
    at ? Math.max(0, nowMs - at.getTime()) : null
  const [shards, lags, boots, gaps, keylessHours, conflicts, proofs] = await Promise.all([
    listShardStates(db),
    stream.readLag(),
    listBoots(db, shown.boots),
    listGaps(db, shown.gaps),
    listKeylessHours(db, new Date(nowMs - keylessForMs)),
    listConflicts(db, shown.conflicts),
    listProofs(db, shown.proofs),
  ])
  return {
    asOf,
    streamAnswers: lags !== null,
    shards: shards.map((shard) => {
      const lag = lags?.find((each) => each.shard === shard.shard)
      return {
        ...shard,
        watermarkAgeMs: age(shard.watermarkAt),
        lagEntries: lag?.entries ?? null,
        oldestEntryAgeMs: age(lag?.oldestEntryAt),
      }
    }),
    boots,
    gaps,
    keylessHours,
    conflicts,
    proofs,
  }
}
