import { setTimeout as pause } from 'node:timers/promises'
import type { AdmissionCommands, AskedAnswer } from './admission-commands.ts'
import {
  type Admission,
  type AdmissionKeys,
  type AdmissionRequest,
  keysOf,
  ticketOf,
  type UsageLimits,
} from './admission.ts'
import { type BudgetMark, marksOf } from './budgets.ts'
import { CallPace } from './call-pace.ts'

/** So long a leased admission may be used; then it goes back. */
const usableMs = 100
/** So long others wait for what may be given back. A gateway that has not done so then is dead or stands still. */
const standsMs = 300
/** With fewer calls in `usableMs` a lease saves nothing. */
const leastCalls = 8
const admissionsMax = 64
/** Where nothing could be leased, it is not tried again at once. */
const barredMs = 50
const waitMs = 20
const waitsMax = Math.ceil((2 * standsMs) / waitMs)
/** So often a call waits for a lease that others of its holder have asked for; then it asks for itself. */
const roundsMax = 3
/** A lease's calls begin while it is usable; their deadlines are later than that of the call it was asked with. */
const deadlineSlackMs = 1_000

type Lease = {
  readonly request: AdmissionRequest
  readonly keys: AdmissionKeys
  readonly deadlineMs: number
  readonly generation: number
  /** By this process alone. */
  readonly usableUntil: number
  readonly firstNumber: number
  readonly admissions: number
  /** What was used of the quotas before its first call. */
  readonly usedToday: number
  readonly usedThisMonth: number
  used: number
}

type Holder = {
  readonly pace: CallPace
  readonly leases: Lease[]
  readonly owed: Set<Lease>
  asking: Promise<void> | undefined
  barredUntil: number
}

type LeasesDeps = Readonly<{
  bootId: string
  commands: AdmissionCommands
  /** How often this boot has found the shard's Redis emptied: what was leased before is worth nothing. */
  generationOf: (shard: number) => number
  isReady: () => boolean
  onError: (error: Error) => void
  /** False where a seed moves the clock: it waits for nobody and nobody ticks for it. */
  isOn: boolean
}>

/**
 * Admissions of a gateway. One whose holder calls often leases some ahead, so that most calls ask nobody
 * before they go on; the limits stay exact, because what is leased is counted as used until it is given back.
 * Calls with an Idempotency-Key or a limited budget are always asked for one by one.
 */
export class AdmissionLeases {
  readonly #deps: LeasesDeps
  readonly #holders = new Map<string, Holder>()
  #lastNumber = 0

  constructor(deps: LeasesDeps) {
    this.#deps = deps
  }

  async admit(request: AdmissionRequest): Promise<Admission> {
    if (!this.#deps.isOn || !mayLease(request)) return this.#alone(request)
    const holder = this.#holderOf(request.holderId)
    const admissions = holder.pace.note()
    for (let round = 0; round < roundsMax; round += 1) {
      const admission = this.#take(holder, request)
      if (admission) {
        this.#refill(holder, request, admissions)
        return admission
      }
      if (!holder.asking) break
      await holder.asking
    }
    if (!this.#mayAsk(holder, admissions)) return this.#alone(request)
    const { admission } = await this.#lease(holder, request, { admissions, isCall: true })
    return admission === 'leased_out' ? this.#alone(request) : admission
  }

  /** Gives back what is not used in time; to be called every few milliseconds. */
  async giveBackUnused(): Promise<void> {
    const now = performance.now()
    const givenBack: Promise<void>[] = []
    for (const [holderId, holder] of this.#holders) {
      while (holder.leases[0] && holder.leases[0].usableUntil <= now) this.#drop(holder)
      if (holder.owed.size > 0) givenBack.push(this.#giveBack(holder))
      else if (holder.leases.length === 0 && !holder.asking && holder.pace.isQuiet)
        this.#holders.delete(holderId)
    }
    await Promise.all(givenBack)
  }

  /** Gives everything back, waiting for Redis no longer than the patience. */
  async giveBackAll(patienceMs: number): Promise<void> {
    const givenBack = [...this.#holders.values()].map(async (holder) => {
      await holder.asking
      while (holder.leases.length > 0) this.#drop(holder)
      await this.#giveBack(holder)
    })
    await Promise.race([Promise.all(givenBack), pause(patienceMs, undefined, { ref: false })])
  }

  #holderOf(holderId: string): Holder {
    const known = this.#holders.get(holderId)
    if (known) return known
    const pace = new CallPace({ periodMs: usableMs, least: leastCalls, most: admissionsMax })
    const holder: Holder = {
      ...{ pace, leases: [], owed: new Set(), asking: undefined },
      barredUntil: Number.NEGATIVE_INFINITY,
    }
    this.#holders.set(holderId, holder)
    return holder
  }

  /** Asks for this call alone, and again while another lease may still give back what it needs. */
  async #alone(request: AdmissionRequest): Promise<Admission> {
    for (let waits = 0; ; waits += 1) {
      const { admission } = await this.#deps.commands.ask({
        request,
        isCall: true,
        waitsForOwn: this.#holders.get(request.holderId)?.leases.some(isUnused) ?? false,
        waitsForOthers: this.#deps.isOn && waits < waitsMax,
      })
      if (admission !== 'leased_out') return admission
      await pause(waitMs)
    }
  }

  #take(holder: Holder, request: AdmissionRequest): Admission | undefined {
    if (!this.#deps.isReady()) return undefined
    for (let lease = holder.leases[0]; lease; lease = holder.leases[0]) {
      if (isUnused(lease) && this.#fits(lease, request))
        return admit(request, { lease, boot: this.#deps.bootId, marks: marksFor(lease, request) })
      this.#drop(holder)
      if (holder.owed.size > 0) void this.#giveBack(holder)
    }
    return undefined
  }

  #fits(lease: Lease, request: AdmissionRequest): boolean {
    const { generationOf } = this.#deps
    const { day, month, limits, nowMs } = lease.request
    return (
      lease.usableUntil > performance.now() &&
      lease.generation === generationOf(lease.keys.shard) &&
      lease.deadlineMs >= request.deadlineMs &&
      day === request.day &&
      month === request.month &&
      areSame(limits, request.limits) &&
      (limits.callsPerSecond === null || secondOf(nowMs) === secondOf(request.nowMs))
    )
  }

  #mayAsk(holder: Holder, admissions: number): boolean {
    return admissions > 0 && !holder.asking && performance.now() >= holder.barredUntil
  }

  #refill(holder: Holder, request: AdmissionRequest, admissions: number): void {
    const left = holder.leases.reduce((sum, lease) => sum + lease.admissions - lease.used, 0)
    if (left * 4 > admissions || !this.#mayAsk(holder, admissions)) return
    this.#lease(holder, request, { admissions, isCall: false }).catch(this.#deps.onError)
  }

  #lease(
    holder: Holder,
    request: AdmissionRequest,
    { admissions, isCall }: Readonly<{ admissions: number; isCall: boolean }>,
  ): Promise<AskedAnswer> {
    const keys = keysOf(request)
    const firstNumber = this.#lastNumber + 1
    this.#lastNumber += admissions
    const deadlineMs = request.deadlineMs + deadlineSlackMs
    const generation = this.#deps.generationOf(keys.shard)
    const usableUntil = performance.now() + usableMs
    const answer = this.#deps.commands.ask({
      request,
      lease: { admissions, firstNumber, deadlineMs, standsMs },
      ...{ isCall, waitsForOwn: false, waitsForOthers: true },
    })
    const asked = { request, keys, deadlineMs, generation, usableUntil, firstNumber, used: 0 }
    const keep = ({ admission, leased }: AskedAnswer): void => {
      if (leased === 0) holder.barredUntil = performance.now() + barredMs
      if (leased === 0 || admission === 'leased_out' || admission.kind !== 'admitted') return
      const { usedToday, usedThisMonth } = admission
      holder.leases.push({ ...asked, admissions: leased, usedToday, usedThisMonth })
    }
    // Where only the answer was lost, the admissions stand in Redis under names that are known here.
    const owe = (): void => {
      holder.owed.add({ ...asked, admissions, usedToday: 0, usedThisMonth: 0 })
    }
    holder.asking = answer.then(keep, owe).finally(() => {
      holder.asking = undefined
    })
    return answer
  }

  /** Takes the first lease away; what no call has used of it is owed. */
  #drop(holder: Holder): void {
    const lease = holder.leases.shift()
    if (lease && isUnused(lease)) holder.owed.add(lease)
  }

  /** What cannot be given back now is tried again: each admission goes back once. */
  async #giveBack(holder: Holder): Promise<void> {
    const isLast = holder.leases.length === 0 && !holder.asking
    await Promise.all(
      [...holder.owed].map(async (lease) => {
        const { keys, request, firstNumber, admissions, used } = lease
        const names = Array.from({ length: admissions - used }, (_each, index) =>
          nameOf(this.#deps.bootId, firstNumber + used + index),
        )
        try {
          await this.#deps.commands.giveBack({ keys, limits: request.limits, names, isLast })
          holder.owed.delete(lease)
        } catch (error) {
          this.#deps.onError(error as Error)
        }
      }),
    )
  }
}

function mayLease({ idempotency, budgets = [] }: AdmissionRequest): boolean {
  return idempotency === null && budgets.every(({ limitUnits }) => limitUnits === null)
}

function isUnused({ used, admissions }: Lease): boolean {
  return used < admissions
}

function marksFor({ keys }: Lease, { budgets = [] }: AdmissionRequest): BudgetMark[] {
  return marksOf(keys.shard, budgets)
}

function admit(
  request: AdmissionRequest,
  of: Readonly<{ lease: Lease; boot: string; marks: readonly BudgetMark[] }>,
): Admission {
  const { lease, boot, marks } = of
  const inFlightAs = nameOf(boot, lease.firstNumber + lease.used)
  lease.used += 1
  return {
    kind: 'admitted',
    claimed: false,
    usedToday: lease.usedToday + lease.used,
    usedThisMonth: lease.usedThisMonth + lease.used,
    ticket: ticketOf(request, { keys: lease.keys, marks, inFlightAs }),
  }
}

/** As the admission script names it. */
function nameOf(bootId: string, number: number): string {
  return `${bootId}|${number}`
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1_000)
}

function areSame(one: UsageLimits, other: UsageLimits): boolean {
  return (
    one === other ||
    (one.callsPerSecond === other.callsPerSecond &&
      one.concurrentCalls === other.concurrentCalls &&
      one.callsPerDay === other.callsPerDay &&
      one.callsPerMonth === other.callsPerMonth)
  )
}
