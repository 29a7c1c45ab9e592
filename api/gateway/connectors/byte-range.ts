/** One range of a file, both ends in; `suffix`: its last bytes. */
export type AskedRange =
  | Readonly<{ kind: 'from'; first: number; last: number | null }>
  | Readonly<{ kind: 'suffix'; bytes: number }>

export type ByteSpan = Readonly<{ first: number; last: number }>

/**
 * The one range a Range header asks for (RFC 9110, 14.2). Undefined where there is none, several, or one
 * that makes no sense: the whole file is the answer to these.
 */
export function parseRange(header: string | null | undefined): AskedRange | undefined {
  const [, from, to] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header ?? '') ?? []
  if (from === undefined || to === undefined || from + to === '') return undefined
  if (from === '') return { kind: 'suffix', bytes: Number(to) }
  const first = Number(from)
  const last = to === '' ? null : Number(to)
  return last !== null && last < first ? undefined : { kind: 'from', first, last }
}

/** The bytes that a range means in a file so long; null where it has none of them. */
export function spanOf(range: AskedRange, total: number): ByteSpan | null {
  const end = total - 1
  const first = range.kind === 'from' ? range.first : Math.max(0, total - range.bytes)
  const last = range.kind === 'from' ? Math.min(range.last ?? end, end) : end
  return first > last || (range.kind === 'suffix' && range.bytes === 0) ? null : { first, last }
}

export type ContentRange = ByteSpan & Readonly<{ total: number | null }>

/** What a 206 says of itself: `bytes 0-9/100`. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const [, first, last, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || total === undefined) return undefined
  const range = {
    first: Number(first),
    last: Number(last),
    total: total === '*' ? null : Number(total),
  }
  return range.last < range.first || (range.total !== null && range.last >= range.total)
    ? undefined
    : range
}

/** Whether a partial answer is of what was asked for: it may hold less at its end, never anything else. */
export function isAnswerTo(asked: AskedRange, answer: ContentRange): boolean {
  if (answer.total !== null) {
    const span = spanOf(asked, answer.total)
    return span !== null && span.first === answer.first && span.last >= answer.last
  }
  if (asked.kind === 'suffix') return answer.last - answer.first < asked.bytes
  return asked.first === answer.first && (asked.last === null || answer.last <= asked.last)
}
