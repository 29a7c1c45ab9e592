import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type KeyRing, loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { allShards, refusalsKey, streamKey, takenRefusalsKey } from '#metering/index.ts'
import { buildGatewayCity } from '#tests/builders/gateway.ts'
import type { OpenTestDatabase } from '#tests/harness/template.ts'
import { type CallerCount, callMany } from './callers.ts'
import type { FaultServers } from './fault-servers.ts'
import { until } from './until.ts'
import { startUsageProcess, type UsageProcess } from './usage-processes.ts'

const wide = {
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
  callsPerDayMax: '1000000',
  callsPerMonthMax: '1000000',
  callsPerSecondMax: 100_000,
  concurrentCallsMax: 10_000,
  networks: [],
}

/** What happens meanwhile; it hears before each call how many are answered. */
export type Happening = Readonly<{ onCall: (answered: number) => void; isOver: () => boolean }>

export type UsageCity = Readonly<{
  servers: FaultServers
  database: OpenTestDatabase
  keys: Pick<KeyRing, 'hmac'>
  /** What the callers have. */
  callers: Readonly<{ live: string; sandbox: string }>
  gateway: () => UsageProcess
  writer: () => UsageProcess
  restartGateway: () => Promise<void>
  restartWriter: () => Promise<void>
  /** Sends calls from fifty callers at once, so many and until the faults are over. */
  burst: (calls: number, faults?: Happening) => Promise<CallerCount>
  /** Waits until everything that is in Redis now is in PostgreSQL. */
  untilWritten: () => Promise<void>
  /** Waits until the gateway takes every call again. */
  untilReady: () => Promise<void>
  /** One connection for looking into the streams and putting things there. */
  redis: () => Redis
  close: () => Promise<void>
}>

/** A gateway and a writer in processes of their own on an emptied Redis and a fresh database. */
export async function openUsageCity(servers: FaultServers): Promise<UsageCity> {
  const database = await servers.openDatabase()
  const redis = new Redis({ ...servers.redis.options(), maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  await redis.flushall()
  const city = await buildGatewayCity(database)
  await widenSubscription(database)
  const keyFolder = mkdtempSync(join(tmpdir(), 'fault-keys-'))
  const keys = loadKeyRing(keyFolder)
  const callers = { live: city.liveKey, sandbox: city.sandboxKey }
  const startGateway = () =>
    startedAgain('gateway-process', [database.url, servers.redis.url(), keyFolder])
  const startWriter = () => startedAgain('writer-process', [database.url, servers.redis.url()])
  let gateway = await startGateway()
  let writer = await startWriter()
  const untilReady = () =>
    until(
      'the gateway is ready',
      async () => (await fetch(`${gateway.said}/readyz`)).status === 200,
    )
  await untilReady()
  return {
    servers,
    database,
    keys,
    callers,
    gateway: () => gateway,
    writer: () => writer,
    restartGateway: async () => {
      await gateway.kill()
      gateway = await startGateway()
    },
    restartWriter: async () => {
      await writer.kill()
      writer = await startWriter()
    },
    burst: (calls, faults) =>
      callMany({
        address: () => gateway.said,
        keys: callers,
        calls,
        callers: 50,
        onCall: (answered) => {
          if (gateway.broke() || writer.broke())
            throw new Error('a process ended that nobody killed')
          faults?.onCall(answered)
        },
        goesOn: () => faults?.isOver() === false,
      }),
    untilWritten: () => untilWritten(redis),
    untilReady,
    redis: () => redis,
    close: async () => {
      await Promise.all([gateway.kill(), writer.kill()])
      redis.disconnect()
      await database.close()
    },
  }
}

/** As the launcher does: a process that finds its stores away is started again. */
async function startedAgain(
  entry: 'gateway-process' | 'writer-process',
  args: readonly string[],
): Promise<UsageProcess> {
  let started: UsageProcess | undefined
  await until(`${entry} works`, async () => {
    started = await startUsageProcess(entry, args)
    return true
  })
  if (!started) throw new Error('it works')
  return started
}

async function widenSubscription(database: OpenTestDatabase): Promise<void> {
  await database.ownerDb
    .updateTable('billing.subscription')
    .set({
      terms: JSON.stringify(wide),
      starts_at: new Date('2026-01-01T00:00:00Z'),
      ends_at: new Date('2036-01-01T00:00:00Z'),
    })
    .execute()
}

async function untilWritten(redis: Redis): Promise<void> {
  const last = await Promise.all(
    allShards.map(
      async (shard) => (await redis.xrevrange(streamKey(shard), '+', '-', 'COUNT', 1))[0]?.[0],
    ),
  )
  const refused = new Set(await refusalFields(redis))
  await until('what is in Redis is written', async () => {
    for (const [shard, id] of last.entries()) {
      if (id === undefined) continue
      if ((await redis.xrange(streamKey(shard), '-', id, 'COUNT', 1)).length > 0) return false
    }
    return (await refusalFields(redis)).every((field) => !refused.has(field))
  })
}

/** Refusals that are counted and not yet events. */
async function refusalFields(redis: Redis): Promise<string[]> {
  const fields = await Promise.all(
    allShards.flatMap((shard) => [
      redis.hkeys(refusalsKey(shard)),
      redis.hkeys(takenRefusalsKey(shard)),
    ]),
  )
  // A field keeps its name when it is taken, after a number of its own.
  return fields
    .flat()
    .filter((field) => field !== 'serial' && field !== 'round')
    .map((field) => field.slice(field.indexOf('#') + 1))
}
