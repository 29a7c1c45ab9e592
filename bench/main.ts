import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { benchGateway } from './gateway/gateway.ts'
import { benchDrainMemory } from './ingest/drain-memory.ts'
import { benchIngest } from './ingest/ingest.ts'
import { benchPerEventQueue } from './ingest/per-event-queue.ts'
import { benchReceiptsShared, benchReceiptsSingle } from './receipts/receipts.ts'
import { benchReplay } from './ingest/replay.ts'
import { benchScreens } from './screens/screens.ts'
import type { BenchResult } from './result.ts'
import { setStage, type Stage } from './stage.ts'

/** Every benchmark by its name: `npm run bench -- NAME --json FILE`; without a name all of them. */
const benchmarks: Readonly<Record<string, (stage: Stage) => Promise<BenchResult[]>>> = {
  gateway: benchGateway,
  ingest: benchIngest,
  'per-event-queue': benchPerEventQueue,
  'receipts-shared': benchReceiptsShared,
  'receipts-single': benchReceiptsSingle,
  replay: benchReplay,
  'drain-memory': benchDrainMemory,
  screens: benchScreens,
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      seconds: { type: 'string' },
      events: { type: 'string' },
      profile: { type: 'string' },
    },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(benchmarks)
  const results: BenchResult[] = []
  for (const name of names) {
    const benchmark = benchmarks[name]
    if (!benchmark) {
      process.stderr.write(
        `There is no ${name}. There are: ${Object.keys(benchmarks).join(', ')}\n`,
      )
      return 1
    }
    const stage = await setStage({
      ...(values.seconds === undefined ? {} : { seconds: Number(values.seconds) }),
      ...(values.events === undefined ? {} : { events: Number(values.events) }),
      ...(values.profile === undefined ? {} : { profileFolder: values.profile }),
    })
    try {
      const found = await benchmark(stage)
      for (const result of found) process.stdout.write(`${lineOf(result)}\n`)
      results.push(...found)
    } finally {
      await stage.close()
    }
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
  return 0
}

function lineOf({ name, ratio, ours, theirs, unit, against }: BenchResult): string {
  return `${name.padEnd(28)} ${String(ratio).padStart(7)}   ${ours} against ${theirs} ${unit} (${against})`
}

process.exitCode = await main()
process.exit()
