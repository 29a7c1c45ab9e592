import type { UsageEvent } from '#metering/usage-event.ts'
import type { Ticket } from './admission.ts'
import { reservationOf } from './budgets.ts'
import type { FinishCommand } from './shard-stream.ts'

/** How long the idempotency key of a billable call is known to Redis; afterwards PostgreSQL knows it. */
const keepHeldKeyMs = 48 * 3_600_000

type Finished = Readonly<{
  event: UsageEvent
  ticket: Ticket | null
  /** What the call has used up of its budgets. */
  usedUnits: bigint
}>

/** Whether a call uses up its quotas; any other is given back what was counted for it. */
export function usesQuota({ resultClass }: Pick<UsageEvent, 'resultClass'>): boolean {
  return resultClass === 'found' || resultClass === 'not_found'
}

/** The keys that the finish script has before those of its steps: stream, epoch, loss. */
const keysBefore = 3

/** Steps of the finish script, and the keys they touch: each once, however many calls touch it. */
class Steps {
  readonly keys: string[] = []
  readonly all: (string | number)[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(key: string): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.keys.push(key)
    const number = keysBefore + this.keys.length
    this.#numbers.set(key, number)
    return number
  }

  add(...step: (string | number)[]): void {
    this.all.push(...step)
  }
}

/** What finished calls give back or keep, as steps of the finish script. */
export function settlingSteps(
  batch: readonly Finished[],
): Pick<FinishCommand, 'stepKeys' | 'steps'> {
  const steps = new Steps()
  for (const { event, ticket, usedUnits } of batch) {
    if (!ticket) continue
    steps.add('z', steps.numberOf(ticket.inFlightKey), ticket.inFlightAs)
    if (!usesQuota(event)) for (const key of ticket.quotaKeys) steps.add('g', steps.numberOf(key))
    addBudgetSteps(ticket, usedUnits, steps)
    addKeySteps(ticket, event, steps)
  }
  return { stepKeys: steps.keys, steps: steps.all }
}

function addBudgetSteps(ticket: Ticket, usedUnits: bigint, steps: Steps): void {
  const { eventId } = ticket
  const used = usedUnits.toString()
  for (const { usedKey, reservedKey, reserveUnits, isReserved, keepMs } of ticket.budgets) {
    const units = steps.numberOf(usedKey)
    if (isReserved) {
      const reservation = reservationOf({ eventId, reserveUnits })
      steps.add('b', units, steps.numberOf(reservedKey), reservation, eventId, used, keepMs ?? 0)
    } else if (usedUnits > 0n) steps.add('u', units, used, keepMs ?? 0)
  }
}

function addKeySteps(ticket: Ticket, event: UsageEvent, steps: Steps): void {
  if (!ticket.idempotencyKey) return
  const key = steps.numberOf(ticket.idempotencyKey)
  if (event.billable) {
    const held = `d|${event.eventId}|${ticket.requestDigest ?? ''}|${event.occurredAtMs}`
    steps.add('s', key, held, keepHeldKeyMs)
  } else steps.add('d', key, ticket.eventId)
}
