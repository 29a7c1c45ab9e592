import { sql } from 'kysely'
import { type BenchResult, compare, median } from '#bench/result.ts'
import type { Stage } from '#bench/stage.ts'
import type { UsageEvent } from '#metering/index.ts'
import { openStreamFiller, sampleEvents, type StreamFiller } from './events.ts'
import { drained, startWriter } from './ingest.ts'
import { storedEvents } from './stored.ts'

const eventsEach = 100_000
const rounds = 3

/** Everything delivered a second time: as fast for each event as the first time, and no total changes. */
export async function benchReplay(stage: Stage): Promise<BenchResult[]> {
  const count = stage.options.events ?? eventsEach
  const filler = openStreamFiller(stage)
  const fresh: number[] = []
  const replayed: number[] = []
  await drain(stage, filler, [...sampleEvents(count)]) // the first run warms the table up
  for (let round = 1; round <= rounds; round++) {
    const events = [...sampleEvents(count, round * count)]
    fresh.push(await drain(stage, filler, events))
    const before = await totals(stage)
    replayed.push(await drain(stage, filler, events))
    const after = await totals(stage)
    if (before !== after) throw new Error(`totals went from ${before} to ${after}`)
  }
  filler.close()
  return [
    compare({
      name: 'replay',
      against: 'the same events for the first time',
      ours: median(replayed),
      theirs: median(fresh),
      unit: 'events/s',
    }),
  ]
}

/** Events a second, from a writer's start on full streams until they are empty. */
async function drain(
  stage: Stage,
  filler: StreamFiller,
  events: readonly UsageEvent[],
): Promise<number> {
  await filler.fill(events)
  const writer = await startWriter(stage)
  const begun = performance.now()
  await drained(filler)
  const seconds = (performance.now() - begun) / 1_000
  await writer.end()
  return events.length / seconds
}

/** What screens and bills would say, as one text. */
async function totals(stage: Stage): Promise<string> {
  const { db } = stage.database
  const hours = await sql<{ text: string }>`
    select concat_ws(' ', sum(events), sum(attempts), sum(records), sum(bytes), sum(duration_ms)) as text
    from metering.usage_hour`.execute(db)
  return `${await storedEvents(db)} ${hours.rows[0]?.text ?? ''}`
}
