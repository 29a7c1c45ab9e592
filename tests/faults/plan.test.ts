import { expect, test } from 'vitest'
import { planRounds, shortSet } from './plan.ts'

const options = { ...shortSet, calls: 1_000 }
const kindsOf = (rounds: ReturnType<typeof planRounds>): string[] =>
  rounds.flat().map(({ fault }) => ('who' in fault ? `${fault.who} paused` : fault.kind))

test('the same seed is the same plan, another seed another one', () => {
  expect(planRounds(options)).toEqual(planRounds(options))
  expect(planRounds({ ...options, seed: options.seed + 1 })).not.toEqual(planRounds(options))
})

test('the short set has every fault exactly once, each while callers call', () => {
  const rounds = planRounds(options)
  expect(kindsOf(rounds).toSorted()).toEqual([
    'clock_stepped',
    'entries_delivered_again',
    'gateway paused',
    'gateway_killed',
    'postgres paused',
    'postgres_away',
    'redis paused',
    'redis_disk_full',
    'redis_emptied',
    'redis_killed',
    'writer paused',
    'writer_killed',
  ])
  for (const { atCall } of rounds.flat()) expect(atCall).toBeLessThan(options.calls)
})
