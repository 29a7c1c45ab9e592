import type { Redis } from 'ioredis'
import { parseRefusalFacts } from '#metering/recorder/refusal-facts.ts'
import { takeRefusalsScript } from '#metering/recorder/scripts.ts'
import { epochKey, lossKey, refusalsKey, takenRefusalsKey } from '#metering/shards.ts'
import { eventIdOf, type UsageEvent } from '#metering/usage-event.ts'

/** A second is closed when every gateway's clock has surely passed it. */
const closedAfterMs = 2_000

export type TakenRefusal = Readonly<{ field: string; event: UsageEvent }>

const reasons: Readonly<Record<string, string>> = {
  rate: 'rate_limited',
  concurrency: 'concurrency_exceeded',
}

/**
 * Takes the refusal counts of closed seconds and makes each one event, with an id that is always the same. `before` is
 * the second up to which they are all; it is not known while gateways still count again what an emptied Redis forgot.
 */
export async function readRefusals(
  redis: Redis,
  at: Readonly<{ shard: number; nowMs: number }>,
): Promise<Readonly<{ refusals: readonly TakenRefusal[]; before: number | null }>> {
  const before = Math.floor((at.nowMs - closedAfterMs) / 1000)
  const [hasEpoch, flat] = (await redis.eval(
    takeRefusalsScript,
    4,
    refusalsKey(at.shard),
    takenRefusalsKey(at.shard),
    epochKey(at.shard),
    lossKey(at.shard),
    before,
  )) as [hasEpoch: string, flat: string[]]
  const taken: TakenRefusal[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const field = flat[index] ?? ''
    if (field !== 'serial')
      taken.push({ field, event: refusalEvent(field, Number(flat[index + 1])) })
  }
  return { refusals: taken, before: hasEpoch === '1' ? before : null }
}

/** Forgets refusals whose events are committed. */
export async function settleRefusals(
  redis: Redis,
  shard: number,
  refusals: readonly TakenRefusal[],
): Promise<void> {
  await redis.hdel(takenRefusalsKey(shard), ...refusals.map(({ field }) => field))
}

/** `loss_….12#rate|1790000000|["live",…]` and a count. */
function refusalEvent(field: string, attempts: number): UsageEvent {
  const [, why = '', second = '', facts = ''] =
    /^[\w-]+\.\d+#(\w+)\|(\d+)\|(.*)$/s.exec(field) ?? []
  const occurredAtMs = Number(second) * 1000
  return {
    ...parseRefusalFacts(facts),
    eventId: eventIdOf({ name: field, occurredAtMs }),
    occurredAtMs,
    priceReference: null,
    requestId: `refused-${second}`,
    resultClass: 'refused',
    reason: reasons[why] ?? why,
    httpStatus: 429,
    billable: false,
    attempts,
    records: 0,
    bytes: 0,
    durationMs: 0,
    requestDigest: null,
    repeatsEventId: null,
    idempotencyKey: null,
  }
}
