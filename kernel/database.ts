import { hash } from 'node:crypto'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from '#migrations/tables.ts'

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

const int8 = 20
const date = 1082
const numeric = 1700
const tstzrange = 3910

/** int8 becomes bigint; numeric, date and ranges stay text, because a float or a local midnight would lie. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === int8) return (text: string) => BigInt(text)
    if (oid === date || oid === numeric || oid === tstzrange) return (text: string) => text
    return pg.types.getTypeParser(oid, format as 'text')
  }) as typeof pg.types.getTypeParser,
}

export type DatabaseOptions = Readonly<{
  connectionString: string
  poolSize?: number
  applicationName?: string
  onConnectionLost?: (error: Error) => void
  /** How long a connection and a statement are waited for; without it for ever, as long work needs it. */
  patience?: Readonly<{ connectMs: number; statementMs: number }>
  /** Each connection plans a statement once, for those who run few statements over and over. */
  prepares?: boolean
}>

/** A pool of connections as the application role; `destroy()` closes it. */
export function openDatabase(options: DatabaseOptions): Database {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(options) }) })
}

/** The bare pool, for the writer's bulk statements and for libraries that bring their own SQL. */
export function openPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.poolSize ?? 10,
    application_name: options.applicationName ?? 'data-marketplace',
    types,
    ...(options.patience && {
      connectionTimeoutMillis: options.patience.connectMs,
      // The server ends what is slow; one that stands still is left, see below.
      statement_timeout: options.patience.statementMs,
    }),
  })
  // An idle connection that breaks is replaced at the next query; it must not end the process. Nor must one that is
  // in use: the query has the error, but the connection tells it a second time, to listeners the pool took away.
  pool.on('error', (error) => options.onConnectionLost?.(error))
  pool.on('connect', (client) => client.on('error', () => undefined))
  const { patience } = options
  if (options.prepares === true) pool.on('connect', prepareStatements)
  if (patience) pool.on('connect', (client) => leaveWhenLate(client, patience.statementMs))
  return pool
}

const changedResult = '0A000'

/**
 * Lets a connection prepare every statement with parameters under a name made of its text. One whose result a migration changed is
 * refused by the server; the connection ends with it, and the next one knows the new.
 */
function prepareStatements(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...statement: unknown[]) => Promise<unknown>
  const prepared = (...statement: unknown[]): unknown => {
    const [text, values] = statement
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0)
      return query(...statement)
    return query({ name: hash('sha1', text), text, values }).catch((error: unknown) => {
      const isStale = error instanceof pg.DatabaseError && error.code === changedResult
      if (isStale) end(client)
      throw error
    })
  }
  client.query = prepared as typeof client.query
}

/** A pool's clients are whole ones; ending one that waits for an answer cuts its socket. */
function end(client: pg.PoolClient): void {
  void (client as unknown as pg.Client).end()
}

/** After the server's own time limit, so that a statement which is only slow keeps its connection. */
const graceMs = 500

/**
 * Ends the connection of a statement that a frozen server or network leaves unanswered: the statement fails,
 * and nobody is given a connection that may never answer again.
 */
function leaveWhenLate(client: pg.PoolClient, statementMs: number): void {
  const query = client.query.bind(client) as (...statement: unknown[]) => unknown
  const limited = (...statement: unknown[]): unknown => {
    const running = query(...statement)
    // Without a promise it is a query object or a callback's; nothing of ours sends these through such a pool.
    if (!(running instanceof Promise)) return running
    const late = setTimeout(() => end(client), statementMs + graceMs)
    return running.finally(() => clearTimeout(late))
  }
  client.query = limited as typeof client.query
}

/**
 * Runs `work` in one transaction; every verb that changes something goes through here. A caller that
 * reads something in the same transaction first passes its own as `ctx.db`: the work then joins it.
 */
export function inTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return isTransaction(db) ? work(db) : db.transaction().execute(work)
}

function isTransaction(db: Database): db is Tx {
  return db.isTransaction
}

/** One consistent view over several reads, for whatever composes a document; joins a transaction as above. */
export function inSnapshot<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (isTransaction(db)) return work(db)
  return db.transaction().setIsolationLevel('repeatable read').execute(work)
}

export type TimeRange = Readonly<{ from: Date; to: Date | null }>

const rangeText = /^\["?([^",]+)"?,(?:"?([^",)]+)"?)?\)$/

/** `["2026-08-01 00:00:00+00",)` as PostgreSQL prints it; half-open or it is not ours. */
export function parseRange(text: string): TimeRange {
  const match = rangeText.exec(text)
  if (!match?.[1]) throw new Error(`not a half-open range: ${text}`)
  return { from: parseTimestamp(match[1]), to: match[2] ? parseTimestamp(match[2]) : null }
}

export function formatRange(range: TimeRange): string {
  return `["${range.from.toISOString()}",${range.to ? `"${range.to.toISOString()}"` : ''})`
}

function parseTimestamp(text: string): Date {
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
  const value = new Date(iso)
  if (Number.isNaN(value.getTime())) throw new Error(`not a timestamp: ${text}`)
  return value
}

/** The name of the constraint a failed statement broke, if that is why it failed. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('constraint' in error)) return undefined
  return typeof error.constraint === 'string' ? error.constraint : undefined
}
