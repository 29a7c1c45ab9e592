import { readSimulatorSettings } from '#kernel/config.ts'
import { untilAskedToStop } from '#kernel/process/shutdown.ts'
import { startSimulator } from './start-simulator.ts'

const asked = untilAskedToStop()
const { databaseUrl, port } = readSimulatorSettings()
const simulator = await startSimulator({ databaseUrl, port })
process.stdout.write(`provider-simulator answers at ${simulator.origin}\n`)
await asked
await simulator.close()
process.exit(0)
