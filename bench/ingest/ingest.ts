import { startChild } from '#bench/child.ts'
import { type BenchResult, compare } from '#bench/result.ts'
import type { Stage } from '#bench/stage.ts'
import { proveRollUps } from '#metering/index.ts'
import { measureCalls } from './answered-calls.ts'
import { bareRate, forgetUsage } from './bare-rate.ts'
import { openStreamFiller, sampleEvents, type StreamFiller } from './events.ts'
import { committedEvents, parkedEntries, storedEvents } from './stored.ts'

const backlogMin = 60_000
const portion = 20_000
const warmUpMs = 3_000

/**
 * Stream entry to committed event, sustained: the streams never run empty while it is measured, and
 * afterwards every event that was put in is stored once and in the roll-ups. Held against a bare insert
 * of such rows into the same table, before and after.
 */
export async function benchIngest(stage: Stage): Promise<BenchResult[]> {
  const bare = [await bareRate(stage)]
  const ours = await sustained(stage)
  await forgetUsage(stage)
  bare.push(await bareRate(stage))
  const calls = await measureCalls(stage)
  return [
    compare({
      name: 'ingest',
      against: 'a bare INSERT … ON CONFLICT of such rows by one connection, the better of two runs',
      ours,
      theirs: Math.max(...bare),
      unit: 'events/s',
    }),
    compare({
      name: 'ingest-answered-calls',
      against: 'the rate of stream entry to committed event',
      ours: calls,
      theirs: ours,
      unit: 'events/s',
    }),
  ]
}

async function sustained(stage: Stage): Promise<number> {
  const { db } = stage.database
  const filler = openStreamFiller(stage)
  const input = endlessInput(filler)
  await input.atLeast(backlogMin)
  const writer = await startWriter(stage)
  const measureMs = (stage.options.seconds ?? 60) * 1_000
  const reading = async () => ({ at: performance.now(), events: await committedEvents(db) })
  const startedAt = performance.now()
  let first: Awaited<ReturnType<typeof reading>> | undefined
  while (performance.now() - startedAt < warmUpMs + measureMs) {
    if (!first && performance.now() - startedAt > warmUpMs) first = await reading()
    await input.atLeast(backlogMin)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const last = await reading()
  await drained(filler)
  await writer.end()
  filler.close()
  if (!first) throw new Error('nothing was measured')
  await nothingLost(stage, input.given())
  return ((last.events - first.events) * 1_000) / (last.at - first.at)
}

export function startWriter(stage: Stage) {
  return startChild('tests/faults/writer-process.ts', [stage.database.url, stage.redisUrl], {
    profileFolder: stage.options.profileFolder,
  })
}

/** Keeps so many events waiting; the writer must not be measured while it waits for us. */
function endlessInput(filler: StreamFiller) {
  let given = 0
  return {
    given: () => given,
    atLeast: async (waiting: number) => {
      while ((await filler.waiting()) < waiting) {
        await filler.fill(sampleEvents(portion, given))
        given += portion
      }
    },
  }
}

export async function drained(filler: StreamFiller): Promise<void> {
  while ((await filler.waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function nothingLost(stage: Stage, given: number): Promise<void> {
  const { db } = stage.database
  const [stored, parked] = [await storedEvents(db), await parkedEntries(db)]
  const proof = await proveRollUps(db, { from: new Date(0), to: new Date('2100-01-01T00:00:00Z') })
  if (stored !== given || parked > 0 || !proof.holds)
    throw new Error(`${given} events were put in, ${stored} are stored, ${parked} are parked`)
}
