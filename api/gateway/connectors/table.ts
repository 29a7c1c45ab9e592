import pg from 'pg'
import { EgressError } from '#kernel/egress.ts'
import { type EgressPolicy, refusedAddress } from '#kernel/egress-policy.ts'
import {
  type Connector,
  type FailedDelivery,
  failedDelivery,
  type HeldDelivery,
  type OpenUpstream,
} from '#api/gateway/connector.ts'
import { judgeAnswer } from './judge-answer.ts'
import { onceEach } from './once-each.ts'
import { readParameters } from './parameters.ts'
import { isFailed, type ProviderLines } from './provider-line.ts'
import { NotAReader } from './reader-role.ts'
import { createTablePools, type TablePools } from './table-pools.ts'
import {
  fitsVersion,
  type TableQuery,
  tableQuery,
  type TableSettings,
  tableSettings,
  tableTypes,
} from './table-query.ts'

type Deps = Readonly<{ policy: EgressPolicy; lines: ProviderLines }>

/** Reads a table or view of the provider's own database, by a role that can do nothing else (R101). */
export function createTableConnector({ policy, lines }: Deps): Connector {
  const pools = createTablePools(policy)
  return {
    deliver: async (request, upstream, signal) => {
      const parameters = readParameters(upstream.delivery, request)
      const settings = settingsOf(upstream)
      if (!settings) return failedDelivery('settings')
      const query = tableQuery(settings, parameters)
      return lines.pass(upstream.upstreamId, async () => {
        const answer = await readRows(pools, { upstream, settings, query, signal })
        return isFailed(answer) ? answer : deliveryOf(upstream, settings, answer)
      })
    },
    close: pools.close,
  }
}

/** Undefined where a call cannot even begin. Without a password the driver would leave a half-opened connection behind. */
const settingsOf = onceEach((upstream): TableSettings | undefined => {
  const read = tableSettings.safeParse(upstream.settings)
  const isComplete = read.success && fitsVersion(read.data, upstream) && upstream.secret
  return isComplete ? read.data : undefined
})

type Reading = Readonly<{
  upstream: OpenUpstream
  settings: TableSettings
  query: TableQuery
  signal: AbortSignal
}>

/**
 * A connection that was lost; a prepared statement whose view was changed since, or that a pooler in between does
 * not know or had from somebody else.
 */
const worthAnotherTry = ['unreachable', 'sqlstate 0A000', 'sqlstate 26000', 'sqlstate 42P05']

/** Within the product's time; a connection that was lost meanwhile is tried once more, since reading is safe. */
async function readRows(pools: TablePools, reading: Reading): Promise<string[] | FailedDelivery> {
  const giveUp = new AbortController()
  const leave = (): void => giveUp.abort('aborted')
  const timer = setTimeout(() => giveUp.abort('timed_out'), reading.upstream.delivery.timeoutMs)
  reading.signal.addEventListener('abort', leave, { once: true })
  if (reading.signal.aborted) leave()
  try {
    const first = await readOnce(pools, reading, giveUp.signal)
    if (!isFailed(first) || !worthAnotherTry.includes(first.why)) return first
    // Parsed anew: what is prepared may be what the provider has changed meanwhile.
    const query = { text: reading.query.text, values: reading.query.values }
    return await readOnce(pools, { ...reading, query }, giveUp.signal)
  } finally {
    clearTimeout(timer)
    reading.signal.removeEventListener('abort', leave)
  }
}

async function readOnce(
  pools: TablePools,
  { upstream, settings, query }: Reading,
  giveUp: AbortSignal,
): Promise<string[] | FailedDelivery> {
  let client: pg.PoolClient | undefined
  let isDone = false
  const gone = new Promise<never>((_resolve, reject) => {
    const leave = (): void => reject(new EgressError(giveUp.reason, 'a database'))
    giveUp.addEventListener('abort', leave, { once: true })
    if (giveUp.aborted) leave()
  })
  gone.catch(() => undefined)
  const connecting = pools.connect(upstream, settings)
  try {
    client = await Promise.race([connecting, gone])
    const rows = await Promise.race([rowsOf(client, query, upstream), gone])
    isDone = true
    return rows
  } catch (error) {
    return failedDelivery(whyOf(error))
  } finally {
    // A connection whose answer was not awaited would give it to the next caller.
    if (client) client.release(!isDone)
    else connecting.then((late) => late.release()).catch(() => undefined)
  }
}

/** The rows as JSON, given up as soon as they are more than an answer may hold. */
function rowsOf(
  client: pg.PoolClient,
  query: TableQuery,
  upstream: OpenUpstream,
): Promise<string[]> {
  const { responseBytesMax } = upstream.delivery
  const { promise, resolve, reject } = Promise.withResolvers<string[]>()
  const rows: string[] = []
  let bytes = 0
  const running = client.query(new pg.Query({ ...query, types: tableTypes }))
  running.on('row', (row: object) => {
    if (bytes > responseBytesMax) return
    const json = JSON.stringify(row)
    bytes += Buffer.byteLength(json) + 1
    if (bytes > responseBytesMax) reject(new EgressError('too_large', 'a database'))
    else rows.push(json)
  })
  running.on('end', () => resolve(rows))
  running.on('error', reject)
  return promise
}

/** What went wrong in a word. Messages of a database may hold values, so none is kept. */
function whyOf(error: unknown): string {
  if (error instanceof EgressError) return error.failure
  if (error instanceof NotAReader) return 'role_is_no_reader'
  const code: unknown = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  if (code === '57014') return 'timed_out'
  if (code === refusedAddress) return 'address_refused'
  // A connection that broke or was ended, or a server that is just starting.
  if (typeof code === 'string' && /^(?:08...|57P0[123])$/.test(code)) return 'unreachable'
  if (error instanceof pg.DatabaseError) return `sqlstate ${error.code ?? ''}`
  return 'unreachable'
}

function deliveryOf(
  upstream: OpenUpstream,
  settings: TableSettings,
  rows: readonly string[],
): HeldDelivery | FailedDelivery {
  const body = Buffer.from(
    settings.rows === 'one' ? oneRow(rows) : manyRows(rows, settings.rowsMax),
  )
  const judgement = judgeAnswer(upstream.resultRule, { status: 200, body })
  if (judgement.kind === 'unreadable') return failedDelivery('result_rule')
  return {
    resultClass: judgement.kind,
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body,
    records: judgement.records,
  }
}

function oneRow(rows: readonly string[]): string {
  return `{"data":${rows[0] ?? 'null'}}`
}

function manyRows(rows: readonly string[], rowsMax: number): string {
  const given = rows.slice(0, rowsMax).join(',')
  return rows.length > rowsMax ? `{"data":[${given}],"truncated":true}` : `{"data":[${given}]}`
}
