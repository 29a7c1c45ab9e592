import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { describeFault, planRounds, shortSet } from './plan.ts'
import { playRound } from './round.ts'
import { until } from './until.ts'
import { useUsageCity } from './use-usage-city.ts'
import { flawless } from './verdict.ts'

const city = useUsageCity()
const calls = 3_000
const rounds = planRounds({ ...shortSet, calls })

test('without a fault as many attempts are stored as were sent', async () => {
  const verdict = await playRound(city(), { calls, plan: [] })
  expect(verdict).toMatchObject({ unanswered: 0, unrecorded: 0, gaps: 0, faults: flawless })
  expect(verdict.stored).toBe(verdict.sent)
})

test.each(rounds.map((plan) => [plan.map(({ fault }) => describeFault(fault)).join(', '), plan]))(
  'nothing answered is lost and nothing is charged twice: %s',
  async (_faults, plan) => {
    const verdict = await playRound(city(), { calls, plan: [...plan] })
    expect(verdict.faults).toEqual(flawless)
  },
)

test('a gateway and Redis that are lost together: the loss is counted, and within its bound', async () => {
  const { servers, database } = city()
  // Nothing is written meanwhile, so that there is something to lose.
  await city().writer().kill()
  const count = await city().burst(3_000)
  await pause(1_200) // the gateway notes twice a second how far it has answered
  await Promise.all([servers.redis.kill(), city().gateway().kill()])
  servers.redis.wipe()
  await servers.redis.start()
  await city().restartWriter()
  // Half a minute of silence is over sooner where the clock says so.
  city().writer().stepClock(60_000)
  const lost = () =>
    database.db
      .selectFrom('metering.gap_record')
      .select(['attempts', 'attempts_max'])
      .where('reason', '=', 'gateway_and_store_lost')
      .where('attempts', '>', 0n)
      .execute()
  await until('the loss is written down', async () => (await lost()).length > 0)
  const attempts = (await lost()).reduce((sum, gap) => sum + Number(gap.attempts), 0)
  expect(attempts).toBe(count.answered.length)
  city().writer().stepClock(0)
  await city().restartGateway()
  await city().untilReady()
})
