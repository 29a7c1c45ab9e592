import { sql } from 'kysely'
import type { Tx } from './database.ts'

/**
 * The next number of a gapless series such as `bill-2026`. The series stays locked until the
 * transaction ends, so a rolled-back document leaves no hole; take the number last.
 */
export async function nextNumber(tx: Tx, series: string): Promise<bigint> {
  const row = await tx
    .insertInto('kernel.number_sequence')
    .values({ name: series, last_number: 1n })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        last_number: sql<bigint>`kernel.number_sequence.last_number + 1`,
      }),
    )
    .returning('last_number')
    .executeTakeFirstOrThrow()
  return row.last_number
}

/** `ZD-2026-000042`: a readable document number from a series that starts anew each year. */
export async function nextDocumentNumber(
  tx: Tx,
  input: { prefix: string; year: number },
): Promise<string> {
  const number = await nextNumber(tx, `${input.prefix}-${input.year}`)
  return `${input.prefix}-${input.year}-${number.toString().padStart(6, '0')}`
}
