import { importBankStatement, recordTopUp, type RecordTopUpResult } from '#billing/index.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, type Money } from '#kernel/money.ts'
import { dayOf } from '#kernel/period.ts'
import type { BillingCity } from './billing.ts'

let entries = 0

/** A bank entry of the buyer, found by the operator's maker in a file of its own. */
export async function importEntry(
  city: Pick<BillingCity, 'clock' | 'maker' | 'market'>,
  of: Readonly<{ amountFen: Money; remark?: string }>,
): Promise<Id<'bankentry'>> {
  entries += 1
  const reference = `TOP-${entries}`
  const row = [
    reference,
    dayOf(city.clock.now()),
    formatYuan(of.amountFen),
    '咸宁示例银行',
    '62',
    of.remark ?? '充值',
  ]
  const imported = await importBankStatement(city.maker, {
    operatorId: city.market.operatorId,
    account: '1001-2002',
    fileName: `${reference}.csv`,
    content: new TextEncoder().encode(
      `bank_reference,paid_on,amount_yuan,payer_name,payer_account,remark\n${row.join(',')}`,
    ),
  })
  const entry = await city.maker.db
    .selectFrom('billing.bank_entry')
    .select('id')
    .where('import_id', '=', imported.importId)
    .executeTakeFirstOrThrow()
  return entry.id as Id<'bankentry'>
}

/** Money the buyer paid ahead. */
export async function giveTopUp(
  city: Pick<BillingCity, 'clock' | 'maker' | 'market' | 'buyerId'>,
  of: Readonly<{ amountFen: Money }>,
): Promise<RecordTopUpResult> {
  const bankEntryId = await importEntry(city, of)
  return recordTopUp(city.maker, { bankEntryId, buyerId: city.buyerId })
}
