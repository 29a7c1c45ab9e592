import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { processEnvironment } from '#kernel/config.ts'
import { dyingWithParent, endChild, exited, spawnCommand } from '#kernel/process/spawn.ts'
import { untilAskedToStop } from '#kernel/process/shutdown.ts'
import { throwAwayPrefix } from './services/private-services.ts'

type Outcome = Readonly<{ passed: number; failures: readonly string[] }>

function readOutcome(file: string): Outcome | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outcome
  } catch {
    // The run ended before it could count.
    return undefined
  }
}

/**
 * Runs the tests under vitest in a process of its own, so that the last line is right even when that process crashes:
 * a run that leaves no outcome, or ends badly without a failed test, is a failure. What failed is named just before it.
 */
export async function runTests(which: 'all' | 'quick', args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), `${throwAwayPrefix()}outcome-`))
  const outcomeFile = join(folder, 'outcome.json')
  const child = spawnCommand(
    dyingWithParent(
      [
        ...[process.execPath, resolve('node_modules/vitest/vitest.mjs'), 'run'],
        ...(which === 'quick' ? ['--project', 'quick'] : []),
        ...args,
      ],
      'SIGTERM',
    ),
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...processEnvironment, TEST_OUTCOME_FILE: outcomeFile },
    },
  )
  const asked = untilAskedToStop().then(() =>
    endChild(child, { signal: 'SIGTERM', patienceMs: 5_000 }),
  )
  await Promise.race([exited(child), asked])
  const { passed, failures } = readOutcome(outcomeFile) ?? { passed: 0, failures: [] }
  rmSync(folder, { recursive: true, force: true })
  const unexplained = child.exitCode !== 0 && failures.length === 0
  const failed = unexplained ? ['the test run ended badly, and no test failed'] : failures
  for (const failure of failed) process.stdout.write(`✗ ${failure}\n`)
  process.stdout.write(`${passed} passed, ${failed.length} failed\n`)
  return failed.length === 0 ? 0 : 1
}
