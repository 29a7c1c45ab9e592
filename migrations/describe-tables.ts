import pg from 'pg'

type Column = Readonly<{
  schema: string
  table: string
  column: string
  type: string
  nullable: boolean
  generated: boolean
  hasDefault: boolean
}>

const plainTypes: Record<string, string> = {
  text: 'string',
  'text[]': 'string[]',
  integer: 'number',
  smallint: 'number',
  bigint: 'bigint',
  boolean: 'boolean',
  date: 'string',
  tstzrange: 'string',
  uuid: 'string',
}

/** Numbers with a fraction arrive as text and are given as text; documents arrive parsed and are given as text. */
const wrappedTypes: Record<string, string> = {
  numeric: 'string',
  jsonb: 'JsonColumn',
  'timestamp with time zone': 'Date',
}

const header = `/* Written by \`node migrations/write-tables.ts\` from a freshly migrated database; a test compares the two. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** Read as an unknown to be parsed at the row, written as JSON text. */
type JsonColumn = ColumnType<unknown, string, string>
type OptionalJsonColumn = ColumnType<unknown, string | null | undefined, string | null>
`

/** The TypeScript description of every table of our schemas, as `tables.ts` must read. */
export async function describeTables(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const columns = await readColumns(client)
    const unions = await readUnions(client)
    return render(columns, unions)
  } finally {
    await client.end()
  }
}

async function readColumns(client: pg.Client): Promise<Column[]> {
  const { rows } = await client.query<Column>(`
    select n.nspname as schema, c.relname as table, a.attname as column,
      regexp_replace(format_type(a.atttypid, a.atttypmod), '\\(.*?\\)', '') as type,
      not a.attnotnull as nullable, a.attidentity <> '' as generated, a.atthasdef as "hasDefault"
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('kernel', 'auth', 'governance', 'metering', 'billing', 'oversight')
      and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
    order by n.nspname, c.relname, a.attnum`)
  return rows
}

/** Checks of the form \`column in ('a', 'b')\` become unions of literals. */
async function readUnions(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ key: string; definition: string }>(`
    select n.nspname || '.' || c.relname || '.' || a.attname as key, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
    where k.contype = 'c' and cardinality(k.conkey) = 1 and not c.relispartition`)
  const unions = new Map<string, string>()
  for (const { key, definition } of rows) {
    const list = /^CHECK \(\(\w+ = ANY \(ARRAY\[(.*)\]\)\)\)$/.exec(definition)?.[1]
    const values = list?.match(/'[^']*'/g)
    if (values) unions.set(key, values.join(' | '))
  }
  return unions
}

function render(columns: readonly Column[], unions: ReadonlyMap<string, string>): string {
  const tables = Map.groupBy(columns, (column) => `${column.schema}.${column.table}`)
  const interfaces: string[] = []
  const entries: string[] = []
  for (const [name, members] of tables) {
    const typeName = name
      .split(/[._]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')
    const lines = members.map((column) => {
      const key = /^[a-z_]+$/.test(column.column) ? column.column : `'${column.column}'`
      return `  ${/^\w+$/.test(column.column) ? column.column : key}: ${columnType(column, unions)}`
    })
    interfaces.push(`export interface ${typeName}Table {\n${lines.join('\n')}\n}`)
    entries.push(`  '${name}': ${typeName}Table`)
  }
  const all = `/** Every table by its full name, as kysely addresses it. */\nexport interface Tables {\n${entries.join('\n')}\n}`
  return [header, ...interfaces, all].join('\n') + '\n'
}

function columnType(column: Column, unions: ReadonlyMap<string, string>): string {
  const union = unions.get(`${column.schema}.${column.table}.${column.column}`)
  const base = union ?? plainTypes[column.type] ?? wrappedTypes[column.type]
  if (!base)
    throw new Error(`no TypeScript type for ${column.type} of ${column.table}.${column.column}`)
  const valued = column.nullable ? `${base} | null` : base
  if (column.type === 'jsonb')
    return column.nullable || column.hasDefault ? 'OptionalJsonColumn' : 'JsonColumn'
  if (column.generated) return `GeneratedAlways<${valued}>`
  return column.hasDefault ? `Generated<${valued}>` : valued
}
