export const pausable = ['gateway', 'writer', 'redis', 'postgres'] as const
export type Pausable = (typeof pausable)[number]

/** What may happen to the servers and processes while callers call. Times are real milliseconds. */
export type Fault =
  | Readonly<{
      kind:
        | 'gateway_killed'
        | 'writer_killed'
        | 'redis_killed'
        | 'redis_emptied'
        | 'redis_disk_full'
        | 'entries_delivered_again'
    }>
  | Readonly<{ kind: 'postgres_away'; forMs: number }>
  | Readonly<{ kind: 'paused'; who: Pausable; forMs: number }>
  /** Wrong by so much, then by as much the other way. */
  | Readonly<{ kind: 'clock_stepped'; byMs: number; forMs: number }>

/** A fault, and at which call it begins. */
export type PlannedFault = Readonly<{ atCall: number; fault: Fault }>

export type PlanOptions = Readonly<{
  seed: number
  rounds: number
  /** Calls that are answered in each round. */
  calls: number
  faultsPerRound: number
  pauseMs: readonly [least: number, most: number]
  postgresAwayMs: readonly [least: number, most: number]
}>

/** Every fault once in three rounds, none of them longer than it must be. */
export const shortSet = {
  seed: 7,
  rounds: 3,
  faultsPerRound: 4,
  pauseMs: [1_000, 2_000],
  postgresAwayMs: [2_000, 3_000],
} as const

/** As long as such things last. */
export const longSet = {
  faultsPerRound: 6,
  pauseMs: [1_000, 8_000],
  postgresAwayMs: [60_000, 60_000],
} as const

const hourMs = 3_600_000

/** A small generator of numbers in [0, 1) (mulberry32): the same seed gives the same numbers everywhere. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * The faults of each round. They are dealt from shuffled decks that hold every fault once, so a run of
 * twelve has had each; when and how long is the seed's.
 */
export function planRounds(options: PlanOptions): PlannedFault[][] {
  const random = seededNumbers(options.seed)
  let deck: Fault[] = []
  const deal = (): Fault => {
    if (deck.length === 0) deck = shuffled(deckOf(options, random), random)
    const fault = deck.pop()
    if (!fault) throw new Error('a fresh deck is not empty')
    return fault
  }
  return Array.from({ length: options.rounds }, () =>
    Array.from({ length: options.faultsPerRound }, () => ({
      // Not before callers have begun in earnest, and early enough that they notice.
      atCall: Math.floor(options.calls * (0.05 + 0.85 * random())),
      fault: deal(),
    })).toSorted((a, b) => a.atCall - b.atCall),
  )
}

function deckOf(options: PlanOptions, random: () => number): Fault[] {
  const between = ([least, most]: readonly [number, number]): number =>
    Math.round(least + (most - least) * random())
  return [
    { kind: 'gateway_killed' },
    { kind: 'writer_killed' },
    { kind: 'redis_killed' },
    { kind: 'redis_emptied' },
    { kind: 'redis_disk_full' },
    { kind: 'entries_delivered_again' },
    { kind: 'postgres_away', forMs: between(options.postgresAwayMs) },
    ...pausable.map((who): Fault => ({ kind: 'paused', who, forMs: between(options.pauseMs) })),
    {
      kind: 'clock_stepped',
      byMs: random() < 0.5 ? -hourMs : hourMs,
      forMs: between(options.pauseMs),
    },
  ]
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

/** `paused gateway 1.5 s`, for people. */
export function describeFault(fault: Fault): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  switch (fault.kind) {
    case 'postgres_away':
      return `PostgreSQL killed, away ${seconds(fault.forMs)}`
    case 'paused':
      return `${fault.who} paused ${seconds(fault.forMs)}`
    case 'clock_stepped':
      return `clock wrong by ${fault.byMs > 0 ? '+1 h, then −1 h' : '−1 h, then +1 h'}, ${seconds(fault.forMs)} each`
    default:
      return words[fault.kind]
  }
}

const words = {
  gateway_killed: 'gateway killed',
  writer_killed: 'writer killed',
  redis_killed: 'Redis killed',
  redis_emptied: 'Redis killed and its folder deleted',
  redis_disk_full: "full disk under Redis's file",
  entries_delivered_again: 'entries delivered again, backwards',
} as const
