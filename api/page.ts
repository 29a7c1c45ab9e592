import { refuseValue } from '#kernel/errors.ts'

/** A page as a query gives it: what comes next is null on the last one. */
export type DomainPage<T> = Readonly<{ items: readonly T[]; nextCursor: string | null }>

/** A page as it is answered. `item` says what of an entry is told, and what its amounts are as text. */
export function pageAnswer<T, W>(
  page: DomainPage<T>,
  item: (entry: T) => W,
): { items: W[]; next_cursor: string | null; has_more: boolean } {
  return {
    items: page.items.map(item),
    next_cursor: page.nextCursor,
    has_more: page.nextCursor !== null,
  }
}

/** A cursor that is a row's number. Errors: VALIDATION_FAILED. */
export function decodeIdCursor(cursor: string): bigint {
  return /^[0-9]{1,18}$/.test(cursor) ? BigInt(cursor) : refuseValue('cursor', 'not_a_cursor')
}
