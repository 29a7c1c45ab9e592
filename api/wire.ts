import { Decimal } from '#kernel/decimal.ts'
import { invariant } from '#kernel/errors.ts'

/**
 * Names are `camelCase` in code and `snake_case` on the wire. `wire` leads out and `domain` leads in, so
 * a route never spells a field twice. Dates become ISO text and Decimals decimal text; a bigint is
 * refused, because nobody can see whether it is money: say `formatYuan(bill.total)` or `String(count)`.
 */
type SnakeKey<S extends string> = S extends `${infer H}${infer T}`
  ? `${H extends Lowercase<H> ? H : `_${Lowercase<H>}`}${SnakeKey<T>}`
  : S
type CamelKey<S extends string> = S extends `${infer H}_${infer T}`
  ? `${H}${Capitalize<CamelKey<T>>}`
  : S

/** Something whose own keys are data (sample rows, a dictionary): passed on as it is. */
export class Verbatim<T> {
  readonly value: T
  constructor(value: T) {
    this.value = value
  }
}
export const verbatim = <T>(value: T): Verbatim<T> => new Verbatim(value)

/** What no contract takes: the compiler's words for a bigint that was passed on. */
export interface SayWhetherItIsMoney {
  readonly useFormatYuanOrString: bigint
}

export type Wire<T> =
  T extends Verbatim<infer V>
    ? V
    : T extends Date | Decimal
      ? string
      : T extends bigint
        ? SayWhetherItIsMoney
        : T extends string | number | boolean | null | undefined
          ? T
          : T extends readonly (infer E)[]
            ? Wire<E>[]
            : T extends object
              ? { -readonly [K in keyof T as K extends string ? SnakeKey<K> : never]: Wire<T[K]> }
              : T

export type Domain<T> = T extends string | number | boolean | bigint | null | undefined | Date
  ? T
  : T extends readonly (infer E)[]
    ? Domain<E>[]
    : T extends object
      ? {
          [K in keyof T as K extends string ? CamelKey<K> : never]: Domain<Exclude<T[K], undefined>>
        }
      : T

export function wire<T>(value: T): Wire<T> {
  return outward(value) as Wire<T>
}

/** Of a checked body or query; what was not given is left out. Fields whose own keys are data are put back by hand from the body. */
export function domain<T>(value: T): Domain<T> {
  return renamed(value, camel) as Domain<T>
}

function outward(value: unknown): unknown {
  invariant(typeof value !== 'bigint', 'a bigint on its way out says whether it is money')
  if (value instanceof Verbatim) return value.value
  if (value instanceof Date) return value.toISOString()
  if (Decimal.isDecimal(value)) return value.toFixed()
  if (Array.isArray(value)) return value.map(outward)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [snake(key), outward(each)]))
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, rename))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Decimal.isDecimal(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [rename(key), renamed(each, rename)]),
  )
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function camel(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
}
