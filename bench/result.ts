/** One measured comparison: `ratio` is ours ÷ theirs, both in `unit`, taken in the same run. */
export type BenchResult = Readonly<{
  name: string
  ratio: number
  /** What it is held against. */
  against: string
  ours: number
  theirs: number
  unit: string
}>

export function compare(input: Omit<BenchResult, 'ratio'>): BenchResult {
  return {
    ...input,
    ours: rounded(input.ours),
    theirs: rounded(input.theirs),
    ratio: rounded(input.ours / input.theirs),
  }
}

/** Three significant digits; more would promise what two shared cores cannot repeat. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
