import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { inTransaction, openPool } from '#kernel/database.ts'
import { jobQueueName, readJobQueue, retryFailedJob } from '#kernel/job-queue.ts'
import { announce } from '#kernel/outbox.ts'
import { newId } from '#kernel/ids.ts'
import { addDays, dayOf, startOfDay } from '#kernel/period.ts'
import { usageStreamOf } from '#metering/index.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import { jobs } from './catalogue.ts'
import { relayOutbox } from './relay-outbox.ts'
import { runJob } from './run-job.ts'
import { type JobWorker, startJobWorker } from './worker.ts'

const database = useDatabase()
const redis = useRedis()
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
const running: JobWorker[] = []
let pool: ReturnType<typeof openPool>
beforeEach(() => {
  pool = openPool({ connectionString: database.url, poolSize: 2 })
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.close()))
  await pool.end()
})

async function start(): Promise<JobWorker> {
  const worker = await startJobWorker({
    db: database.db,
    pool,
    clock: systemClock,
    keys,
    redis: redis.options,
    onError: () => undefined,
  })
  running.push(worker)
  return worker
}

async function announceList(operatorId: string): Promise<void> {
  await inTransaction(database.db, (tx) =>
    announce(tx, systemClock, {
      kind: 'price_list.approved',
      jobId: 'price-list-1',
      payload: { priceListId: 'plist_1', operatorId },
    }),
  )
}

async function registerOperator(): Promise<string> {
  const id = newId('org', systemClock)
  await database.db
    .insertInto('governance.organization')
    .values({
      id,
      kind: 'operator',
      name: '测试运营公司',
      credit_code: '91421200MA4X00012B',
      status: 'active',
      registered_at: systemClock.now(),
    })
    .execute()
  return id
}

async function openRows(): Promise<number> {
  const rows = await database.db
    .selectFrom('kernel.outbox')
    .select('id')
    .where('closed_at', 'is', null)
    .execute()
  return rows.length
}

test('what a verb announces reaches the organization once, and the handling verb closes it', async () => {
  const operatorId = await registerOperator()
  await start()
  await announceList(operatorId)
  await announceList(operatorId)
  await vi.waitFor(async () => expect(await openRows()).toBe(0), { timeout: 10_000 })
  const notices = await database.db.selectFrom('governance.notice').selectAll().execute()
  expect(notices).toMatchObject([{ organization_id: operatorId, kind: 'price_list.approved' }])
})

test('every scheduled job runs on an empty city and says what it did', async () => {
  const usageStream = usageStreamOf(redis.client)
  const ctx = { db: database.db, pool, clock: systemClock, keys, usageStream }
  for (const [job, definition] of Object.entries(jobs)) {
    if (!definition.schedule) continue
    await runJob(ctx, { job, jobId: `${job}-now`, payload: {}, attempt: 1 })
  }
  const runs = await database.db.selectFrom('kernel.job_run').select(['job', 'outcome']).execute()
  expect(runs.length).toBeGreaterThan(5)
  expect(runs.filter((run) => run.outcome !== 'done')).toEqual([])
})

test('a queue that was lost with Redis is filled again from the outbox and the catalogue', async () => {
  const operatorId = await registerOperator()
  await announceList(operatorId)
  const queue = new Queue(jobQueueName, { connection: redis.options })
  const late = { now: () => new Date(systemClock.now().getTime() + 61_000) }
  await relayOutbox({ db: database.db, clock: systemClock, queue })
  await redis.client.flushdb()
  expect(await relayOutbox({ db: database.db, clock: systemClock, queue })).toBe(0)
  expect(await relayOutbox({ db: database.db, clock: late, queue })).toBe(1)
  await queue.close()
  const worker = await start()
  await vi.waitFor(async () => expect(await openRows()).toBe(0), { timeout: 10_000 })
  const scheduled = Object.entries(jobs).filter(([, job]) => job.schedule)
  const state = await readJobQueue(worker.queue)
  expect(state.schedules.map((schedule) => schedule.job).toSorted()).toEqual(
    scheduled.map(([name]) => name).toSorted(),
  )
})

test('a job the domain refuses is not tried again by itself, stays visible, and can be retried', async () => {
  const worker = await start()
  await worker.queue.add(
    'deliver-notice',
    { kind: 'unheard.of' },
    { jobId: 'wrong-1', attempts: 1 },
  )
  await vi.waitFor(async () => expect((await readJobQueue(worker.queue)).failed).toHaveLength(1), {
    timeout: 10_000,
  })
  const run = await database.db.selectFrom('kernel.job_run').selectAll().executeTakeFirstOrThrow()
  expect(run).toMatchObject({ job: 'deliver-notice', job_id: 'wrong-1', outcome: 'failed' })
  expect(await retryFailedJob(worker.queue, 'wrong-1')).toBe(true)
  expect(await retryFailedJob(worker.queue, 'never-was')).toBe(false)
})

test('a proof that does not hold fails at once and is kept once', async () => {
  await database.ownerDb
    .insertInto('metering.usage_hour')
    .values({
      ...{ buyer_id: 'org_1', subscription_id: 'sub_1', product_id: 'product_1', key_id: 'key_1' },
      hour: startOfDay(addDays(dayOf(systemClock.now()), -1)),
      ...{ mode: 'live', result_class: 'found', billable: true, reason: 'found' },
      ...{ events: 1n, attempts: 1n, records: 1n, bytes: 1n, duration_ms: 1n },
    })
    .execute()
  const { queue } = await start()
  await queue.add('prove-roll-ups', {}, { jobId: 'prove-1' })
  await vi.waitFor(async () => expect(await queue.getFailedCount()).toBe(1), { timeout: 10_000 })
  const proofs = await database.db.selectFrom('metering.roll_up_proof').select('holds').execute()
  expect(proofs).toEqual([{ holds: false }])
})

test('a batch that cannot be forwarded is relayed again by itself, however often it failed', async () => {
  await inTransaction(database.db, (tx) =>
    announce(tx, systemClock, {
      kind: 'usage_batch.accepted',
      jobId: 'forward-usage-batch-1',
      payload: { sourceId: 'nobody', sequence: '1' },
    }),
  )
  const { queue } = await start()
  const failures = async () =>
    (
      await database.db
        .selectFrom('kernel.job_run')
        .select('outcome')
        .where('job', '=', 'forward-usage-batch')
        .where('outcome', '=', 'failed')
        .execute()
    ).length
  await vi.waitFor(async () => expect(await failures()).toBe(1), { timeout: 10_000 })
  await vi.waitFor(async () => expect(await queue.getFailedCount()).toBe(0), { timeout: 5_000 })
  const late = { now: () => new Date(systemClock.now().getTime() + 61_000) }
  expect(await relayOutbox({ db: database.db, clock: late, queue })).toBe(1)
  await vi.waitFor(async () => expect(await failures()).toBe(2), { timeout: 10_000 })
  expect(await openRows()).toBe(1)
})

test('an emptied Redis gets its schedules back while the worker lives', async () => {
  const { queue } = await start()
  const before = await queue.getJobSchedulersCount()
  expect(before).toBeGreaterThan(5)
  await redis.client.flushdb()
  await vi.waitFor(async () => expect(await queue.getJobSchedulersCount()).toBe(before), 15_000)
})
