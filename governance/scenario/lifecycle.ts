import { DomainError } from '#kernel/errors.ts'
import type { Action } from '#kernel/permissions.ts'
import type { ScenarioStatus } from './contract.ts'

type Move = Readonly<{ from: ScenarioStatus; to: ScenarioStatus; action: Action }>

/** A scenario is reviewed once and stays decided; another purpose or class is another scenario (R25, R27). */
export const scenarioMoves = {
  submit: { from: 'draft', to: 'submitted', action: 'scenario:submit' },
  approve: { from: 'submitted', to: 'approved', action: 'scenario:decide' },
  reject: { from: 'submitted', to: 'rejected', action: 'scenario:decide' },
} as const satisfies Readonly<Record<string, Move>>
export type ScenarioMove = keyof typeof scenarioMoves

/** Where a move leads. Throws INVALID_TRANSITION naming the status where it is not allowed. */
export function nextScenarioStatus(status: ScenarioStatus, move: ScenarioMove): ScenarioStatus {
  const { from, to }: Move = scenarioMoves[move]
  if (status !== from) throw new DomainError('INVALID_TRANSITION', { status, move })
  return to
}
