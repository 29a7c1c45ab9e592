import type { Action } from '#kernel/permissions.ts'

export const statementStatuses = [
  'draft',
  'prepared',
  'checked',
  'submitted',
  'confirmed',
  'locked',
  'treasury_paid',
  'returned',
] as const
export type StatementStatus = (typeof statementStatuses)[number]

export const signingSteps = ['prepare', 'check', 'submit', 'confirm', 'review'] as const
export type SigningStep = (typeof signingSteps)[number]

export type StatementMove = Readonly<{
  step: SigningStep
  from: StatementStatus
  to: StatementStatus
  /** Who signs this step; the same people may return what waits for them. */
  permission: Action
}>

/**
 * The five signatures in their order (R72): maker, checker, head of the operator, data bureau,
 * finance bureau. None can be left out; the last one locks. A version that waits for a step can be
 * returned, with a reason, by whoever could sign it; a locked one never.
 */
export const statementMoves: readonly StatementMove[] = [
  { step: 'prepare', from: 'draft', to: 'prepared', permission: 'statement:prepare' },
  { step: 'check', from: 'prepared', to: 'checked', permission: 'statement:check' },
  { step: 'submit', from: 'checked', to: 'submitted', permission: 'statement:submit' },
  { step: 'confirm', from: 'submitted', to: 'confirmed', permission: 'statement:confirm' },
  { step: 'review', from: 'confirmed', to: 'locked', permission: 'statement:review' },
]

/** What a version with this status waits for; undefined when no signature is open. */
export function nextSigning(status: StatementStatus): StatementMove | undefined {
  return statementMoves.find((move) => move.from === status)
}
