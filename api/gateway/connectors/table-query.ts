import { hash } from 'node:crypto'
import pg from 'pg'
import { z } from 'zod'
import type { OpenUpstream } from '#api/gateway/connector.ts'
import type { ParameterValues } from './parameters.ts'

const identifier = z.string().min(1).max(63)

/** A table or view in the provider's database, and how a call reads it. The sealed secret is the password. */
export const tableSettings = z.strictObject({
  schema: identifier.default('public'),
  table: identifier,
  /** The only columns that are ever read; each stands in the version's dictionary. */
  columns: z.array(identifier).min(1).max(200),
  /** Which parameter a column must equal. An optional parameter that is not given asks for nothing. */
  keys: z.array(z.strictObject({ column: identifier, parameter: z.string() })).max(20),
  order: z
    .array(
      z.strictObject({ column: identifier, direction: z.enum(['asc', 'desc']).default('asc') }),
    )
    .default([]),
  /** `one`: `{ "data": row or null }`; `many`: `{ "data": [rows] }`, with `truncated` where there were more. */
  rows: z.enum(['one', 'many']).default('one'),
  rowsMax: z.int().min(1).max(10_000).default(1_000),
  /** `off` only towards an origin the platform's configuration names. */
  tls: z.enum(['verify', 'off']).default('verify'),
  /** The provider's own certificate authority, PEM. */
  certificateAuthority: z.string().max(20_000).optional(),
  connectionsMax: z.int().min(1).max(32).default(4),
})
export type TableSettings = z.output<typeof tableSettings>

/** Settings that agree with the reviewed version: no column beyond its dictionary, no parameter unused. */
export function fitsVersion(settings: TableSettings, upstream: OpenUpstream): boolean {
  const declared = upstream.delivery.parameters
    .map((each) => each.name)
    .filter((name) => name !== upstream.delivery.consentParameter)
  const used = new Set(settings.keys.map((key) => key.parameter))
  return (
    settings.columns.every((column) => upstream.fields.includes(column)) &&
    declared.every((name) => used.has(name)) &&
    [...used].every((name) => declared.includes(name))
  )
}

export type TableQuery = Readonly<{
  /** A connection prepares the statement of that name once; without one it is planned at each call. */
  name?: string
  text: string
  values: unknown[]
}>

/** One statement, made of declared names and of placeholders only; the same text has the same name. */
export function tableQuery(settings: TableSettings, parameters: ParameterValues): TableQuery {
  const name = pg.escapeIdentifier
  const values: unknown[] = []
  const conditions = settings.keys.flatMap(({ column, parameter }) => {
    const value =
      parameters.path.get(parameter) ??
      parameters.query.get(parameter) ??
      parameters.body.get(parameter)
    if (value === undefined || value === null || value === '') return []
    values.push(value)
    return [`${name(column)} = $${values.length}`]
  })
  const order = settings.order.map(({ column, direction }) => `${name(column)} ${direction}`)
  // One more than is given out tells whether there are more.
  const limit = settings.rows === 'one' ? 1 : settings.rowsMax + 1
  const text = [
    `select ${settings.columns.map(name).join(', ')}`,
    `from ${name(settings.schema)}.${name(settings.table)}`,
    ...(conditions.length > 0 ? [`where ${conditions.join(' and ')}`] : []),
    ...(order.length > 0 ? [`order by ${order.join(', ')}`] : []),
    `limit ${limit}`,
  ].join(' ')
  return { name: hash('sha1', text), text, values }
}

const oids = { boolean: 16, int2: 21, int4: 23, json: 114, jsonb: 3802, timestamptz: 1184 } as const
const arrayOids = [1000, 1005, 1007, 1009, 1015]

/** Values as JSON has them: whole numbers up to 32 bits, text for every other number, times in UTC. */
export const tableTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number) => {
    switch (oid) {
      case oids.boolean:
        return (text: string) => text === 't'
      case oids.int2:
      case oids.int4:
        return Number
      case oids.json:
      case oids.jsonb:
        return (text: string) => JSON.parse(text) as unknown
      case oids.timestamptz:
        return (text: string) => new Date(text).toISOString()
      default:
        return arrayOids.includes(oid)
          ? pg.types.getTypeParser(oid, 'text')
          : (text: string) => text
    }
  }) as typeof pg.types.getTypeParser,
}
