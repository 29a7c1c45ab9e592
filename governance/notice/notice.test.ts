import { beforeEach, expect, test } from 'vitest'
import { movableClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { announce } from '#kernel/outbox.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { buildCity, type City } from '#tests/builders/governance.ts'
import { deliverNotice } from './deliver-notice.ts'
import { listNotices } from './list-notices.ts'

const database = useDatabase()
let city: City
beforeEach(async () => {
  city = await buildCity(database.db, { clock: movableClock('2026-03-02T04:00:00Z') })
})

const bill = (name: string) => ({ number: name, operatorId: city.operatorId })

function announceBill(name: string): Promise<void> {
  return inTransaction(city.db, (tx) =>
    announce(tx, city.clock, { kind: 'bill.composed', jobId: name, payload: bill(name) }),
  )
}

function deliver(name: string): Promise<number> {
  return deliverNotice(city.system, { kind: 'bill.composed', source: name, payload: bill(name) })
}

const timesSeenBy = async (ctx: Context) =>
  (await listNotices(ctx, { limit: 10 })).map((notice) => ({
    number: notice.payload['number'],
    occurredAt: notice.occurredAt.toISOString(),
    recordedAt: notice.recordedAt.toISOString(),
  }))

test('a notice says when the thing happened, however late it is told, and the latest stands first', async () => {
  await announceBill('march')
  city.clock.set(new Date('2026-04-01T04:00:00Z'))
  await announceBill('april')
  city.clock.set(new Date('2026-06-15T04:00:00Z'))
  // Told in the other order: a queue that was lost is filled again as it comes.
  expect(await deliver('april')).toBe(1)
  expect(await deliver('march')).toBe(1)
  const recordedAt = '2026-06-15T04:00:00.000Z'
  expect(await timesSeenBy(city.maker)).toEqual([
    { number: 'april', occurredAt: '2026-04-01T04:00:00.000Z', recordedAt },
    { number: 'march', occurredAt: '2026-03-02T04:00:00.000Z', recordedAt },
  ])
})

test('what is announced or delivered twice is told once, with the time of the first', async () => {
  await announceBill('march')
  city.clock.advance(60_000)
  await announceBill('march')
  const [one, other] = await Promise.all([deliver('march'), deliver('march')])
  expect(one + other).toBe(1)
  expect(await deliver('march')).toBe(0)
  const [notice, ...others] = await timesSeenBy(city.maker)
  expect(notice?.occurredAt).toBe('2026-03-02T04:00:00.000Z')
  expect(others).toEqual([])
})
