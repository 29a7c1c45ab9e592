import { type BenchResult, compare, median } from '#bench/result.ts'
import { setStage, type Stage } from '#bench/stage.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Id } from '#kernel/ids.ts'
import { proveRollUps } from '#metering/index.ts'
import { person } from '#tests/builders/market.ts'
import { testApp } from '#tests/harness/app.ts'
import { fillUsage, firstDay, lastDay } from './fill-usage.ts'

const fewCalls = 100_000
const manyCalls = 10_000_000
const rounds = 60
const buyerId = 'org_06bench0000000000007' as Id<'org'>
const span = `from=${firstDay}&to=${lastDay}`

/** What a buyer's and the bureau's usage screens ask the API for. */
const screens = {
  days: { by: 'buyer', path: `/v1/usage?${span}&by=day` },
  hours: { by: 'buyer', path: `/v1/usage?${span}&by=hour` },
  products: { by: 'buyer', path: `/v1/usage?${span}&by=product` },
  'city-days': { by: 'bureau', path: `/v1/usage?${span}&by=day` },
  'city-buyers': { by: 'bureau', path: `/v1/usage?${span}&by=buyer` },
  calls: { by: 'buyer', path: `/v1/calls?${span}&limit=50` },
  'failed-calls': { by: 'buyer', path: `/v1/calls?${span}&limit=50&result_class=failed` },
} as const
type Screen = keyof typeof screens
const names = Object.keys(screens) as Screen[]

/** Response times of the usage screens' API where there are many calls, against few over the same month. */
export async function benchScreens(large: Stage): Promise<BenchResult[]> {
  const calls = large.options.events ?? manyCalls
  const small = await setStage({})
  try {
    await fillUsage(small, fewCalls)
    await fillUsage(large, calls)
    const ask = { small: await askerOf(small), large: await askerOf(large) }
    const times = names.map((name) => ({ name, small: [] as number[], large: [] as number[] }))
    for (const { name } of [...times, ...times, ...times]) {
      // Caches and prepared statements fill first.
      await ask.small(name)
      await ask.large(name)
    }
    for (let round = 0; round < rounds; round++)
      for (const each of times) {
        each.small.push(await ask.small(each.name))
        each.large.push(await ask.large(each.name))
      }
    const against = `${fewCalls} calls over the same month and hours, with ${calls} here; in-process API`
    const compared = times.map(({ name, ...taken }) => ({
      ...{ name: `screens-${name}`, against, unit: 'ms' },
      ...{ ours: median(taken.large), theirs: median(taken.small) },
    }))
    const sumOf = (side: 'ours' | 'theirs') => compared.reduce((sum, each) => sum + each[side], 0)
    return [
      compare({
        ...{ name: 'screens', against: `all screens together; ${against}`, unit: 'ms' },
        ...{ ours: sumOf('ours'), theirs: sumOf('theirs') },
      }),
      ...compared.map(compare),
    ]
  } finally {
    await small.close()
  }
}

async function askerOf({ database }: Stage): Promise<(screen: Screen) => Promise<number>> {
  const proof = await proveRollUps(database.db, {
    from: new Date(0),
    to: new Date('2100-01-01T00:00:00Z'),
  })
  if (!proof.holds) throw new Error('the roll-ups do not match the calls')
  const organizations = {
    buyer: { organizationId: buyerId, organizationKind: 'buyer', role: 'buyer_admin' },
    bureau: {
      organizationId: 'org_06bench0000000000999' as Id<'org'>,
      organizationKind: 'data_bureau',
      role: 'data_bureau',
    },
  } as const
  const app = (by: keyof typeof organizations) =>
    testApp({ db: database.db, actor: person(organizations[by]), clock: systemClock })
  const apps = { buyer: app('buyer'), bureau: app('bureau') }
  return async (screen) => {
    const { by, path } = screens[screen]
    const begun = performance.now()
    const answer = await apps[by].request(path)
    const text = await answer.text()
    const took = performance.now() - begun
    if (answer.status !== 200 || !text.includes('"items":[{'))
      throw new Error(`${path} answered ${answer.status} ${text.slice(0, 200)}`)
    return took
  }
}
