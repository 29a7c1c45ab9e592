import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export type TestCounts = Readonly<{ passed: number; failed: number }>

function count(modules: readonly TestModule[], unhandledErrors: number): TestCounts {
  let passed = 0
  let failed = unhandledErrors
  for (const module of modules) {
    // A module that cannot be loaded, or a broken hook, holds no failed test, and is a failure all the same.
    let failures = 0
    for (const test of module.children.allTests()) {
      const state = test.result().state
      if (state === 'passed') passed += 1
      if (state === 'failed') failures += 1
    }
    const broken = module.errors().length > 0 || (module.state() === 'failed' && failures === 0)
    failed += failures + (broken ? 1 : 0)
  }
  return { passed, failed }
}

/** Writes the counts where the launcher reads them for the last line of `npm test`. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env['TEST_COUNTS_FILE']
    if (file) writeFileSync(file, JSON.stringify(count(modules, unhandledErrors.length)))
  }
}
