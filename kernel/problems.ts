import { billingProblems } from './problems/billing.ts'
import type { Problem } from './problems/entry.ts'
import { generalProblems } from './problems/general.ts'
import { governanceProblems } from './problems/governance.ts'
import { meteringProblems } from './problems/metering.ts'
import { usageProblems } from './problems/usage.ts'

/**
 * The one table from refusal codes to what the caller is told. A new code goes to the part of its
 * area in kernel/problems/; a test refuses a code that stands in two parts.
 */
export const problems = {
  ...generalProblems,
  ...governanceProblems,
  ...meteringProblems,
  ...billingProblems,
  ...usageProblems,
} as const satisfies Readonly<Record<string, Problem>>

export type ProblemCode = keyof typeof problems
export type { Charged, Problem } from './problems/entry.ts'

/** The row of a code, with the wide type: what routes and documents read. */
export function problemOf(code: ProblemCode): Problem {
  return problems[code]
}

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text)
}
