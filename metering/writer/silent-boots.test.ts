import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PoolClient } from 'pg'
import { systemClock } from '#kernel/clock.ts'
import { openPool } from '#kernel/database.ts'
import { newId } from '#kernel/ids.ts'
import { insertBoot } from '#metering/recorder/recorder.queries.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { SilentBoots } from './silent-boots.ts'

const database = useDatabase()
const shard = 0
const hourMs = 3_600_000
const lookMs = 600

let pool: ReturnType<typeof openPool>
let client: PoolClient
let bootId: ReturnType<typeof newId<'boot'>>
let boots: SilentBoots
let processMs: number
let writerMs: number

beforeEach(async () => {
  processMs = 0
  writerMs = new Date('2026-06-15T04:00:00Z').getTime()
  vi.spyOn(performance, 'now').mockImplementation(() => processMs)
  pool = openPool({ connectionString: database.url, poolSize: 1 })
  client = await pool.connect()
  bootId = newId('boot', systemClock)
  await insertBoot(database.db, { bootId, at: new Date(writerMs) })
  await database.db
    .insertInto('metering.shard')
    .values({ shard, updated_at: new Date(writerMs) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  boots = new SilentBoots()
})
afterEach(async () => {
  vi.restoreAllMocks()
  client.release()
  await pool.end()
})

/** The writer hears the boot, which has answered one event more than is committed; then its clock leaps. */
async function hear(): Promise<void> {
  await database.db
    .updateTable('metering.boot_progress')
    .set({ heard_at: new Date(writerMs), answered_sequence: 1n })
    .where('boot_id', '=', bootId)
    .execute()
  writerMs += hourMs
}

async function look(): Promise<void> {
  processMs += lookMs
  await boots.finish(client, { shard, now: new Date(writerMs) })
}

async function standing() {
  const { finished_at: finishedAt } = await database.db
    .selectFrom('metering.boot_progress')
    .select('finished_at')
    .where('boot_id', '=', bootId)
    .where('shard', '=', shard)
    .executeTakeFirstOrThrow()
  const gaps = await database.db
    .selectFrom('metering.gap_record')
    .select('attempts')
    .where('boot_id', '=', bootId)
    .execute()
  return { isFinished: finishedAt !== null, gaps }
}

test('a boot that is heard between two leaps of the clock is not ended, however silent it seems at each look', async () => {
  for (let leap = 0; leap < 20; leap++) {
    await hear()
    await look()
  }
  expect(await standing()).toEqual({ isFinished: false, gaps: [] })
})

test('one that is not heard for three seconds of the process is ended, and what never came is a gap', async () => {
  await hear()
  for (let seconds = 0; seconds < 3; seconds += lookMs / 1_000) await look()
  expect(await standing()).toEqual({ isFinished: false, gaps: [] })
  await look()
  expect(await standing()).toEqual({ isFinished: true, gaps: [{ attempts: 1n }] })
})
