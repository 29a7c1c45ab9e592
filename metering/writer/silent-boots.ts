import type { PoolClient } from 'pg'
import { unconfirmedMax } from '#metering/shards.ts'

/** A gateway that has said nothing for so long, while its stream is drained, is taken for ended. */
const silentForMs = 30_000
const lookEveryMs = 500
/**
 * And it must not be heard for so long by this process's own time: where the clock was set forward, every
 * boot seems silent until its next heartbeat.
 */
const surelySilentAfterMs = 3_000

type At = Readonly<{ shard: number; now: Date }>
/** A boot that seems silent: when it was heard last, and since when that has not changed by this process's own time. */
type Seeming = Readonly<{ bootId: string; heardAt: string; since: number }>

/**
 * Ends boots that have fallen silent while the stream is drained; what they still bring is late. Where such
 * a boot had answered what never came, or did not live to get over a loss of Redis, a gap record says how
 * much is lost: at least what it had noted as answered, at most what a gateway may hold.
 */
export class SilentBoots {
  #lookedAt = Number.NEGATIVE_INFINITY
  #seeming: readonly Seeming[] = []

  async finish(client: PoolClient, at: At): Promise<void> {
    const lookedAt = performance.now()
    if (lookedAt - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = lookedAt
    const before = this.#seeming
    this.#seeming = (await listSilentBoots(client, at)).map((boot) => ({
      ...boot,
      // One that was heard meanwhile is silent anew.
      since:
        before.find((each) => each.bootId === boot.bootId && each.heardAt === boot.heardAt)
          ?.since ?? lookedAt,
    }))
    const surely = this.#seeming
      .filter(({ since }) => lookedAt - since >= surelySilentAfterMs)
      .map(({ bootId }) => bootId)
    if (surely.length > 0) await finishBoots(client, at, surely)
  }
}

const silentSince = (now: Date): string => new Date(now.getTime() - silentForMs).toISOString()

async function listSilentBoots(client: PoolClient, at: At): Promise<Omit<Seeming, 'since'>[]> {
  const result = await client.query<{ boot_id: string; heard_at: string }>(
    `select boot_id, heard_at::text as heard_at from metering.boot_progress
     where shard = $1 and finished_at is null and heard_at < $2`,
    [at.shard, silentSince(at.now)],
  )
  return result.rows.map((row) => ({ bootId: row.boot_id, heardAt: row.heard_at }))
}

async function finishBoots(client: PoolClient, at: At, bootIds: readonly string[]): Promise<void> {
  await client.query(
    `with silent as (
       update metering.boot_progress set finished_at = $2
       where shard = $1 and finished_at is null and heard_at < $3 and boot_id = any($5::text[])
       returning boot_id, shard, heard_at, committed_sequence, answered_sequence, settled_loss),
     ended as (
       update metering.gateway_boot b set finished_at = $2 from silent
       where b.boot_id = silent.boot_id and b.finished_at is null and not exists (
         select 1 from metering.boot_progress p
         where p.boot_id = b.boot_id and p.shard <> $1 and p.finished_at is null))
     insert into metering.gap_record (id, boot_id, shard, reason, attempts, attempts_max, started_at, ended_at, recorded_at)
     select 'gap_' || silent.boot_id || '_' || silent.shard, silent.boot_id, silent.shard, 'gateway_and_store_lost',
       least(greatest(silent.answered_sequence - silent.committed_sequence, 0), $4), $4,
       silent.heard_at, greatest(silent.heard_at, coalesce(s.loss_noticed_at, $2)), $2
     from silent join metering.shard s on s.shard = silent.shard
     join metering.gateway_boot b on b.boot_id = silent.boot_id
     where silent.answered_sequence > silent.committed_sequence
       or (s.loss_noticed_at >= b.started_at and silent.settled_loss is distinct from s.loss_id)
     on conflict (id) do nothing`,
    [at.shard, at.now.toISOString(), silentSince(at.now), unconfirmedMax, bootIds],
  )
}
