import { residentBytesOf } from '#bench/cpu.ts'
import { type BenchResult, compare, median } from '#bench/result.ts'
import type { Stage } from '#bench/stage.ts'
import { openStreamFiller, sampleEvents } from './events.ts'
import { startWriter } from './ingest.ts'
import { storedEvents } from './stored.ts'

const backlog = 1_000_000
const portion = 50_000
const sampleEveryMs = 100
const mebibyte = 1_048_576

/** What a writer process holds in memory while a large backlog drains: the most against the settled level. */
export async function benchDrainMemory(stage: Stage): Promise<BenchResult[]> {
  const count = stage.options.events ?? backlog
  const filler = openStreamFiller(stage)
  for (let given = 0; given < count; given += portion)
    await filler.fill(sampleEvents(Math.min(portion, count - given), given))
  const writer = await startWriter(stage)
  const begun = performance.now()
  const samples: number[] = []
  while ((await filler.waiting()) > 0) {
    const resident = residentBytesOf(writer.pid) / mebibyte
    if (resident === 0) throw new Error('the writer ended before the backlog did')
    samples.push(resident)
    await new Promise((resolve) => setTimeout(resolve, sampleEveryMs))
  }
  const seconds = (performance.now() - begun) / 1_000
  await writer.end()
  filler.close()
  const stored = await storedEvents(stage.database.db)
  if (stored !== count) throw new Error(`${count} events were put in, ${stored} are stored`)
  // The second half is the settled level: a process that keeps growing shows there and in the most.
  const settled = median(samples.slice(Math.floor(samples.length / 2)))
  return [
    compare({
      name: 'drain-memory',
      against: `the settled level (median of the second half) while ${count} events drain`,
      ours: Math.max(...samples),
      theirs: settled,
      unit: 'MiB resident',
    }),
    compare({
      name: 'drain-memory-least',
      against: 'the settled level, after the first tenth',
      ours: Math.min(...samples.slice(Math.ceil(samples.length / 10))),
      theirs: settled,
      unit: 'MiB resident',
    }),
    compare({
      name: 'drain-memory-rate',
      against: 'the promised 15,000',
      ours: count / seconds,
      theirs: 15_000,
      unit: 'events/s',
    }),
  ]
}
