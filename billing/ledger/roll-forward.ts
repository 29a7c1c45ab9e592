import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { assertNever, invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import {
  addMoney,
  type Money,
  moneyFromFen,
  negateMoney,
  sumMoney,
  zeroFen,
} from '#kernel/money.ts'
import type { TemplateName } from './templates.ts'

/** R64: opening + billed − received − written off = closing, by counterparty, from postings. */
export type RollForwardRow = Readonly<{
  buyerId: Id<'org'>
  openingFen: Money
  billedFen: Money
  receivedFen: Money
  writtenOffFen: Money
  closingFen: Money
}>
export type RollForward = Readonly<{
  rows: readonly RollForwardRow[]
  total: Omit<RollForwardRow, 'buyerId'>
}>

type Sums = Omit<RollForwardRow, 'buyerId'>

const nothing: Sums = {
  openingFen: zeroFen,
  billedFen: zeroFen,
  receivedFen: zeroFen,
  writtenOffFen: zeroFen,
  closingFen: zeroFen,
}

/**
 * Receivables over what was booked in [from, to), by buyer in order of id, from the postings alone. Each
 * row and the total foot, or it is our bug.
 */
export async function rollForwardReceivables(
  db: Database,
  input: Readonly<{ from: Date; to: Date }>,
): Promise<RollForward> {
  const result = await sql<{
    account: string
    template: TemplateName
    is_before: boolean
    amount: string
  }>`
    select p.account, t.template, p.booked_at < ${input.from}::timestamptz as is_before,
      sum(p.amount_fen)::text as amount
    from billing.posting p join billing.ledger_transaction t on t.id = p.transaction_id
    where p.booked_at < ${input.to}::timestamptz and p.account like 'buyer:%:receivable'
    group by 1, 2, 3
    order by 1, 2, 3`.execute(db)
  const rows = [...Map.groupBy(result.rows, (row) => row.account)].map(([account, parts]) => {
    const sums = parts.reduce(
      (sum, part) =>
        addPart(sum, part.is_before ? 'opening' : part.template, moneyFromFen(BigInt(part.amount))),
      nothing,
    )
    return foot({ buyerId: (account.split(':')[1] ?? '') as Id<'org'>, ...sums })
  })
  const total = foot({
    openingFen: sumMoney(rows.map((row) => row.openingFen)),
    billedFen: sumMoney(rows.map((row) => row.billedFen)),
    receivedFen: sumMoney(rows.map((row) => row.receivedFen)),
    writtenOffFen: sumMoney(rows.map((row) => row.writtenOffFen)),
    closingFen: sumMoney(rows.map((row) => row.closingFen)),
  })
  return { rows, total }
}

function addPart(sum: Sums, template: TemplateName | 'opening', amountFen: Money): Sums {
  const closing = { ...sum, closingFen: addMoney(sum.closingFen, amountFen) }
  switch (template) {
    case 'opening':
      return { ...closing, openingFen: addMoney(sum.openingFen, amountFen) }
    case 'billIssued':
      return { ...closing, billedFen: addMoney(sum.billedFen, amountFen) }
    case 'paymentReceived':
    case 'creditApplied':
    case 'prepaidDrawn':
      return { ...closing, receivedFen: addMoney(sum.receivedFen, negateMoney(amountFen)) }
    case 'topUpReceived':
    case 'balanceRefunded':
    case 'revenueSplit':
    case 'treasuryPaid':
      invariant(false, 'no receivable of a buyer is touched by the treasury or by a balance')
      return closing
    default:
      return assertNever(template)
  }
}

function foot<T extends Sums>(row: T): T {
  const { openingFen, billedFen, receivedFen, writtenOffFen, closingFen } = row
  invariant(
    openingFen + billedFen - receivedFen - writtenOffFen === closingFen,
    'a roll-forward foots',
  )
  return row
}
