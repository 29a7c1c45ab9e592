/** What a run may be told on the command line; without anything it measures what is promised. */
export type BenchOptions = Readonly<{
  /** How long a measurement lasts: 60 for the sustained one, 5 for each turn of the gateway. */
  seconds?: number
  /** How many events the benchmarks of a large stock take; each has its own promised number. */
  events?: number
  /** Where processes under load leave processor profiles. A profiled figure is no figure. */
  profileFolder?: string
}>
