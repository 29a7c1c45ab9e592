import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { processEnvironment } from '#kernel/config.ts'
import { dyingWithParent, endChild, exited, spawnCommand } from '#kernel/process/spawn.ts'
import { untilAskedToStop } from '#kernel/process/shutdown.ts'
import { throwAwayPrefix } from './services/private-services.ts'

type Counts = Readonly<{ passed: number; failed: number }>

function readCounts(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts
  } catch {
    // The run ended before it could count.
    return undefined
  }
}

/**
 * Runs the tests under vitest in a process of its own, so that the last line is right even when that process crashes:
 * a run without counts, or with a bad end and no failed test, is one failure more.
 */
export async function runTests(which: 'all' | 'quick', args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), `${throwAwayPrefix()}counts-`))
  const countsFile = join(folder, 'counts.json')
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
      env: { ...processEnvironment, TEST_COUNTS_FILE: countsFile },
    },
  )
  const asked = untilAskedToStop().then(() =>
    endChild(child, { signal: 'SIGTERM', patienceMs: 5_000 }),
  )
  await Promise.race([exited(child), asked])
  const counted = readCounts(countsFile) ?? { passed: 0, failed: 0 }
  rmSync(folder, { recursive: true, force: true })
  const unexplained = child.exitCode !== 0 && counted.failed === 0 ? 1 : 0
  const failed = counted.failed + unexplained
  process.stdout.write(`${counted.passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}
