import type { Redis } from 'ioredis'
import { epochKey, refusalsKey, shardOf } from '#metering/shards.ts'
import { type Budget, type BudgetMark, marksOf } from './budgets.ts'
import { admitScript } from './scripts.ts'

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
  /** Facts of a refusal event, as `refusalFacts` writes them: refusals of a second are counted together. */
  refusalFacts: string
}>

/** What is marked in Redis for an admitted call, to be settled when its event is flushed. */
export type Ticket = Readonly<{
  shard: number
  eventId: string
  inFlightKey: string
  /** The counts that were raised for it and go back if it fails. */
  quotaKeys: readonly string[]
  budgets: readonly BudgetMark[]
  idempotencyKey: string | null
  requestDigest: string | null
}>

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
      /** What was counted, for the case that Redis forgets it. */
      field: string
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

type AdmitCommand = (...args: (string | number)[]) => Promise<(string | number)[]>

/** Gives a connection the script as a command of its own. */
export function admitWith(redis: Redis): (request: AdmissionRequest) => Promise<Admission> {
  redis.defineCommand('admitCall', { lua: admitScript })
  const admitCall = (redis as unknown as { admitCall: AdmitCommand }).admitCall.bind(redis)
  return async (request) => {
    const keys = keysOf(request)
    const { limits } = request
    const limited = limitedBudgets(request)
    const marks = marksOf(keys.shard, request.budgets ?? [])
    const budgetKeys = marks
      .filter(({ isReserved }) => isReserved)
      .flatMap(({ usedKey, reservedKey }) => [usedKey, reservedKey])
    writeTogether(redis)
    const answer = await admitCall(
      7 + budgetKeys.length,
      keys.rate,
      keys.inFlight,
      keys.day,
      keys.month,
      keys.idempotency,
      refusalsKey(keys.shard),
      epochKey(keys.shard),
      ...budgetKeys,
      request.nowMs,
      request.eventId,
      request.deadlineMs,
      limits.callsPerSecond ?? -1,
      limits.concurrentCalls ?? -1,
      limits.callsPerDay ?? -1,
      limits.callsPerMonth ?? -1,
      request.idempotency?.requestDigest ?? '',
      refusalField(request),
      keepCountsMs,
      limited.length > 0 || standsOnCounts(request) ? '1' : '0',
      ...limited.flatMap(({ limitUnits, reserveUnits }) => [
        String(limitUnits),
        String(reserveUnits),
      ]),
    )
    return readAnswer(request, { keys, marks }, answer)
  }
}

/** What is asked in one turn of the event loop goes out in one write: Redis then answers it after one sync. */
function writeTogether(redis: Redis): void {
  const { stream } = redis
  if (!stream || stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}

/** Whether the call is limited by something Redis counts or remembers, beside budgets. */
function standsOnCounts({ limits, idempotency }: AdmissionRequest): boolean {
  return idempotency !== null || Object.values(limits).some((limit) => limit !== null)
}

function nameOf(request: AdmissionRequest, place: string | number | undefined): string {
  return limitedBudgets(request)[Number(place)]?.name ?? ''
}

function limitedBudgets({ budgets = [] }: AdmissionRequest): readonly Budget[] {
  return budgets.filter(({ limitUnits }) => limitUnits !== null)
}

function refusalField(request: AdmissionRequest): string {
  return `${Math.floor(request.nowMs / 1000)}|${request.refusalFacts}`
}

type Keys = ReturnType<typeof keysOf>

/** Where the calls of a business day and month are counted. */
export function quotaKeysOf(
  of: Readonly<{ shard: number; holderId: string; day: string; month: string }>,
): Readonly<{ day: string; month: string }> {
  const holder = `{${of.shard}}:${of.holderId}`
  return { day: `calls:${holder}:${of.day}`, month: `calls:${holder}:${of.month}` }
}

function keysOf(request: AdmissionRequest) {
  const shard = shardOf(request.buyerId)
  const tag = `{${shard}}`
  const holder = `${tag}:${request.holderId}`
  return {
    shard,
    rate: `rate:${holder}:${Math.floor(request.nowMs / 1000)}`,
    inFlight: `in-flight:${holder}`,
    ...quotaKeysOf({ shard, ...request }),
    idempotency: `idempotency:${tag}:${request.buyerId}:${request.idempotency?.key ?? '-'}`,
  }
}

function readAnswer(
  request: AdmissionRequest,
  { keys, marks }: Readonly<{ keys: Keys; marks: readonly BudgetMark[] }>,
  answer: readonly (string | number)[],
): Admission {
  const [kind, first, second] = answer
  const ticket = {
    shard: keys.shard,
    eventId: request.eventId,
    inFlightKey: keys.inFlight,
    budgets: marks,
    idempotencyKey: request.idempotency ? keys.idempotency : null,
    requestDigest: request.idempotency?.requestDigest ?? null,
  }
  switch (kind) {
    case 'ok':
    case 'claimed':
      return {
        kind: 'admitted',
        claimed: kind === 'claimed',
        usedToday: Number(first),
        usedThisMonth: Number(second),
        ticket: {
          ...ticket,
          quotaKeys: [
            ...(request.limits.callsPerDay === null ? [] : [keys.day]),
            ...(request.limits.callsPerMonth === null ? [] : [keys.month]),
          ],
        },
      }
    case 'repeat':
      return {
        kind: 'repeat',
        firstEventId: String(first),
        firstAtMs: Number(second),
        ticket: { ...ticket, quotaKeys: [], budgets: [] },
      }
    case 'rate':
    case 'concurrency':
      return {
        kind: 'refused',
        reason: kind,
        counted: true,
        field: `${kind}|${refusalField(request)}`,
      }
    case 'day':
    case 'month':
    case 'in_flight':
    case 'conflict':
    case 'no_epoch':
      return { kind: 'refused', reason: kind, counted: false }
    case 'budget':
      return { kind: 'refused', reason: kind, budget: nameOf(request, first), counted: false }
    default:
      throw new Error(`the admission script answered ${String(kind)}`)
  }
}
