import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { systemClock } from '#kernel/clock.ts'
import { openFaultServers } from './fault-servers.ts'
import { describeFault, longSet, planRounds } from './plan.ts'
import { type PlayedRound, writeReport } from './report.ts'
import { playRound } from './round.ts'
import { openUsageCity } from './usage-city.ts'
import { isFlawless } from './verdict.ts'

/** `npm run faults -- --seed N --rounds M --calls K`: the same three numbers are the same plan. */
function readOptions() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      rounds: { type: 'string', default: '4' },
      calls: { type: 'string', default: '20000' },
    },
  })
  const numbers = { seed: +values.seed, rounds: +values.rounds, calls: +values.calls }
  for (const [name, number] of Object.entries(numbers))
    if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number`)
  return numbers
}

async function main(): Promise<number> {
  const options = readOptions()
  const command = `npm run faults -- --seed ${options.seed} --rounds ${options.rounds} --calls ${options.calls}`
  process.stdout.write(`${command}\n`)
  const startedAt = systemClock.now()
  const played: PlayedRound[] = []
  const servers = await openFaultServers({ onDisk: true })
  try {
    for (const plan of planRounds({ ...longSet, ...options })) {
      process.stdout.write(`\nround ${played.length + 1}\n`)
      for (const { atCall, fault } of plan)
        process.stdout.write(`  at call ${atCall}: ${describeFault(fault)}\n`)
      const begunAt = performance.now()
      const city = await openUsageCity(servers)
      const verdict = await playRound(city, { calls: options.calls, plan })
      await city.close()
      played.push({ plan, verdict, seconds: (performance.now() - begunAt) / 1000 })
      process.stdout.write(`  ${JSON.stringify(verdict)}\n`)
    }
  } finally {
    await servers.close()
  }
  writeReport({ command, startedAt, played })
  const isFine = played.every(({ verdict }) => isFlawless(verdict))
  process.stdout.write(`\n${isFine ? 'nothing lost, nothing charged twice' : 'NOT FLAWLESS'}\n`)
  return isFine ? 0 : 1
}

process.exitCode = await main()
process.exit()
