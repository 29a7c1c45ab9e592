import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { pino } from 'pino'
import type { Connectors } from '#api/gateway/connectors/index.ts'
import type { Delivery, DeliveryRequest, OpenUpstream } from '#api/gateway/connector.ts'
import { readParameters } from '#api/gateway/connectors/parameters.ts'
import { type Gateway, startGateway } from '#api/gateway/start-gateway.ts'
import { countBudgets } from '#billing/index.ts'
import { productContentSchema } from '#governance/index.ts'
import { type ApiKeyMode, displayApiKey, hashApiKey, makeApiKey } from '#kernel/api-key-format.ts'
import type { Clock } from '#kernel/clock.ts'
import type { RedisConnectionOptions } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { startUsageWriter, type UsageWriter } from '#metering/index.ts'
import type { TestDatabase } from '#tests/harness/index.ts'
import { type BillingCity, buildBillingCity } from './billing.ts'

const words = { zh: '示例', en: 'Sample' }
const file = { fileName: 'sample.pdf', fileDigest: `sm3:${'0'.repeat(64)}` }

/** What the product of these tests is: a POST with one number, found in `/data`. */
export const sampleContent = productContentSchema.parse({
  introduction: words,
  dictionary: [{ name: 'band', label: words, type: 'string', description: words }],
  delivery: {
    mode: 'api',
    method: 'POST',
    path: '/query',
    contentType: 'application/json',
    parameters: [
      {
        name: 'no',
        in: 'body',
        type: 'string',
        isRequired: true,
        description: words,
        example: '1',
      },
    ],
    timeoutMs: 5_000,
    responseBytesMax: 65_536,
  },
  resultRule: { kind: 'json', foundPointer: '/data' },
  updateFrequency: 'daily',
  coverage: { region: '咸宁', time: '2026' },
  dataSubject: 'personal',
  industry: 'J66',
  scale: '1',
  processingMode: 'plain_api',
  useLimits: [words],
  statements: { compliance: file, dataSource: file },
  sampleRows: [{ band: 'A' }, { band: 'B' }],
})

export type GatewayCity = BillingCity &
  Readonly<{
    productVersionId: Id<'pver'>
    liveKey: string
    sandboxKey: string
  }>

/** The billing city with a product that can be called, and keys to call it with. */
export async function buildGatewayCity(
  database: TestDatabase,
  options: Parameters<typeof buildBillingCity>[1] = {},
): Promise<GatewayCity> {
  const city = await buildBillingCity(database, options)
  const version = await database.ownerDb
    .updateTable('governance.product_version')
    .set({ content: JSON.stringify(sampleContent) })
    .where('product_id', '=', city.productId)
    .returning('id')
    .executeTakeFirstOrThrow()
  await database.ownerDb
    .insertInto('governance.upstream')
    .values({
      id: newId('upstream', city.clock),
      product_version_id: version.id,
      connector: 'http',
      address: 'https://provider.example.test/fund',
      settings: '{}',
      proposed_by: 'maker',
      proposed_at: city.clock.now(),
      status: 'active',
      approved_by: 'checker',
      approved_at: city.clock.now(),
    })
    .execute()
  return {
    ...city,
    productVersionId: version.id as Id<'pver'>,
    liveKey: await insertKey(database, city, 'live'),
    sandboxKey: await insertKey(database, city, 'sandbox'),
  }
}

export async function insertKey(
  database: TestDatabase,
  city: Pick<BillingCity, 'clock' | 'buyerId' | 'subscriptionId'>,
  mode: ApiKeyMode,
): Promise<string> {
  const key = makeApiKey(mode)
  const { prefix, lastFour } = displayApiKey(key)
  await database.ownerDb
    .insertInto('governance.api_key')
    .values({
      id: newId('key', city.clock),
      buyer_id: city.buyerId,
      mode,
      scopes: ['data:call'],
      subscription_id: mode === 'live' ? city.subscriptionId : null,
      name: mode,
      prefix,
      last_four: lastFour,
      secret_digest: hashApiKey(key),
      created_by: 'test',
      created_at: city.clock.now(),
    })
    .execute()
  return key
}

/**
 * A provider in this process. `no` asks for an outcome: `none`, `break`, `late`, `wait`; else it is found. What follows
 * a dash only tells requests apart (`none-7`).
 */
export function inProcessProvider(): Readonly<{
  connectors: Connectors
  calls: () => number
  /** Lets calls that asked to `wait` go on. */
  release: () => void
}> {
  let calls = 0
  let gate = Promise.withResolvers<void>()
  const deliver = async (request: DeliveryRequest, upstream: OpenUpstream): Promise<Delivery> => {
    readParameters(upstream.delivery, request)
    calls += 1
    const { no } = JSON.parse(Buffer.from(request.body).toString()) as { no: string }
    if (no.startsWith('wait')) await gate.promise
    switch (no.split('-', 1)[0]) {
      case 'break':
        return { resultClass: 'failed', problem: 'UPSTREAM_FAILED', why: 'answered 500' }
      case 'late':
        return { resultClass: 'failed', problem: 'UPSTREAM_TIMEOUT', why: 'timed_out' }
      default: {
        const isFound = no !== 'none'
        return {
          resultClass: isFound ? 'found' : 'not_found',
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(isFound ? '{"data":{"band":"A"}}' : '{"data":null}'),
          records: isFound ? 1n : 0n,
        }
      }
    }
  }
  return {
    connectors: { http: { deliver } },
    calls: () => calls,
    release: () => {
      gate.resolve()
      gate = Promise.withResolvers<void>()
    },
  }
}

export type RunningGateway = Gateway &
  Readonly<{
    call: (options?: CallOptions) => Promise<Response>
    /** Waits until everything answered so far stands in PostgreSQL. */
    settle: () => Promise<void>
  }>

export type CallOptions = Readonly<{
  key?: string
  no?: string
  product?: string
  headers?: Readonly<Record<string, string>>
  body?: string
}>

/** A gateway and a writer of its own on a test's stores. */
export async function runGateway(
  input: Readonly<{
    database: TestDatabase
    redis: RedisConnectionOptions
    city: GatewayCity
    clock?: Clock
    connectors: Connectors
  }>,
): Promise<RunningGateway> {
  const { database, redis, city } = input
  const clock = input.clock ?? city.clock
  const log = pino({ level: 'silent' })
  const gateway = await startGateway({
    db: database.db,
    redis,
    clock,
    keys: loadKeyRing(mkdtempSync(join(tmpdir(), 'gateway-keys-')), { clock }),
    log,
    egressOrigins: [],
    metricsToken: 'of-this-test-and-no-other',
    connectors: input.connectors,
  })
  const writer = startTestWriter({ database, redis, clock })
  await gateway.recorder.untilLimitsHold()
  return {
    ...gateway,
    call: async (options = {}) => gateway.app.request(...requestOf(city, options)),
    settle: () => settle(gateway),
    close: async () => {
      await gateway.close()
      await writer.stop()
    },
  }
}

function requestOf(city: GatewayCity, options: CallOptions): [string, RequestInit] {
  const body = options.body ?? JSON.stringify({ no: options.no ?? '7' })
  return [
    `/data/v1/${options.product ?? 'housing-fund-credit'}/query`,
    {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${options.key ?? city.liveKey}`,
        'content-type': 'application/json',
        ...options.headers,
      },
    },
  ]
}

export function startTestWriter(
  input: Readonly<{ database: TestDatabase; redis: RedisConnectionOptions; clock: Clock }>,
): UsageWriter {
  const pool = openPool({ connectionString: input.database.url, poolSize: 6 })
  const writer = startUsageWriter({
    pool,
    redis: input.redis,
    clock: input.clock,
    countBudgets,
    onError: () => undefined,
  })
  return {
    ...writer,
    stop: async () => {
      await writer.stop()
      await pool.end()
    },
  }
}

async function settle(gateway: Gateway): Promise<void> {
  await gateway.recorder.heartbeat()
  while ((await gateway.recorder.forgetCommitted()) > 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Makes it so that nobody has called yet: the counts go, and the epoch that vouches for them stays. */
export async function forgetCounts(redis: Redis): Promise<void> {
  for (const pattern of ['calls:*', 'rate:*', 'in-flight:*', 'used:*', 'reserved:*']) {
    const keys = await redis.keys(pattern)
    if (keys.length > 0) await redis.del(...keys)
  }
}
