import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import {
  DEFAULT_GATEWAY_PORT,
  DEFAULT_PORT,
  httpUrl,
  processEnvironment,
  readConfig,
  readLauncherSettings,
  type Config,
  type LauncherSettings,
} from '#kernel/config.ts'
import { preflight } from '#kernel/process/preflight.ts'
import { untilAskedToStop } from '#kernel/process/shutdown.ts'
import { knownMigrations } from '#migrations/migrate.ts'
import { takeDataFolder, type DataFolder } from '#scripts/services/data-folder.ts'
import type { KeptAlive } from '#scripts/services/keep-alive.ts'
import { choosePort } from '#scripts/services/ports.ts'
import { say, seconds, SetupError } from '#scripts/services/say.ts'
import { buildConsole } from './console.ts'
import {
  beginDemo,
  readDemoState,
  refreshDemoFile,
  removeStoredData,
  seedDemo,
  type DemoState,
} from './demo.ts'
import { keepProcess, type ProcessName } from './processes.ts'
import { startServices, type PlatformServices } from './services.ts'
import { openWaitingRoom } from './waiting-room.ts'

const READY_CHECK_MS = 100
const READY_TOLD_AFTER_MS = 15_000
const LOOPBACK = ['127.0.0.1', '::1', 'localhost']

/** What runs, in the order it was started; a stop goes backwards, the processes of the platform all at once. */
type Running = {
  readonly folder: DataFolder
  readonly servers: KeptAlive[]
  readonly processes: KeptAlive[]
  /** Is told the name of what cannot be kept running. */
  readonly onGaveUp: (name: string) => void
  stopSeed?: () => Promise<void>
  closeSockets?: () => void
  stopping: boolean
}

function note(running: Running, list: 'servers' | 'processes', kept: KeptAlive): void {
  running[list].push(kept)
  void kept.ended.then((how) => {
    if (how === 'gave_up') running.onGaveUp(kept.name)
  })
}

type Addresses = Readonly<{ port: number; gatewayPort: number }>

async function chooseAddresses(settings: LauncherSettings): Promise<Addresses> {
  const port = await choosePort({
    name: 'PORT',
    host: settings.host,
    wanted: settings.port,
    usual: DEFAULT_PORT,
    without: settings.gatewayPort === undefined ? [] : [settings.gatewayPort],
  })
  if (settings.port === undefined && port !== DEFAULT_PORT)
    say(`Port ${DEFAULT_PORT} is taken; using ${port}`)
  const gatewayPort = await choosePort({
    name: 'GATEWAY_PORT',
    host: settings.gatewayHost,
    wanted: settings.gatewayPort,
    usual: Math.max(DEFAULT_GATEWAY_PORT, settings.port === undefined ? 0 : port + 1),
    without: [port],
  })
  return { port, gatewayPort }
}

function environmentFor(
  settings: LauncherSettings,
  services: PlatformServices,
  addresses: Addresses,
): NodeJS.ProcessEnv {
  const { DATABASE_OWNER_URL: _owner, ...inherited } = processEnvironment
  const secrets = services.embedded?.secrets
  return {
    ...(secrets ? { AUTH_SECRET: secrets.authSecret, METRICS_TOKEN: secrets.metricsToken } : {}),
    ...inherited,
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    PORT: String(addresses.port),
    GATEWAY_PORT: String(addresses.gatewayPort),
    GATEWAY_URL:
      processEnvironment['GATEWAY_URL'] ?? httpUrl(settings.gatewayHost, addresses.gatewayPort),
    DATA_DIR: settings.dataFolder,
  }
}

function withSimulator(
  environment: NodeJS.ProcessEnv,
  simulator: { port: number; databaseUrl: string },
): NodeJS.ProcessEnv {
  // The providers' web services and, at the same port, the database of one of them.
  const origins = [
    environment['EGRESS_ORIGINS'],
    httpUrl('127.0.0.1', simulator.port),
    `postgres://127.0.0.1:${simulator.port}`,
  ]
  return {
    ...environment,
    SIMULATOR_PORT: String(simulator.port),
    SIMULATOR_DATABASE_URL: simulator.databaseUrl,
    EGRESS_ORIGINS: origins.filter((text) => text).join(','),
  }
}

/** A city belongs to an installation that is all ours, on loopback, and was empty when it began. */
async function demoStateFor(
  settings: LauncherSettings,
  services: PlatformServices,
  options: Addresses & { wasEmpty: boolean },
): Promise<DemoState | undefined> {
  if (!services.embeddedPostgres || !services.embeddedRedis) return undefined
  if (!existsSync('demo/seed.ts')) return undefined
  const state = readDemoState(settings.dataFolder)
  if (state || !options.wasEmpty || !LOOPBACK.includes(settings.host)) return state
  return beginDemo(settings.dataFolder, [options.port, options.gatewayPort])
}

async function buildCity(
  running: Running,
  config: Config,
  options: { environment: NodeJS.ProcessEnv; demo: DemoState },
): Promise<void> {
  const room = await openWaitingRoom({ host: config.host, port: config.port })
  say(`Building the demo city (once); ${config.publicUrl}/readyz shows the progress`)
  try {
    await seedDemo({
      ...options,
      folder: running.folder,
      onProgress: (line) => {
        room.tell(line)
        say(line)
      },
      onStarted: (stop) => {
        running.stopSeed = stop
      },
    })
  } finally {
    await room.close()
  }
}

/** Waits until the platform says that all of it serves. */
async function untilReady(config: Config, running: Running): Promise<void> {
  const started = performance.now()
  let told = false
  while (!running.stopping) {
    let state: string
    try {
      const answer = await fetch(`${httpUrl(config.host, config.port)}/readyz`)
      if (answer.status === 200) return
      state = `${answer.status} ${(await answer.text()).slice(0, 300)}`
    } catch {
      state = 'no answer yet'
    }
    if (!told && performance.now() - started > READY_TOLD_AFTER_MS) {
      told = true
      say(`Not ready after ${seconds(started)}: /readyz says ${state}`)
    }
    await pause(READY_CHECK_MS)
  }
}

function greet(config: Config, dataFolder: string, services: PlatformServices): void {
  say(`The platform is ready: ${config.publicUrl}`)
  say(`Gateway: ${config.gatewayUrl}`)
  const demo = refreshDemoFile(dataFolder, {
    url: config.publicUrl,
    gatewayUrl: config.gatewayUrl,
  })
  if (demo) {
    say(`Accounts and keys of the demo city: ${dataFolder}/demo.json`)
    if (demo.curl !== undefined) say(`A metered call:\n\n${demo.curl}\n`)
  }
  if (services.embedded) say(`Logs: ${dataFolder}/logs`)
  say('Ctrl-C stops everything')
}

async function startPlatform(running: Running, settings: LauncherSettings): Promise<void> {
  if (readDemoState(settings.dataFolder)?.state === 'seeding') {
    say('The building of the demo city was cut short; it begins afresh')
    removeStoredData(settings.dataFolder)
  }
  const wasEmpty = !existsSync(`${settings.dataFolder}/postgres`)
  const addresses = await chooseAddresses(settings)
  const services = await startServices({
    settings,
    folder: running.folder,
    say,
    onKept: (kept) => note(running, 'servers', kept),
    onOpened: (embedded) => {
      running.closeSockets = embedded.closeSocketFolder
    },
  })
  const plain = environmentFor(settings, services, addresses)
  const demo = await demoStateFor(settings, services, { ...addresses, wasEmpty })
  const environment = demo
    ? withSimulator(plain, {
        port: demo.simulatorPort,
        databaseUrl: await services.openSimulatorDatabase(),
      })
    : plain
  const config = readConfig(environment)
  await preflight(config, await knownMigrations())
  await buildConsole(say)

  const keep = async (name: ProcessName): Promise<void> => {
    const log = services.embedded ? 'file' : 'inherit'
    const options = { folder: running.folder, environment, log, say } as const
    note(running, 'processes', await keepProcess(name, options))
  }
  if (demo) await keep('simulator')
  if (demo?.state === 'seeding') await buildCity(running, config, { environment, demo })
  if (running.stopping) return
  for (const name of ['gateway', 'worker', 'api'] as const) await keep(name)
  await untilReady(config, running)
  if (!running.stopping) greet(config, settings.dataFolder, services)
}

async function stopAll(running: Running): Promise<void> {
  await running.stopSeed?.()
  await Promise.all(running.processes.map((one) => one.stop()))
  await Promise.all(running.servers.map((one) => one.stop()))
  running.closeSockets?.()
  running.folder.release()
}

/** `npm start`: everything on this machine, until asked to stop. Gives the exit code. */
export async function start(): Promise<number> {
  const settings = readLauncherSettings()
  const asked = untilAskedToStop()
  const gaveUp = Promise.withResolvers<never>()
  gaveUp.promise.catch(() => {})
  const running: Running = {
    folder: await takeDataFolder(settings.dataFolder),
    servers: [],
    processes: [],
    stopping: false,
    onGaveUp: (name) =>
      gaveUp.reject(new SetupError(`${name} cannot be kept running; everything is stopped.`)),
  }
  try {
    const started = startPlatform(running, settings).then(() => asked)
    const reason = await Promise.race([asked, started, gaveUp.promise])
    say(reason === 'parent_gone' ? 'The parent is gone; stopping' : 'Stopping')
    return 0
  } finally {
    running.stopping = true
    await stopAll(running)
  }
}
