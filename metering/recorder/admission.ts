import { shardOf } from '#metering/shards.ts'
import type { Budget, BudgetMark } from './budgets.ts'

/** What a subscription or a sandbox key may use; null is no limit. */
export type UsageLimits = Readonly<{
  callsPerSecond: number | null
  concurrentCalls: number | null
  callsPerDay: number | null
  callsPerMonth: number | null
}>

export type AdmissionRequest = Readonly<{
  eventId: string
  nowMs: number
  /** When a call that has not finished no longer counts as in flight. */
  deadlineMs: number
  buyerId: string
  /** What the limits belong to: the subscription, or the key in the sandbox. */
  holderId: string
  limits: UsageLimits
  /** What the call draws on beside the limits of its holder; none for a call that uses up nothing. */
  budgets?: readonly Budget[]
  /** Business day and month of the call, for the windows of the quotas. */
  day: string
  month: string
  idempotency: Readonly<{ key: string; requestDigest: string }> | null
  /**
   * Facts of a refusal event, as `formatRefusalFacts` writes them: refusals of a second are counted together. Written
   * only for a call that asks, since most go on by a lease.
   */
  refusalFacts: () => string
}>

/** What is marked in Redis for an admitted call, to be settled when its event is flushed. */
export type Ticket = Readonly<{
  shard: number
  eventId: string
  inFlightKey: string
  /** The name under which it is in flight: its event's, or that of an admission leased before it came. */
  inFlightAs: string
  /** The counts that were raised for it and go back if it fails. */
  quotaKeys: readonly string[]
  budgets: readonly BudgetMark[]
  idempotencyKey: string | null
  requestDigest: string | null
}>

/** Between two takings of the counted refusals by the writer: numbered, from each epoch of Redis anew. */
export type RefusalRound = Readonly<{ epoch: string; round: number }>

export type Admission =
  | Readonly<{
      kind: 'admitted'
      ticket: Ticket
      /** The idempotency key was unknown here: PostgreSQL is asked whether it is held. */
      claimed: boolean
      usedToday: number
      usedThisMonth: number
    }>
  | Readonly<{ kind: 'repeat'; ticket: Ticket; firstEventId: string; firstAtMs: number }>
  | Readonly<{
      kind: 'refused'
      reason: 'rate' | 'concurrency'
      counted: true
      /** What was counted and when, for the case that Redis forgets it. */
      field: string
      countedIn: RefusalRound
    }>
  | Readonly<{
      kind: 'refused'
      /** `no_epoch`: Redis was emptied, and what it counts is not yet made good. */
      reason: 'day' | 'month' | 'in_flight' | 'conflict' | 'no_epoch'
      counted: false
    }>
  | Readonly<{
      kind: 'refused'
      /** The call could use more than is left of this budget. */
      reason: 'budget'
      budget: string
      counted: false
    }>

export const keepCountsMs = 40 * 24 * 3_600_000

export type AdmissionKeys = ReturnType<typeof keysOf>

/** Where the calls of a business day and month are counted. */
export function quotaKeysOf(
  of: Readonly<{ shard: number; holderId: string; day: string; month: string }>,
): Readonly<{ day: string; month: string }> {
  const holder = `{${of.shard}}:${of.holderId}`
  return { day: `calls:${holder}:${of.day}`, month: `calls:${holder}:${of.month}` }
}

export function keysOf(request: AdmissionRequest) {
  const shard = shardOf(request.buyerId)
  const tag = `{${shard}}`
  const holder = `${tag}:${request.holderId}`
  return {
    shard,
    rate: `rate:${holder}:${Math.floor(request.nowMs / 1000)}`,
    inFlight: `in-flight:${holder}`,
    leases: `leases:${holder}`,
    ...quotaKeysOf({ shard, ...request }),
    idempotency: `idempotency:${tag}:${request.buyerId}:${request.idempotency?.key ?? '-'}`,
  }
}

/** What an admitted call has marked, when it is in flight under the name `inFlightAs`. */
export function ticketOf(
  request: AdmissionRequest,
  of: Readonly<{ keys: AdmissionKeys; marks: readonly BudgetMark[]; inFlightAs: string }>,
): Ticket {
  const { keys, marks, inFlightAs } = of
  const { limits, idempotency } = request
  return {
    shard: keys.shard,
    eventId: request.eventId,
    inFlightKey: keys.inFlight,
    inFlightAs,
    quotaKeys: [
      ...(limits.callsPerDay === null ? [] : [keys.day]),
      ...(limits.callsPerMonth === null ? [] : [keys.month]),
    ],
    budgets: marks,
    idempotencyKey: idempotency ? keys.idempotency : null,
    requestDigest: idempotency?.requestDigest ?? null,
  }
}
