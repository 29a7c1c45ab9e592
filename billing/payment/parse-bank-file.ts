import { parse } from 'csv-parse/sync'
import { DomainError } from '#kernel/errors.ts'
import { type Money, parseMoneyYuan } from '#kernel/money.ts'
import { type Day, isDay } from '#kernel/period.ts'

export type BankRow = Readonly<{
  bankReference: string
  paidOn: Day
  amountFen: Money
  payerName: string
  payerAccount: string
  remark: string
}>
export type BadBankRow = Readonly<{ row: number; field: string; reason: string }>

/** The columns of a file, in this order, in either language. */
export const bankColumns = {
  en: ['bank_reference', 'paid_on', 'amount_yuan', 'payer_name', 'payer_account', 'remark'],
  zh: ['交易流水号', '交易日期', '收入金额', '付款人名称', '付款人账号', '附言'],
} as const

const rowsMax = 20_000
const badRowsToldMax = 100

/**
 * Reads a bank's list of incoming payments: CSV in UTF-8, the header as in bankColumns, an amount above
 * zero with two decimals. All or nothing: BANK_FILE_INVALID names each bad row, counted as in a table
 * (the header is row 1).
 */
export function parseBankFile(content: Uint8Array): BankRow[] {
  const rows = readCsv(content)
  const [header, ...body] = rows
  const isKnown = [bankColumns.en, bankColumns.zh].some(
    (columns) => columns.join() === header?.map((cell) => cell.trim()).join(),
  )
  if (!isKnown) refuseRows([{ row: 1, field: 'header', reason: 'unexpected_columns' }])
  if (body.length === 0) refuseRows([{ row: 2, field: 'file', reason: 'no_rows' }])
  if (body.length > rowsMax)
    refuseRows([{ row: rowsMax + 2, field: 'file', reason: 'too_many_rows' }])
  const bad: BadBankRow[] = []
  const seen = new Map<string, number>()
  const read = body.map((cells, index) => {
    const row = index + 2
    const problems = problemsOf(cells, row)
    const reference = (cells[0] ?? '').trim()
    const first = seen.get(reference)
    if (reference !== '' && first !== undefined)
      problems.push({ row, field: 'bank_reference', reason: `same_as_row_${first}` })
    seen.set(reference, first ?? row)
    bad.push(...problems)
    return problems.length === 0 ? rowOf(cells) : undefined
  })
  if (bad.length > 0) refuseRows(bad)
  return read.filter((row) => row !== undefined)
}

function readCsv(content: Uint8Array): string[][] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    refuseRows([{ row: 1, field: 'file', reason: 'not_utf8' }])
  }
  try {
    return parse(text, { skip_empty_lines: true, relax_column_count: true })
  } catch (error) {
    const line =
      error instanceof Error && 'lines' in error && typeof error.lines === 'number'
        ? error.lines
        : 1
    refuseRows([{ row: line, field: 'file', reason: 'not_csv' }])
  }
}

function problemsOf(cells: readonly string[], row: number): BadBankRow[] {
  if (cells.length !== bankColumns.en.length)
    return [{ row, field: 'columns', reason: 'wrong_number_of_columns' }]
  const [reference = '', paidOn = '', amount = '', payerName = ''] = cells.map((cell) =>
    cell.trim(),
  )
  const problems: BadBankRow[] = []
  if (reference === '' || reference.length > 64)
    problems.push({ row, field: 'bank_reference', reason: 'empty_or_too_long' })
  if (!isDay(paidOn)) problems.push({ row, field: 'paid_on', reason: 'not_a_day' })
  if (!isAmount(amount)) problems.push({ row, field: 'amount_yuan', reason: 'not_an_amount' })
  if (payerName === '') problems.push({ row, field: 'payer_name', reason: 'empty' })
  return problems
}

function isAmount(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,12})\.[0-9]{2}$/.test(text) && parseMoneyYuan(text) > 0n
}

function rowOf(cells: readonly string[]): BankRow {
  const [
    bankReference = '',
    paidOn = '',
    amount = '',
    payerName = '',
    payerAccount = '',
    remark = '',
  ] = cells.map((cell) => cell.trim())
  return {
    bankReference,
    paidOn: paidOn as Day,
    amountFen: parseMoneyYuan(amount),
    payerName,
    payerAccount,
    remark,
  }
}

function refuseRows(rows: readonly BadBankRow[]): never {
  throw new DomainError('BANK_FILE_INVALID', {
    rows: rows.slice(0, badRowsToldMax),
    count: rows.length,
  })
}
