import type { TimeRange } from '#kernel/database.ts'

export type Holding = Readonly<{ id: string; effective: TimeRange }>
/** How rows that hold for a time make room for a new one that holds from a moment on. */
export type Placement = Readonly<{
  /** Rows whose knowledge ends now. */
  close: readonly string[]
  /** What of a closed row stays true, before the new one. */
  continuations: readonly Readonly<{ of: string; effective: TimeRange }>[]
  effective: TimeRange
}>

/**
 * The new row holds from `from` until the next later one begins, or until `until`. The row it falls into
 * is shortened; one that was to begin at the very same moment gives way; later ones stay as they are.
 */
export function placeInTime(
  existing: readonly Holding[],
  range: Readonly<{ from: Date; until: Date | null }>,
): Placement {
  const { from } = range
  const later = existing.filter((row) => row.effective.from > from)
  const to = later.reduce<Date | null>((end, row) => earlier(end, row.effective.from), range.until)
  const close: string[] = []
  const continuations: { of: string; effective: TimeRange }[] = []
  for (const row of existing) {
    const { from: start, to: end } = row.effective
    if (start > from || (end !== null && end <= from)) continue
    close.push(row.id)
    if (start < from) continuations.push({ of: row.id, effective: { from: start, to: from } })
  }
  return { close, continuations, effective: { from, to } }
}

export function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null) return b
  if (b === null) return a
  return a < b ? a : b
}

export function laterOf(...times: readonly Date[]): Date {
  return new Date(Math.max(...times.map((time) => time.getTime())))
}

const hourMs = 3_600_000
/** The full hour at or after a moment. */
export function fullHourFrom(at: Date): Date {
  return new Date(Math.ceil(at.getTime() / hourMs) * hourMs)
}
