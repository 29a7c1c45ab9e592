import type { Redis } from 'ioredis'
import type { PoolClient } from 'pg'
import { keepCountsMs } from '#metering/recorder/admission.ts'
import { budgetKeysOf, reservationOf } from '#metering/recorder/budgets.ts'
import { shardOf } from '#metering/shards.ts'
import { sendCommands } from './send-commands.ts'

/** What the budgets of a shard's buyers hold by what PostgreSQL knows. */
export type BudgetCounts = Readonly<{
  used: readonly Readonly<{
    name: string
    /** Of finished calls; reservations come on top. */
    units: bigint
    keepMs: number | null
  }>[]
  /** Deliveries that are open go on through a loss, and so does what they reserved. */
  reserved: readonly Readonly<{
    name: string
    eventId: string
    units: bigint
    untilMs: number
  }>[]
}>

/** What budgets there are and what a call costs is known above; whoever starts the writer brings it. */
export type CountBudgets = (
  client: PoolClient,
  at: Readonly<{ now: Date; isOfShard: (buyerId: string) => boolean }>,
) => Promise<BudgetCounts>

/** Sets the budgets of a shard to what is stored. Nothing is admitted against them meanwhile (see ShardEpoch). */
export async function rebuildBudgets(
  client: PoolClient,
  redis: Redis,
  at: Readonly<{ shard: number; now: Date; countBudgets: CountBudgets }>,
): Promise<void> {
  const { shard, now } = at
  const counts = await at.countBudgets(client, {
    now,
    isOfShard: (buyerId) => shardOf(buyerId) === shard,
  })
  const commands: (readonly (string | number)[])[] = []
  for (const { name, units, keepMs } of counts.used) {
    const keys = budgetKeysOf({ shard, name })
    commands.push(['del', keys.reserved], ['set', keys.used, units.toString()])
    if (keepMs !== null) commands.push(['pexpire', keys.used, keepMs])
  }
  for (const { name, eventId, units, untilMs } of counts.reserved) {
    const keys = budgetKeysOf({ shard, name })
    const member = reservationOf({ eventId, reserveUnits: units })
    commands.push(['incrby', keys.used, units.toString()], ['zadd', keys.reserved, untilMs, member])
    commands.push(['pexpire', keys.reserved, keepCountsMs])
  }
  await sendCommands(redis, commands)
}
