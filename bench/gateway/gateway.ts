import { type Child, startChild } from '#bench/child.ts'
import { cpuSecondsOf } from '#bench/cpu.ts'
import { putLoad } from '#bench/load.ts'
import { type BenchResult, compare, median } from '#bench/result.ts'
import type { Stage } from '#bench/stage.ts'
import { syncMs } from '#bench/sync-probe.ts'
import { type CalmReport, putCalmLoad } from './calm-load.ts'
import { prepareCity } from './city.ts'
import { startWorker } from './worker.ts'

const rounds = 5
const connections = 64
/** A quarter of what the plain route manages on two cores: both answer without queueing. */
const calmRate = 500
const path = '/data/v1/housing-fund-credit/query'
const against = 'the same route and provider without key check, usage control and metering'

type Round = Readonly<{
  perSecond: number
  p99Ms: number
  /** Microseconds of processor time a call, by who spent them. */
  cpuUs: Readonly<Record<Part, number>>
}>
const parts = ['gateway', 'redis', 'worker', 'postgres', 'provider'] as const
type Part = (typeof parts)[number]
type Turns<T> = Readonly<{ metered: readonly T[]; plain: readonly T[] }>

/**
 * A metered, limited, receipted call against the same route and provider without them, taking turns in
 * one run, with worker and PostgreSQL at work and Redis syncing every write.
 */
export async function benchGateway(stage: Stage): Promise<BenchResult[]> {
  const { profileFolder, seconds: secondsEach = 5 } = stage.options
  const provider = await startChild('bench/gateway/provider-process.ts', [])
  const city = await prepareCity(stage, provider.said)
  const worker = await startWorker(stage)
  const start = (kind: string): Promise<Child> =>
    startChild(
      'bench/gateway/gateway-process.ts',
      [kind, provider.said, stage.database.url, stage.redisUrl, stage.keyFolder],
      { profileFolder },
    )
  const gateways = { metered: await start('metered'), plain: await start('plain') }
  const call = {
    body: JSON.stringify({ no: '42' }),
    headers: { authorization: `Bearer ${city.liveKey}`, 'content-type': 'application/json' },
  }
  const beside = { ...stage.servers, worker: worker.pid, provider: provider.pid }
  try {
    const full = async (gateway: Child, seconds: number): Promise<Round> => {
      const pids = { ...beside, gateway: gateway.pid }
      const before = parts.map((part) => cpuSecondsOf(pids[part]))
      const load = { ...call, url: `${gateway.said}${path}`, connections, seconds }
      const report = await putLoad(load)
      const used = parts.map((part, at) => cpuSecondsOf(pids[part]) - (before[at] ?? 0))
      const cpuUs = parts.map((part, at) => [part, ((used[at] ?? 0) * 1e6) / report.calls])
      return { ...report, cpuUs: Object.fromEntries(cpuUs) as Round['cpuUs'] }
    }
    const calm = (gateway: Child): Promise<CalmReport> =>
      putCalmLoad({ ...call, url: `${gateway.said}${path}`, rate: calmRate, seconds: secondsEach })
    for (const gateway of [gateways.plain, gateways.metered]) await full(gateway, 3)
    const fullTurns = await takeTurns(gateways, (gateway) => full(gateway, secondsEach))
    await allStored(stage)
    const calmTurns = await takeTurns(gateways, calm)
    await allStored(stage)
    return [...fullResults(fullTurns), ...calmResults(calmTurns, syncMs(stage.folder))]
  } finally {
    for (const child of [gateways.metered, gateways.plain, worker, provider]) await child.end()
  }
}

async function takeTurns<T>(
  gateways: Readonly<{ metered: Child; plain: Child }>,
  load: (gateway: Child) => Promise<T>,
): Promise<Turns<T>> {
  const turns = { metered: [] as T[], plain: [] as T[] }
  for (let round = 0; round < rounds; round++) {
    turns.plain.push(await load(gateways.plain))
    turns.metered.push(await load(gateways.metered))
  }
  return turns
}

/** The middle of the rounds of each side, as one comparison. */
function middle<T>(turns: Turns<T>, pick: (round: T) => number) {
  return { ours: median(turns.metered.map(pick)), theirs: median(turns.plain.map(pick)), against }
}

function fullResults(turns: Turns<Round>): BenchResult[] {
  return [
    compare({ name: 'gateway', unit: 'calls/s', ...middle(turns, (round) => round.perSecond) }),
    compare({ name: 'gateway-full-p99', unit: 'ms', ...middle(turns, (round) => round.p99Ms) }),
    ...parts.map((part) =>
      compare({
        name: `gateway-cpu-${part}`,
        unit: 'µs of processor time a call',
        ...middle(turns, (round) => round.cpuUs[part]),
      }),
    ),
  ]
}

function calmResults(turns: Turns<CalmReport>, sync: number): BenchResult[] {
  const p50 = middle(turns, (round) => round.p50Ms)
  return [
    compare({ name: 'gateway-calm-p50', unit: 'ms', ...p50 }),
    compare({ name: 'gateway-calm-p99', unit: 'ms', ...middle(turns, (round) => round.p99Ms) }),
    compare({
      name: 'gateway-added-p50',
      against: 'one write and fdatasync on the same disk',
      ours: p50.ours - p50.theirs,
      theirs: sync,
      unit: 'ms',
    }),
  ]
}

/** The figures count only if every answered call reaches PostgreSQL; the next turn begins when all are there. */
async function allStored(stage: Stage): Promise<void> {
  let before = -1
  for (;;) {
    const row = await stage.database.db
      .selectFrom('metering.shard')
      .select((eb) => eb.fn.sum<string>('committed_events').as('events'))
      .executeTakeFirst()
    const events = Number(row?.events ?? 0)
    if (events === before) return
    before = events
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
