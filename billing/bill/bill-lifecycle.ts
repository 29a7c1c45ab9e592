import type { Action } from '#kernel/permissions.ts'
import { DomainError } from '#kernel/errors.ts'

export const billStatuses = [
  'draft',
  'discarded',
  'operator_confirmed',
  'issued',
  'confirmed',
  'objected',
  'decided',
  'due',
  'part_paid',
  'paid',
  'written_off',
] as const
export type BillStatus = (typeof billStatuses)[number]

export type BillStep =
  | 'discard'
  | 'confirm_by_operator'
  | 'issue'
  | 'confirm'
  | 'confirm_by_silence'
  | 'object'
  | 'decide'
  | 'fall_due'
  | 'settle_part'
  | 'settle_whole'

type Move = Readonly<{ from: readonly BillStatus[]; to: BillStatus; who: Action }>

/** The whole life of a bill: which step leads where, and who may take it. Paying confirms an issued bill. */
export const billMoves: Readonly<Record<BillStep, Move>> = {
  discard: { from: ['draft', 'operator_confirmed'], to: 'discarded', who: 'bill:run' },
  confirm_by_operator: { from: ['draft'], to: 'operator_confirmed', who: 'bill:confirm_operator' },
  issue: { from: ['operator_confirmed'], to: 'issued', who: 'bill:issue' },
  confirm: { from: ['issued'], to: 'confirmed', who: 'bill:confirm' },
  object: { from: ['issued'], to: 'objected', who: 'bill:object' },
  decide: { from: ['objected'], to: 'decided', who: 'bill:decide_objection' },
  confirm_by_silence: { from: ['issued'], to: 'confirmed', who: 'bill:advance' },
  fall_due: { from: ['confirmed', 'decided'], to: 'due', who: 'bill:advance' },
  settle_part: {
    from: ['issued', 'confirmed', 'decided', 'due', 'part_paid'],
    to: 'part_paid',
    who: 'payment:match',
  },
  settle_whole: {
    from: ['issued', 'confirmed', 'decided', 'due', 'part_paid'],
    to: 'paid',
    who: 'payment:match',
  },
}

export function mayMove(status: BillStatus, step: BillStep): boolean {
  return billMoves[step].from.includes(status)
}

/** The status after a step; INVALID_TRANSITION where the table has no such move. */
export function moveBill(status: BillStatus, step: BillStep): BillStatus {
  if (!mayMove(status, step)) throw new DomainError('INVALID_TRANSITION', { status, step })
  return billMoves[step].to
}

/** Issued and after: the document never changes again, and its month is closed. */
export function isFrozen(status: BillStatus): boolean {
  return status !== 'draft' && status !== 'discarded' && status !== 'operator_confirmed'
}
