import type { Redis } from 'ioredis'
import type { RefusalRound } from '#metering/recorder/admission.ts'
import { parseRefusalFacts } from '#metering/recorder/refusal-facts.ts'
import { takeRefusalsScript } from '#metering/recorder/scripts.ts'
import {
  epochKey,
  lossKey,
  refusalsKey,
  seenRefusalsKey,
  takenRefusalsKey,
} from '#metering/shards.ts'
import { eventIdOf, type UsageEvent } from '#metering/usage-event.ts'

export type TakenRefusal = Readonly<{ field: string; event: UsageEvent }>

const reasons: Readonly<Record<string, string>> = {
  rate: 'rate_limited',
  concurrency: 'concurrency_exceeded',
}

/**
 * Takes refusal counts and makes each one event, with an id that is always the same. `before` is the round up to which
 * they are all.
 */
export async function readRefusals(
  redis: Redis,
  shard: number,
): Promise<Readonly<{ refusals: readonly TakenRefusal[]; before: RefusalRound }>> {
  const [epoch, round, flat] = (await redis.eval(
    takeRefusalsScript,
    5,
    refusalsKey(shard),
    seenRefusalsKey(shard),
    takenRefusalsKey(shard),
    epochKey(shard),
    lossKey(shard),
  )) as [epoch: string, round: number, flat: string[]]
  const taken: TakenRefusal[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const field = flat[index] ?? ''
    if (field !== 'serial')
      taken.push({ field, event: refusalEvent(field, Number(flat[index + 1])) })
  }
  return { refusals: taken, before: { epoch, round } }
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
