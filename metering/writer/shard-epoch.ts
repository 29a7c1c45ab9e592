import type { Redis } from 'ioredis'
import type { PoolClient } from 'pg'
import type { Clock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { epochKey, lossKey, streamKey } from '#metering/shards.ts'
import { type CountBudgets, rebuildBudgets } from './rebuild-budgets.ts'
import { rebuildCounters } from './rebuild-counters.ts'

const lookEveryMs = 200
/** So often a moment is looked for in which nothing is on its way to PostgreSQL; then it is done without. */
const quietTriesMax = 10

type EpochDeps = Readonly<{
  shard: number
  redis: Redis
  clock: Clock
  countBudgets?: CountBudgets | undefined
}>

/**
 * Watches whether Redis still counts what it counted (design: Metering 5). Where the epoch is gone, limited
 * calls are refused until every boot that lives has sent again what was forgotten and has no call from
 * before the loss under way; then the counters are made anew from what PostgreSQL has, and a new epoch
 * begins. It is named as the loss it made good.
 */
export class ShardEpoch {
  readonly #deps: EpochDeps
  #lookedAt = Number.NEGATIVE_INFINITY
  #quietTries = 0

  constructor(deps: EpochDeps) {
    this.#deps = deps
  }

  async keep(client: PoolClient): Promise<void> {
    if (performance.now() - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = performance.now()
    const { redis, shard } = this.#deps
    if ((await redis.exists(epochKey(shard))) === 1) return
    const loss = await this.#noticedLoss(client)
    if (await isAwaited(client, { shard, loss })) return
    if (!(await this.#isQuiet())) return
    try {
      await this.#rebuild(client)
      const isSet = await redis.multi().set(epochKey(shard), loss).del(lossKey(shard)).exec()
      this.#quietTries = isSet === null ? this.#quietTries + 1 : 0
    } catch (error) {
      // What is watched would stop the writer's next transaction.
      await redis.unwatch().catch(() => undefined)
      throw error
    }
  }

  async #rebuild(client: PoolClient): Promise<void> {
    const { redis, shard, clock, countBudgets } = this.#deps
    const now = clock.now()
    await rebuildCounters(client, redis, { shard, now })
    if (countBudgets) await rebuildBudgets(client, redis, { shard, now, countBudgets })
  }

  /**
   * Calls without a limit go on meanwhile and count in budgets that may get one: what is still in the stream
   * would be missed. Nothing may be in it now, and nothing may come until the epoch is set (WATCH).
   */
  async #isQuiet(): Promise<boolean> {
    const { redis, shard, countBudgets } = this.#deps
    if (countBudgets === undefined || this.#quietTries >= quietTriesMax) return true
    await redis.watch(streamKey(shard))
    if ((await redis.xlen(streamKey(shard))) === 0) return true
    await redis.unwatch()
    this.#quietTries += 1
    return false
  }

  /** The name of this loss; whoever notices it first gives it, and it is written down. */
  async #noticedLoss(client: PoolClient): Promise<string> {
    const { redis, shard, clock } = this.#deps
    const fresh = newId('loss', clock)
    const standing = await redis.set(lossKey(shard), fresh, 'NX', 'GET')
    if (standing !== null) return standing
    // The very first epoch makes good no loss: there was nothing yet.
    await client.query(
      `insert into metering.shard as s (shard, updated_at, loss_id) values ($1, $3, $2)
       on conflict (shard) do update set loss_id = $2,
         loss_noticed_at = case when s.loss_id is null then null else $3::timestamptz end`,
      [shard, fresh, clock.now().toISOString()],
    )
    return fresh
  }
}

/** Whether a boot that is not finished has not yet got over the loss. */
async function isAwaited(
  client: PoolClient,
  of: Readonly<{ shard: number; loss: string }>,
): Promise<boolean> {
  const result = await client.query<{ awaited: boolean }>(
    `select exists (select 1 from metering.boot_progress
       where shard = $1 and finished_at is null and settled_loss is distinct from $2) as awaited`,
    [of.shard, of.loss],
  )
  return result.rows[0]?.awaited ?? true
}
