import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export type TestOutcome = Readonly<{ passed: number; failures: readonly string[] }>

function outcomeOf(modules: readonly TestModule[], unhandledErrors: number): TestOutcome {
  let passed = 0
  const failures: string[] = []
  for (const module of modules) {
    const before = failures.length
    for (const test of module.children.allTests()) {
      const state = test.result().state
      if (state === 'passed') passed += 1
      if (state === 'failed') failures.push(`${module.relativeModuleId} > ${test.fullName}`)
    }
    // A module that cannot be loaded, or a broken hook, holds no failed test, and is a failure all the same.
    const broken = module.state() === 'failed' && failures.length === before
    if (module.errors().length > 0 || broken) failures.push(module.relativeModuleId)
  }
  for (let n = 0; n < unhandledErrors; n += 1) failures.push('an error outside of any test')
  return { passed, failures }
}

/** Writes the outcome where the launcher reads it for the last lines of `npm test`. */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env['TEST_OUTCOME_FILE']
    if (file) writeFileSync(file, JSON.stringify(outcomeOf(modules, unhandledErrors.length)))
  }
}
