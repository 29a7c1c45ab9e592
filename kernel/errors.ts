import { type ProblemCode, problemOf } from './problems.ts'

export type ErrorDetail = Readonly<Record<string, unknown>>

/**
 * A refusal the caller can act on. Its code leads to the problem told to the caller; `detail` is told
 * too (field names, limits, the tier), so it never holds secrets or data of other organizations.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ProblemCode
  readonly detail?: ErrorDetail

  constructor(code: ProblemCode, detail?: ErrorDetail) {
    super(`${code}: ${problemOf(code).title.en}`)
    this.code = code
    if (detail !== undefined) this.detail = detail
  }
}

/** Something we were sure of is not so: our bug, a 500 whose message stays in the log. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/** The end of every switch over a union: the compiler proves that no kind was forgotten. */
export function assertNever(value: never): never {
  const kind: unknown =
    typeof value === 'object' && value !== null && 'kind' in value
      ? (value as { kind: unknown }).kind
      : value
  throw new InvariantError(`not expected here: ${String(kind)}`)
}

/** Refuses one value of the caller's by the name of its field. */
export function refuseValue(field: string, reason: string): never {
  throw new DomainError('VALIDATION_FAILED', { fields: [{ field, reason }] })
}
