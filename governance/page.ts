import { DomainError } from '#kernel/errors.ts'

/** One page of a list; `nextCursor` is null on the last one. A cursor is opaque to the caller. */
export type Page<T> = Readonly<{ items: readonly T[]; nextCursor: string | null }>
export type PageRequest = Readonly<{ limit?: number; cursor?: string | undefined }>

const limitDefault = 50
const limitMax = 200

/** A limit between 1 and 200, 50 if none is given. */
export function pageLimit(request: PageRequest): number {
  return Math.min(Math.max(Math.trunc(request.limit ?? limitDefault), 1), limitMax)
}

/** The sort keys of the last item seen, or null at the start. Throws VALIDATION_FAILED for a made-up cursor. */
export function readCursor(request: PageRequest, keys: number): readonly string[] | null {
  if (request.cursor === undefined) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(request.cursor, 'base64url').toString('utf8'))
    if (isTexts(value) && value.length === keys) return value
  } catch {
    // Not JSON: refused below like any other text that we did not make.
  }
  throw new DomainError('VALIDATION_FAILED', { fields: [{ field: 'cursor', reason: 'not_ours' }] })
}

/** Cuts a list that was read one longer than asked and names where the next page begins. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  keysOf: (row: T) => readonly string[],
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const isMore = rows.length > limit && last !== undefined
  return { items, nextCursor: isMore ? cursorOf(keysOf(last)) : null }
}

function cursorOf(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
