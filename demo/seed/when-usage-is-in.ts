import { setTimeout as pause } from 'node:timers/promises'
import type { RunBillsResult } from '#billing/index.ts'

const attemptsMax = 100
const betweenAttemptsMs = 100

/** Runs bills as soon as the writer has said that all usage up to now is in: a moment after its last commit. */
export async function whenUsageIsIn(
  attempt: () => Promise<RunBillsResult>,
): Promise<Extract<RunBillsResult, { kind: 'ran' }>> {
  for (let count = 0; count < attemptsMax; count++) {
    const result = await attempt()
    if (result.kind === 'ran') return result
    await pause(betweenAttemptsMs)
  }
  throw new Error('the usage of the month never became complete')
}
