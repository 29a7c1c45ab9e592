import type { PoolClient } from 'pg'

/** A role that could change the provider's data, or more. It is refused before it reads anything. */
export class NotAReader extends Error {
  override readonly name = 'NotAReader'
  /** What it can do beside reading: `rules`, `makes`, `owns`, `writes`. */
  readonly rights: readonly string[]

  constructor(rights: readonly string[]) {
    super(`the role ${rights.join(', ')}`)
    this.rights = rights
  }
}

const rightsText = `
  with me as (select * from pg_roles where rolname = current_user),
  relation as (
    select c.oid, c.relowner, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))
  select
    (select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls from me) as rules,
    has_database_privilege(current_database(), 'CREATE')
      or exists (select from pg_namespace n where n.nspname !~ '^pg_' and has_schema_privilege(n.oid, 'CREATE')) as makes,
    exists (select from relation where pg_has_role(relowner, 'MEMBER')) as owns,
    exists (select from relation where relkind in ('r', 'p', 'v', 'f')
      and (has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        or has_any_column_privilege(oid, 'INSERT, UPDATE'))) as writes`

/**
 * Makes sure of a new connection that its role can do nothing but read (R101): neither a superuser nor one
 * who may make roles, databases or tables, owner of nothing, without the right to write anything.
 * Errors: NotAReader.
 */
export async function requireReader(client: PoolClient): Promise<void> {
  const { rows } = await client.query<Record<string, boolean>>(rightsText)
  const rights = Object.entries(rows[0] ?? { unknown: true }).filter(([, has]) => has)
  if (rights.length > 0) throw new NotAReader(rights.map(([right]) => right))
}
