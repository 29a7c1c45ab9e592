import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { digest } from '#kernel/crypto/digest.ts'
import { inTransaction, type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { type BankRow, parseBankFile } from './parse-bank-file.ts'

export type ImportBankStatement = Readonly<{
  operatorId: Id<'org'>
  /** The operator's own account the file is of. */
  account: string
  fileName: string
  content: Uint8Array
}>
export type ImportBankStatementResult =
  | Readonly<{ kind: 'imported'; importId: Id<'import'>; entries: number; alreadyKnown: number }>
  | Readonly<{ kind: 'already_imported'; importId: Id<'import'> }>

/**
 * Takes a bank's list of incoming payments in (R64), whole or not at all (BANK_FILE_INVALID names every
 * bad row). The same file twice is `already_imported`; an entry another file brought already is counted
 * and left as it is, unless it says something else now, which is refused as a bad row.
 */
export async function importBankStatement(
  ctx: Context,
  input: ImportBankStatement,
): Promise<ImportBankStatementResult> {
  requirePermission(ctx, 'bank_statement:import')
  requireOwn(ctx, input.operatorId)
  if (!/^[0-9A-Za-z-]{4,40}$/.test(input.account)) refuseValue('account', 'not_an_account')
  const rows = parseBankFile(input.content)
  const fileDigest = digest('sm3', input.content)
  try {
    return await inTransaction(ctx.db, async (tx) => {
      const earlier = await findImport(tx, input.operatorId, fileDigest)
      if (earlier !== undefined) return { kind: 'already_imported', importId: earlier }
      return insertImport(tx, ctx, { input, rows, fileDigest })
    })
  } catch (error) {
    if (violatedConstraint(error) !== 'bank_import_file_once') throw error
    const importId = await findImport(ctx.db, input.operatorId, fileDigest)
    invariant(importId !== undefined, 'the import that was first is there')
    return { kind: 'already_imported', importId }
  }
}

async function findImport(
  db: Context['db'],
  operatorId: string,
  fileDigest: string,
): Promise<Id<'import'> | undefined> {
  const row = await db
    .selectFrom('billing.bank_import')
    .select('id')
    .where('operator_id', '=', operatorId)
    .where('file_digest', '=', fileDigest)
    .executeTakeFirst()
  return row && (row.id as Id<'import'>)
}

async function insertImport(
  tx: Tx,
  ctx: Context,
  file: Readonly<{ input: ImportBankStatement; rows: readonly BankRow[]; fileDigest: string }>,
): Promise<ImportBankStatementResult> {
  const { input, rows } = file
  const importId = newId('import', ctx.clock)
  await tx
    .insertInto('billing.bank_import')
    .values({
      id: importId,
      operator_id: input.operatorId,
      file_name: input.fileName,
      file_digest: file.fileDigest,
      account: input.account,
      entry_count: rows.length,
      imported_by: actorId(ctx.actor),
      imported_at: ctx.clock.now(),
    })
    .execute()
  const entries = await insertEntries(tx, ctx, { input, rows, importId })
  const alreadyKnown = rows.length - entries
  await audit(tx, ctx, {
    action: 'bank_statement:import',
    objectType: 'bank_import',
    objectId: importId,
    detail: { entries, alreadyKnown, digest: file.fileDigest },
  })
  await announce(tx, ctx.clock, {
    kind: 'bank_statement.imported',
    jobId: `bank-statement-${importId}`,
    payload: { importId, operatorId: input.operatorId },
  })
  return { kind: 'imported', importId, entries, alreadyKnown }
}

async function insertEntries(
  tx: Tx,
  ctx: Context,
  file: Readonly<{ input: ImportBankStatement; rows: readonly BankRow[]; importId: string }>,
): Promise<number> {
  const { operatorId, account } = file.input
  let entries = 0
  for (const [index, row] of file.rows.entries()) {
    const inserted = await tx
      .insertInto('billing.bank_entry')
      .values({
        id: newId('bankentry', ctx.clock),
        import_id: file.importId,
        operator_id: operatorId,
        account,
        bank_reference: row.bankReference,
        paid_on: row.paidOn,
        amount_fen: row.amountFen,
        payer_name: row.payerName,
        payer_account: row.payerAccount,
        remark: row.remark,
        status: 'unmatched',
      })
      .onConflict((conflict) => conflict.constraint('bank_entry_once').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (inserted === undefined) await refuseIfChanged(tx, { operatorId, account, row, index })
    else entries += 1
  }
  return entries
}

async function refuseIfChanged(
  tx: Tx,
  at: Readonly<{ operatorId: string; account: string; row: BankRow; index: number }>,
): Promise<void> {
  const known = await tx
    .selectFrom('billing.bank_entry')
    .select(['amount_fen', 'paid_on', 'payer_name'])
    .where('operator_id', '=', at.operatorId)
    .where('account', '=', at.account)
    .where('bank_reference', '=', at.row.bankReference)
    .executeTakeFirstOrThrow()
  const same =
    known.amount_fen === at.row.amountFen &&
    known.paid_on === at.row.paidOn &&
    known.payer_name === at.row.payerName
  if (!same)
    throw new DomainError('BANK_FILE_INVALID', {
      rows: [{ row: at.index + 2, field: 'bank_reference', reason: 'known_with_other_values' }],
      count: 1,
    })
}
