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

/** What finished calls give back or keep, as steps of the finish script. */
export function settlingSteps(
  batch: readonly Finished[],
): Pick<FinishCommand, 'stepKeys' | 'steps'> {
  const stepKeys: string[] = []
  const steps: (string | number)[] = []
  for (const { event, ticket, usedUnits } of batch) {
    if (!ticket) continue
    addSteps(ticket, event, stepKeys, steps)
    addBudgetSteps(ticket, usedUnits, stepKeys, steps)
    addKeySteps(ticket, event, stepKeys, steps)
  }
  return { stepKeys, steps }
}

function addSteps(
  ticket: Ticket,
  event: UsageEvent,
  keys: string[],
  steps: (string | number)[],
): void {
  keys.push(ticket.inFlightKey)
  steps.push('z', ticket.inFlightAs)
  if (!usesQuota(event)) {
    for (const quotaKey of ticket.quotaKeys) {
      keys.push(quotaKey)
      steps.push('g')
    }
  }
}

function addBudgetSteps(
  ticket: Ticket,
  usedUnits: bigint,
  keys: string[],
  steps: (string | number)[],
): void {
  const { eventId } = ticket
  for (const { usedKey, reservedKey, reserveUnits, isReserved, keepMs } of ticket.budgets) {
    keys.push(usedKey, reservedKey)
    steps.push('b', reservationOf({ eventId, reserveUnits }), eventId)
    steps.push(usedUnits.toString(), isReserved ? '0' : '1', keepMs ?? 0)
  }
}

function addKeySteps(
  ticket: Ticket,
  event: UsageEvent,
  keys: string[],
  steps: (string | number)[],
): void {
  if (!ticket.idempotencyKey) return
  keys.push(ticket.idempotencyKey)
  if (event.billable)
    steps.push(
      's',
      `d|${event.eventId}|${ticket.requestDigest ?? ''}|${event.occurredAtMs}`,
      keepHeldKeyMs,
    )
  else steps.push('d', ticket.eventId)
}
