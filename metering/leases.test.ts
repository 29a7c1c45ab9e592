import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type MovableClock, movableClock } from '#kernel/clock.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { admissionOf, sampleEvent } from '#tests/builders/usage-event.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import {
  type Admission,
  shardOf,
  startUsageRecorder,
  startUsageWriter,
  type UsageEvent,
  type UsageLimits,
  type UsageRecorder,
  type UsageWriter,
} from './index.ts'
import { admissionCommands } from './recorder/admission-commands.ts'
import { AdmissionLeases } from './recorder/admission-leases.ts'

const database = useDatabase()
const redis = useRedis()
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
const ignore = (): void => undefined
const holder = `{${shardOf('org_buyer')}}:sub_1`
const dayKey = `calls:${holder}:2026-06-15`

let clock: MovableClock
let gateways: UsageRecorder[]
let writer: UsageWriter
let pool: ReturnType<typeof openPool>

beforeEach(async () => {
  clock = movableClock(new Date('2026-06-15T04:00:00Z'))
  pool = openPool({ connectionString: database.url, poolSize: 6 })
  const deps = { redis: redis.options, db: database.db, clock, keys, onError: ignore }
  gateways = [await startUsageRecorder(deps), await startUsageRecorder(deps)]
  writer = startUsageWriter({ pool, redis: redis.options, clock, onError: ignore })
  await Promise.all(gateways.map((gateway) => gateway.untilLimitsHold()))
})
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close(100)))
  await writer.stop()
  await pool.end()
})

type Call = Readonly<{ event: UsageEvent; admission: Admission }>

async function call(gateway: number, limits: Partial<UsageLimits>): Promise<Call> {
  const event = sampleEvent({ occurredAtMs: clock.now().getTime() })
  const admission = await recorder(gateway).admit(admissionOf(event, limits))
  return { event, admission }
}

function recorder(gateway: number): UsageRecorder {
  const found = gateways[gateway]
  if (!found) throw new Error('there are two')
  return found
}

/** Callers that each call again as soon as they are answered, whether their calls are recorded or not. */
async function callers(
  gateway: number,
  of: Readonly<{ callers: number; calls: number; limits: Partial<UsageLimits>; records?: boolean }>,
): Promise<Admission[]> {
  const answers: Admission[] = []
  const one = async (): Promise<void> => {
    for (let n = 0; n < of.calls; n += 1) {
      const { event, admission } = await call(gateway, of.limits)
      answers.push(admission)
      if (of.records !== false && admission.kind === 'admitted')
        await recorder(gateway).record(event, admission.ticket)
    }
  }
  await Promise.all(Array.from({ length: of.callers }, one))
  return answers
}

const admitted = (answers: readonly Admission[]): number =>
  answers.filter(({ kind }) => kind === 'admitted').length

/** How many calls went on by an admission that was leased before they came. */
const leased = (answers: readonly Admission[]): number =>
  answers.filter(
    (answer) => answer.kind === 'admitted' && answer.ticket.inFlightAs !== answer.ticket.eventId,
  ).length

async function inFlight(): Promise<number> {
  return redis.client.zcard(`in-flight:${holder}`)
}

describe('two gateways let in exactly as many as a limit says, though both lease ahead', () => {
  test.each([
    ['calls a second', { callsPerSecond: 700 }, 'rate'],
    ['calls a day', { callsPerDay: 700 }, 'day'],
    ['calls a month', { callsPerMonth: 700 }, 'month'],
  ])('%s', async (_what, limits, reason) => {
    const load = { callers: 50, calls: 10, limits }
    const answers = (await Promise.all([callers(0, load), callers(1, load)])).flat()
    expect(leased(answers)).toBeGreaterThan(100)
    expect(admitted(answers)).toBe(700)
    const refused = answers.filter(
      (answer) => answer.kind === 'refused' && answer.reason === reason,
    )
    expect(refused).toHaveLength(300)
  })

  test('calls at a time', async () => {
    const load = { callers: 40, calls: 8, limits: { concurrentCalls: 300 }, records: false }
    const answers = (await Promise.all([callers(0, load), callers(1, load)])).flat()
    expect(leased(answers)).toBeGreaterThan(20)
    expect(admitted(answers)).toBe(300)
    expect(await inFlight()).toBe(300)
  })
})

test('what no call has used goes back within a second', async () => {
  const limits = { callsPerDay: 100_000, callsPerSecond: 10_000, concurrentCalls: 1_000 }
  const answers = await callers(0, { callers: 20, calls: 10, limits })
  expect(leased(answers)).toBeGreaterThan(20)
  await vi.waitFor(
    async () => {
      expect(await inFlight()).toBe(0)
      expect(await redis.client.get(dayKey)).toBe('200')
    },
    { timeout: 1_000, interval: 20 },
  )
})

test('a lease whose answer was lost is given back by its names', async () => {
  const real = admissionCommands(redis.client, 'boot_of_this_test')
  let lost = 0
  const leases = new AdmissionLeases({
    bootId: 'boot_of_this_test',
    commands: {
      ...real,
      ask: async (asked) => {
        const answer = await real.ask(asked)
        if (answer.leased === 0) return answer
        lost += answer.leased
        throw new Error('the line was cut before the answer came')
      },
    },
    ...{ generationOf: () => 0, isReady: () => true, onError: ignore, isOn: true },
  })
  const limits = { callsPerDay: 100_000 }
  const calls = await Promise.allSettled(
    Array.from({ length: 30 }, () =>
      leases.admit(admissionOf(sampleEvent({ occurredAtMs: clock.now().getTime() }), limits)),
    ),
  )
  expect(lost).toBeGreaterThan(7)
  expect(await redis.client.get(dayKey)).toBe(String(calls.length + lost))
  await leases.giveBackUnused()
  expect(await redis.client.get(dayKey)).toBe(String(calls.length))
})

test('what is used is told as if nothing were leased', async () => {
  const limits = { callsPerDay: 100_000, callsPerMonth: 100_000 }
  const told: number[] = []
  for (const answer of await callers(0, { callers: 1, calls: 60, limits }))
    if (answer.kind === 'admitted') told.push(answer.usedToday, answer.usedThisMonth)
  expect(told).toEqual(Array.from({ length: 120 }, (_each, index) => Math.floor(index / 2) + 1))
})

test('a second and a day that begin find nothing leased in the one before', async () => {
  const limits = { callsPerDay: 100_000, callsPerSecond: 1_000 }
  clock.set(new Date('2026-06-15T15:59:59.900Z'))
  await callers(0, { callers: 20, calls: 5, limits })
  clock.set(new Date('2026-06-15T16:00:00.000Z'))
  await callers(0, { callers: 20, calls: 5, limits })
  await vi.waitFor(
    async () => {
      expect(await redis.client.get(dayKey)).toBe('100')
      expect(await redis.client.get(`calls:${holder}:2026-06-16`)).toBe('100')
      expect(await inFlight()).toBe(0)
    },
    { timeout: 1_000, interval: 20 },
  )
})

test('a failed call gives back what was leased for it, and what it costs is counted once', async () => {
  const limits = { callsPerDay: 100_000 }
  const used = `used:{${shardOf('org_buyer')}}:account`
  await Promise.all(
    Array.from({ length: 90 }, async (_each, index) => {
      const event = sampleEvent({
        occurredAtMs: clock.now().getTime(),
        ...(index % 3 === 0 ? { resultClass: 'failed' as const, billable: false } : {}),
      })
      const admission = await recorder(0).admit({
        ...admissionOf(event, limits),
        budgets: [{ name: 'account', limitUnits: null, reserveUnits: 5n, keepMs: null }],
      })
      if (admission.kind !== 'admitted') throw new Error(`refused: ${admission.kind}`)
      await recorder(0).record(event, admission.ticket, event.billable ? 5n : 0n)
    }),
  )
  await vi.waitFor(async () => expect(await redis.client.get(dayKey)).toBe('60'), {
    timeout: 1_000,
  })
  expect(await redis.client.get(used)).toBe('300')
})

test('nobody waits for long for the lease of a gateway that died, and is then refused', async () => {
  const limits = { callsPerDay: 50 }
  await redis.client.set(dayKey, '50')
  const later = Number((await redis.client.time())[0]) * 1_000 + 60_000
  await redis.client.zadd(`leases:${holder}`, later, 'boot_of_a_dead_gateway')
  const waiting = call(0, limits)
  await redis.client.set(dayKey, '49')
  expect((await waiting).admission.kind).toBe('admitted')
  const { admission } = await call(0, limits)
  expect(admission).toMatchObject({ kind: 'refused', reason: 'day' })
})

test('what was leased in a Redis that was emptied since lets nobody in after its loss is known', async () => {
  const limits = { callsPerDay: 1_000 }
  await callers(0, { callers: 20, calls: 10, limits })
  await redis.client.flushdb()
  await recorder(0).heartbeat()
  const { admission } = await call(0, limits)
  expect(admission).toMatchObject({ kind: 'refused', reason: 'no_epoch' })
  await Promise.all(gateways.map((gateway) => gateway.untilLimitsHold()))
  const load = { callers: 50, calls: 12, limits }
  const answers = (await Promise.all([callers(0, load), callers(1, load)])).flat()
  expect(admitted(answers)).toBe(800)
})
