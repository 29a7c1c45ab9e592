import type { Redis } from 'ioredis'
import { epochKey, refusalsKey } from '#metering/shards.ts'
import {
  type Admission,
  type AdmissionKeys,
  type AdmissionRequest,
  keepCountsMs,
  keysOf,
  type Ticket,
  ticketOf,
  type UsageLimits,
} from './admission.ts'
import { type Budget, type BudgetMark, marksOf } from './budgets.ts'
import { admitScript, giveBackScript } from './scripts.ts'

/** What a gateway would lease beside, or instead of, the admission of a call. */
export type LeaseRequest = Readonly<{
  admissions: number
  /** They are named after their boot and numbered on from here. */
  firstNumber: number
  deadlineMs: number
  /** After so long nobody waits any more for what of them may be given back. */
  standsMs: number
}>

export type AskedAdmission = Readonly<{
  request: AdmissionRequest
  lease?: LeaseRequest
  /** False when only a lease is asked for. */
  isCall: boolean
  /** Whether leases of this gateway, too, are a reason to wait: it has some and cannot use them for this call. */
  waitsForOwn: boolean
  /** A call that has waited long enough is refused whatever others may give back. */
  waitsForOthers: boolean
}>

export type AskedAnswer = Readonly<{
  admission: Admission | 'leased_out'
  leased: number
}>

/** What leased admissions were counted by, and under which names they stand. */
export type GivenBack = Readonly<{
  keys: AdmissionKeys
  limits: UsageLimits
  names: readonly string[]
  /** Whether the gateway has no other lease of this holder. */
  isLast: boolean
}>

export type AdmissionCommands = Readonly<{
  ask: (asked: AskedAdmission) => Promise<AskedAnswer>
  giveBack: (given: GivenBack) => Promise<void>
}>

const noLease: LeaseRequest = { admissions: 0, firstNumber: 0, deadlineMs: 0, standsMs: 0 }

type Command<T> = (...args: (string | number)[]) => Promise<T>

/** Gives a connection the scripts as commands of its own. */
export function admissionCommands(redis: Redis, bootId: string): AdmissionCommands {
  redis.defineCommand('admitCall', { lua: admitScript })
  redis.defineCommand('giveBackAdmissions', { lua: giveBackScript })
  const commands = redis as unknown as {
    admitCall: Command<(string | number)[]>
    giveBackAdmissions: Command<number>
  }
  return {
    ask: async (asked) => {
      const { request } = asked
      const keys = keysOf(request)
      const marks = marksOf(keys.shard, request.budgets ?? [])
      const named = keysFor(keys, marks)
      writeTogether(redis)
      const answer = await commands.admitCall(
        named.length,
        ...named,
        ...argumentsOf(asked),
        ...leaseArguments(asked, bootId),
        ...limitedBudgets(request).flatMap(({ limitUnits, reserveUnits }) => [
          String(limitUnits),
          String(reserveUnits),
        ]),
      )
      return readAnswer(request, { keys, marks }, answer)
    },
    giveBack: async ({ keys, limits, names, isLast }) => {
      if (names.length === 0) return
      const { callsPerSecond, callsPerDay, callsPerMonth } = limits
      const counted = [
        ...(callsPerSecond === null ? [] : [keys.rate]),
        ...(callsPerDay === null ? [] : [keys.day]),
        ...(callsPerMonth === null ? [] : [keys.month]),
      ]
      const all = [keys.inFlight, keys.leases, ...counted]
      await commands.giveBackAdmissions(all.length, ...all, isLast ? bootId : '', ...names)
    },
  }
}

function keysFor(keys: AdmissionKeys, marks: readonly BudgetMark[]): string[] {
  const reserved = marks.filter(({ isReserved }) => isReserved)
  return [
    keys.rate,
    keys.inFlight,
    keys.day,
    keys.month,
    keys.idempotency,
    refusalsKey(keys.shard),
    epochKey(keys.shard),
    keys.leases,
    ...reserved.flatMap(({ usedKey, reservedKey }) => [usedKey, reservedKey]),
  ]
}

function argumentsOf({ request, isCall }: AskedAdmission): (string | number)[] {
  const { limits } = request
  const standsOnSomething = limitedBudgets(request).length > 0 || standsOnCounts(request)
  return [
    request.nowMs,
    isCall ? request.eventId : '',
    request.deadlineMs,
    limits.callsPerSecond ?? -1,
    limits.concurrentCalls ?? -1,
    limits.callsPerDay ?? -1,
    limits.callsPerMonth ?? -1,
    request.idempotency?.requestDigest ?? '',
    refusalField(request),
    keepCountsMs,
    standsOnSomething ? '1' : '0',
  ]
}

function leaseArguments(asked: AskedAdmission, bootId: string): (string | number)[] {
  const { lease = noLease, waitsForOwn, waitsForOthers } = asked
  return [
    waitsForOwn ? '' : bootId,
    waitsForOthers ? '0' : '1',
    lease.admissions,
    lease.firstNumber,
    lease.deadlineMs,
    lease.standsMs,
  ]
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
  return `${Math.floor(request.nowMs / 1000)}|${request.refusalFacts()}`
}

function readAnswer(
  request: AdmissionRequest,
  { keys, marks }: Readonly<{ keys: AdmissionKeys; marks: readonly BudgetMark[] }>,
  answer: readonly (string | number)[],
): AskedAnswer {
  const [kind, first, second, leased] = answer
  if (kind === 'leased_out') return { admission: kind, leased: 0 }
  const ticket = ticketOf(request, { keys, marks, inFlightAs: request.eventId })
  if (kind !== 'ok' && kind !== 'claimed')
    return { admission: readOther(request, ticket, answer), leased: 0 }
  const admission: Admission = {
    kind: 'admitted',
    claimed: kind === 'claimed',
    usedToday: Number(first) - Number(leased),
    usedThisMonth: Number(second) - Number(leased),
    ticket,
  }
  return { admission, leased: Number(leased) }
}

function readOther(
  request: AdmissionRequest,
  ticket: Ticket,
  [kind, first, second]: readonly (string | number)[],
): Admission {
  switch (kind) {
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
        countedIn: { epoch: String(first), round: Number(second) },
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
