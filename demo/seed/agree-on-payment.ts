import {
  importBankStatement,
  listBankEntries,
  recordTopUp,
  setAccountTerms,
} from '#billing/index.ts'
import { accounts } from '#demo/city/accounts.ts'
import { buyers } from '#demo/city/organizations.ts'
import { sampleMark } from '#demo/city/sample.ts'
import { parseMoneyYuan } from '#kernel/money.ts'
import { dayOf } from '#kernel/period.ts'
import { bankAccount, topUpStatementOf } from './bank-statement.ts'
import { as, of, type World } from './world.ts'

/** How buyers pay is decided, and what some pay ahead arrives (R63). */
export async function agreeOnPayment(world: World): Promise<void> {
  for (const { buyer, terms } of accounts) {
    if (terms === undefined) continue
    const { mode, creditLimitYuan } = terms
    await setAccountTerms(as(world, 'operator_head'), {
      buyerId: of(world.organizations, buyer),
      paymentMode: mode,
      creditLimitFen: creditLimitYuan === undefined ? null : parseMoneyYuan(creditLimitYuan),
      reason: `按开发利用协议约定（${sampleMark}）`,
    })
  }
  await importTopUps(world)
}

async function importTopUps(world: World): Promise<void> {
  const paidOn = dayOf(world.clock.now())
  const paying = accounts.flatMap(({ buyer, topUpYuan }) => {
    const payerName = buyers.find(({ key }) => key === buyer)?.name
    return topUpYuan === undefined || payerName === undefined
      ? []
      : [{ buyer, payerName, topUpYuan }]
  })
  await importBankStatement(as(world, 'operator_maker'), {
    operatorId: of(world.organizations, 'operator'),
    account: bankAccount,
    fileName: `top-up-${paidOn}.csv`,
    content: topUpStatementOf(paying, paidOn),
  })
  for (const entry of await listBankEntries(as(world, 'operator_maker'), { status: 'unmatched' })) {
    const payer = paying.find(({ payerName }) => payerName === entry.payerName)
    if (payer === undefined) continue
    await recordTopUp(as(world, 'operator_checker'), {
      bankEntryId: entry.bankEntryId,
      buyerId: of(world.organizations, payer.buyer),
    })
  }
}
