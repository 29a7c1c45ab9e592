import { CompiledQuery } from 'kysely'
import type { PoolClient } from 'pg'
import type { Tx } from '#kernel/database.ts'

/** What writes a batch: the writer's own connection, or a verb's transaction. */
export type SqlClient = Pick<PoolClient, 'query'>

type Statement = string | Readonly<{ text: string; values?: readonly unknown[] }>

/** A verb's transaction as the writer's code takes it, so that both write in one and the same way. */
export function sqlClientOf(tx: Tx): SqlClient {
  const query = async (statement: Statement, values?: readonly unknown[]): Promise<unknown> => {
    const { text, values: own } =
      typeof statement === 'string' ? { text: statement, values: undefined } : statement
    const result = await tx.executeQuery(CompiledQuery.raw(text, [...(values ?? own ?? [])]))
    return { rows: result.rows, rowCount: Number(result.numAffectedRows ?? result.rows.length) }
  }
  // pg's `query` is overloaded for callbacks and cursors, which the writer does not use.
  return { query } as unknown as SqlClient
}
