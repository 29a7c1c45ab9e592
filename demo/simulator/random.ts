/** A seeded generator: the same city on every machine, so that tests and pictures can name what is in it. */
export type Random = Readonly<{
  /** From 0 up to, not including, 1. */
  fraction: () => number
  /** A whole number from `from` to `to`, both possible. */
  whole: (from: number, to: number) => number
  pick: <T>(from: readonly T[]) => T
  chance: (probability: number) => boolean
}>

/** Mulberry32: small, and even enough for made-up data. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (from: number, to: number): number =>
    from + Math.floor(fraction() * (to - from + 1))
  return {
    fraction,
    whole,
    pick: (from) => {
      const chosen = from[whole(0, from.length - 1)]
      if (chosen === undefined) throw new Error('there is nothing to pick from')
      return chosen
    },
    chance: (probability) => fraction() < probability,
  }
}
