import { Queue, Worker } from 'bullmq'
import type { Pool, PoolClient } from 'pg'
import { redisOptions } from '#kernel/config.ts'
import { openPool } from '#kernel/database.ts'
import type { UsageEvent } from '#metering/index.ts'
import { type BenchResult, compare } from '#bench/result.ts'
import type { Stage } from '#bench/stage.ts'
import { openStreamFiller, sampleEvents } from './events.ts'
import { drained, startWriter } from './ingest.ts'
import { insertOne } from './insert-one.ts'

const ingestEvents = 200_000
const jobsEach = 6_000
const concurrencies = [1, 20, 100]

/** The writer against one BullMQ job for each event, which does the whole write in one commit, at its best. */
export async function benchPerEventQueue(stage: Stage): Promise<BenchResult[]> {
  const ours = await measureWriter(stage)
  const pool = openPool({ connectionString: stage.database.url, poolSize: 20 })
  const rates: number[] = []
  for (const concurrency of concurrencies) rates.push(await measureQueue(stage, pool, concurrency))
  await pool.end()
  return concurrencies
    .map((concurrency, index) => ({ concurrency, theirs: rates[index] ?? 0 }))
    .toSorted((a, b) => b.theirs - a.theirs)
    .map(({ concurrency, theirs }, place) =>
      compare({
        name: place === 0 ? 'per-event-queue' : `per-event-queue-concurrency-${concurrency}`,
        against: `one BullMQ job per event at concurrency ${concurrency}`,
        ours,
        theirs,
        unit: 'events/s',
      }),
    )
}

/** Events a second from full streams until they are empty. */
async function measureWriter(stage: Stage): Promise<number> {
  const filler = openStreamFiller(stage)
  await filler.fill(sampleEvents(ingestEvents))
  const writer = await startWriter(stage)
  const begun = performance.now()
  await drained(filler)
  const seconds = (performance.now() - begun) / 1_000
  await writer.end()
  filler.close()
  return ingestEvents / seconds
}

async function measureQueue(stage: Stage, pool: Pool, concurrency: number): Promise<number> {
  const connection = { ...redisOptions(stage), maxRetriesPerRequest: null }
  const name = `per-event-${concurrency}`
  const queue = new Queue<UsageEvent>(name, { connection })
  const events = [...sampleEvents(jobsEach, ingestEvents)]
  for (let first = 0; first < events.length; first += 500)
    await queue.addBulk(
      events.slice(first, first + 500).map((data) => ({
        name: 'write',
        data,
        opts: { jobId: data.eventId, removeOnComplete: true },
      })),
    )
  const { promise, resolve } = Promise.withResolvers<void>()
  let done = 0
  const begun = performance.now()
  const worker = new Worker<UsageEvent>(name, (job) => inOneCommit(pool, job.data), {
    connection,
    concurrency,
  })
  worker.on('completed', () => {
    done += 1
    if (done === jobsEach) resolve()
  })
  await promise
  const seconds = (performance.now() - begun) / 1000
  await worker.close()
  await queue.close()
  return jobsEach / seconds
}

async function inOneCommit(pool: Pool, event: UsageEvent): Promise<void> {
  const client: PoolClient = await pool.connect()
  try {
    await client.query('begin')
    await insertOne(client, event)
    await client.query('commit')
  } finally {
    client.release()
  }
}
