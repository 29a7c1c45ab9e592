import { resolve } from 'node:path'
import { z } from 'zod'
import { originOf } from './egress-policy.ts'

/** The environment does not describe a platform that can run. The message lists every fault. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** The environment as it is, for what is handed on to child processes. Nothing else reads `process.env`. */
export const processEnvironment: Readonly<NodeJS.ProcessEnv> = process.env

export const DEFAULT_PORT = 8080
export const DEFAULT_GATEWAY_PORT = 8081

const port = z.coerce.number().int().min(1).max(65535)

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')

const redisUrl = z
  .string()
  .refine(
    (text) => /^(rediss?|unix):\/\//.test(text) && URL.canParse(text),
    'must be redis://…, rediss://… or unix:///path?password=…',
  )

const origin = z.string().refine((text) => {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return ['http:', 'https:', 'postgres:'].includes(url.protocol) && originOf(url) === text
}, 'must be exact origins (scheme, host and port, without a path), separated by commas')

const webUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:/.test(text), 'must be an http(s) address')
  .transform((text) => text.replace(/\/+$/, ''))

const setting = z.enum(['true', 'false']).transform((text) => text === 'true')

/** Every variable the platform knows. One that is not here is not read. */
const Environment = z.strictObject({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  DATABASE_URL: postgresUrl,
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(500).default(10),
  REDIS_URL: redisUrl,
  REDIS_DURABILITY_ASSURED: setting.default(false),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(DEFAULT_PORT),
  GATEWAY_HOST: z.string().default('127.0.0.1'),
  GATEWAY_PORT: port.default(DEFAULT_GATEWAY_PORT),
  PUBLIC_URL: webUrl.optional(),
  GATEWAY_URL: webUrl.optional(),
  DATA_DIR: z.string().default('.data'),
  KEY_DIR: z.string().optional(),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  EGRESS_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(origin))
    .default([]),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  CHROMIUM_PATH: z.string().optional(),
})

export type Config = Readonly<{
  nodeEnv: 'production' | 'development' | 'test'
  /** The application role, which owns nothing. */
  databaseUrl: string
  databasePoolMax: number
  redisUrl: string
  /** Somebody answers for `appendfsync always` and `noeviction` where Redis forbids CONFIG. */
  redisDurabilityAssured: boolean
  host: string
  port: number
  gatewayHost: string
  gatewayPort: number
  /** The platform's address as people type it, without a closing slash. */
  publicUrl: string
  /** The gateway's own address, without a closing slash; the api passes `/data/` on to it. */
  gatewayUrl: string
  dataFolder: string
  /** Where the signing keys lie (0600). */
  keyFolder: string
  authSecret: string
  metricsToken: string | undefined
  /** Exact origins that outgoing requests may reach although they are plain or private. Production: none. */
  egressOrigins: readonly string[]
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  chromiumPath: string | undefined
}>

function known(environment: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {}
  for (const name of names) {
    const text = environment[name]
    if (text !== undefined && text !== '') given[name] = text
  }
  return given
}

function parse<T extends z.ZodObject>(schema: T, environment: NodeJS.ProcessEnv): z.infer<T> {
  const result = schema.safeParse(known(environment, Object.keys(schema.shape)))
  if (result.success) return result.data
  // The values themselves stay out of the message: some are secrets.
  const faults = result.error.issues.map((issue) => {
    const name = String(issue.path[0])
    return `  ${name} ${environment[name] ? issue.message : 'is missing'}`
  })
  throw new ConfigError(
    `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.join('\n')}\n` +
      'docs/operations.md describes each variable.',
  )
}

/** Reads the whole configuration. Errors: ConfigError naming all faults at once. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = parse(Environment, environment)
  const dataFolder = resolve(read.DATA_DIR)
  return {
    nodeEnv: read.NODE_ENV,
    databaseUrl: read.DATABASE_URL,
    databasePoolMax: read.DATABASE_POOL_MAX,
    redisUrl: read.REDIS_URL,
    redisDurabilityAssured: read.REDIS_DURABILITY_ASSURED,
    host: read.HOST,
    port: read.PORT,
    gatewayHost: read.GATEWAY_HOST,
    gatewayPort: read.GATEWAY_PORT,
    publicUrl: read.PUBLIC_URL ?? httpUrl(read.HOST, read.PORT),
    gatewayUrl: read.GATEWAY_URL ?? httpUrl(read.GATEWAY_HOST, read.GATEWAY_PORT),
    dataFolder,
    keyFolder: resolve(read.KEY_DIR ?? `${dataFolder}/keys`),
    authSecret: read.AUTH_SECRET,
    metricsToken: read.METRICS_TOKEN,
    egressOrigins: read.EGRESS_ORIGINS,
    logLevel: read.LOG_LEVEL,
    chromiumPath: read.CHROMIUM_PATH,
  }
}

/** The address of the owner role: read by the migration command and by nothing else. Errors: ConfigError. */
export function readOwnerUrl(environment: NodeJS.ProcessEnv = process.env): string {
  return parse(z.strictObject({ DATABASE_OWNER_URL: postgresUrl }), environment).DATABASE_OWNER_URL
}

/** What the launcher needs before it can make up the rest. */
export type LauncherSettings = Readonly<{
  databaseUrl: string | undefined
  redisUrl: string | undefined
  host: string
  /** Undefined: not set, so the next free one may be taken. */
  port: number | undefined
  gatewayHost: string
  gatewayPort: number | undefined
  dataFolder: string
}>

const LauncherEnvironment = Environment.pick({
  HOST: true,
  GATEWAY_HOST: true,
  DATA_DIR: true,
}).extend({
  DATABASE_URL: postgresUrl.optional(),
  REDIS_URL: redisUrl.optional(),
  PORT: port.optional(),
  GATEWAY_PORT: port.optional(),
})

export function readLauncherSettings(
  environment: NodeJS.ProcessEnv = process.env,
): LauncherSettings {
  const read = parse(LauncherEnvironment, environment)
  return {
    databaseUrl: read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    host: read.HOST,
    port: read.PORT,
    gatewayHost: read.GATEWAY_HOST,
    gatewayPort: read.GATEWAY_PORT,
    dataFolder: resolve(read.DATA_DIR),
  }
}

/** The provider-simulator of the demo city: a process and a database of its own, as a provider's would be. */
export type SimulatorSettings = Readonly<{
  port: number
  /** Where it answers, an origin that EGRESS_ORIGINS names. */
  origin: string
  databaseUrl: string
}>

const SimulatorEnvironment = z.strictObject({
  SIMULATOR_PORT: port,
  SIMULATOR_DATABASE_URL: postgresUrl,
})

/** Read by the provider-simulator and by the seed. Errors: ConfigError. */
export function readSimulatorSettings(
  environment: NodeJS.ProcessEnv = process.env,
): SimulatorSettings {
  const read = parse(SimulatorEnvironment, environment)
  return {
    port: read.SIMULATOR_PORT,
    origin: httpUrl('127.0.0.1', read.SIMULATOR_PORT),
    databaseUrl: read.SIMULATOR_DATABASE_URL,
  }
}

export function httpUrl(host: string, portNumber: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${portNumber}`
}

/** What `openDatabase` of kernel/database.ts takes. */
export function databaseOptions(
  config: Pick<Config, 'databaseUrl' | 'databasePoolMax'>,
): Readonly<{ connectionString: string; poolSize: number }> {
  return { connectionString: config.databaseUrl, poolSize: config.databasePoolMax }
}

export type RedisConnectionOptions = Readonly<{
  path?: string
  host?: string
  port?: number
  username?: string
  password?: string
  db?: number
  tls?: Readonly<Record<string, never>>
}>

/** What ioredis and BullMQ take. A `unix://` address given to them as text hangs, so it is taken apart here. */
export function redisOptions(config: Pick<Config, 'redisUrl'>): RedisConnectionOptions {
  const url = new URL(config.redisUrl)
  if (url.protocol === 'unix:') {
    const password = url.searchParams.get('password')
    const database = url.searchParams.get('db')
    return {
      path: decodeURIComponent(url.pathname),
      ...(password === null ? {} : { password }),
      ...(database === null ? {} : { db: Number(database) }),
    }
  }
  const database = url.pathname.slice(1)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(database === '' ? {} : { db: Number(database) }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  }
}
