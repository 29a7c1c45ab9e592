import {
  advanceBills,
  type BillHead,
  composeStatement,
  confirmBill,
  confirmBillByOperator,
  decideSplitRule,
  draftSplitRule,
  getStatement,
  importBankStatement,
  issueBill,
  listBankEntries,
  listBills,
  listStatements,
  matchPayment,
  matchPayments,
  recordTreasuryPayment,
  runBills,
  signStatement,
  type SigningStep,
} from '#billing/index.ts'
import { buyers } from '#demo/city/organizations.ts'
import { sampleSplitRule } from '#demo/city/prices.ts'
import { sampleMark } from '#demo/city/sample.ts'
import { invariant } from '#kernel/errors.ts'
import { addDays, dayOf, type Month } from '#kernel/period.ts'
import { buyerPerson } from './admit-buyers.ts'
import { bankAccount, bankStatementOf, remarkless, whoPays } from './bank-statement.ts'
import type { OfficeEntry } from './office-diary.ts'
import { whenUsageIsIn } from './when-usage-is-in.ts'
import { as, asSetUp, of, type World } from './world.ts'

/** The sample split rule: drafted by the data bureau, approved by both (R67). */
export async function agreeOnSplit(world: World): Promise<void> {
  const { ruleId, formDigest } = await draftSplitRule(as(world, 'data_bureau'), {
    operatorId: of(world.organizations, 'operator'),
    title: `政企收益分配规则（${sampleMark}）`,
    rule: sampleSplitRule,
    reason: `试运行首版（${sampleMark}）`,
    documentId: of(world.documents, 'split'),
    effectiveFromMonth: world.calendar.fullMonths[0],
    isSample: true,
  })
  for (const bureau of ['data_bureau_second', 'finance_bureau'])
    await decideSplitRule(as(world, bureau), {
      ruleId,
      verdict: 'approved',
      formDigest,
      opinion: `同意（${sampleMark}）`,
    })
}

/** Does what the diary says, as the people whose work it is. */
export async function doOfficeWork(world: World, entry: OfficeEntry): Promise<void> {
  world.clock.moveTo(entry.at)
  switch (entry.work) {
    case 'run_bills':
      return makeBills(world, entry.month)
    case 'issue_bills':
      return issueBills(world, entry.month)
    case 'confirm_bills':
      return confirmBills(world, entry.month)
    case 'import_payments':
      return importPayments(world, entry.month)
    case 'compose_statement':
      return makeStatement(world, entry.month)
    case 'sign_statement':
      return sign(world, entry.month, ['prepare', 'check', 'submit', 'confirm'])
    case 'review_statement':
      return sign(world, entry.month, ['review'])
    case 'pay_treasury':
      return payTreasury(world, entry.month)
  }
}

async function makeBills(world: World, month: Month): Promise<void> {
  const operatorId = of(world.organizations, 'operator')
  const result = await whenUsageIsIn(() =>
    runBills(as(world, 'operator_maker'), { operatorId, month }),
  )
  const parked = result.outcomes.filter((outcome) => outcome.kind === 'parked')
  invariant(parked.length === 0, `no bill of ${month} is parked`)
}

function billsOf(world: World, month: Month): Promise<BillHead[]> {
  return listBills(as(world, 'operator_checker'), { month })
}

async function issueBills(world: World, month: Month): Promise<void> {
  for (const { billId } of await billsOf(world, month)) {
    await confirmBillByOperator(as(world, 'operator_checker'), { billId })
    await issueBill(as(world, 'operator_head'), { billId })
  }
}

/** Two buyers never answer: their bills are confirmed by silence. */
async function confirmBills(world: World, month: Month): Promise<void> {
  const silent = ['dental_chain', 'travel_agency'].map((key) => of(world.organizations, key))
  for (const bill of await billsOf(world, month)) {
    if (silent.includes(bill.buyerId)) continue
    await confirmBill(as(world, personOf(world, bill)), { billId: bill.billId })
  }
}

function personOf(world: World, bill: BillHead): string {
  const buyer = buyers.find((each) => of(world.organizations, each.key) === bill.buyerId)
  invariant(buyer, 'every bill is of a buyer of the city')
  return buyerPerson(world, buyer.key)
}

/** The operator's bank statement: most pay in full and name the bill, a few do not. */
async function importPayments(world: World, month: Month): Promise<void> {
  const operatorId = of(world.organizations, 'operator')
  await advanceBills(asSetUp(world), { operatorId })
  const due = (await billsOf(world, month)).filter((bill) => bill.outstandingFen > 0n)
  const paidOn = dayOf(world.clock.now())
  const lastMonth = world.calendar.fullMonths[2]
  const paying = whoPays(due, { isLastMonth: month === lastMonth })
  await importBankStatement(as(world, 'operator_maker'), {
    operatorId,
    account: bankAccount,
    fileName: `bank-${paidOn}.csv`,
    content: bankStatementOf(paying, paidOn),
  })
  await matchPayments(as(world, 'operator_checker'), { operatorId })
  await matchByHand(world, paying)
}

/** Somebody forgot the bill's number; the operator finds the bill by the payer's name. */
async function matchByHand(
  world: World,
  paying: readonly Readonly<{ bill: BillHead }>[],
): Promise<void> {
  const open = await listBankEntries(as(world, 'operator_maker'), { status: 'unmatched' })
  for (const { bankEntryId, payerName, remark } of open) {
    const bill = paying.find((each) => each.bill.buyerName === payerName)?.bill
    if (bill === undefined || remark !== remarkless) continue
    await matchPayment(as(world, 'operator_checker'), {
      bankEntryId,
      buyerId: bill.buyerId,
      billIds: [bill.billId],
    })
  }
}

async function makeStatement(world: World, month: Month): Promise<void> {
  const operatorId = of(world.organizations, 'operator')
  const result = await composeStatement(as(world, 'operator_maker'), { operatorId, month })
  invariant(result.kind !== 'not_ready', `the statement of ${month} can be composed`)
}

const signers: Readonly<Record<SigningStep, string>> = {
  prepare: 'operator_maker',
  check: 'operator_checker',
  submit: 'operator_head',
  confirm: 'data_bureau',
  review: 'finance_bureau',
}

async function sign(world: World, month: Month, steps: readonly SigningStep[]): Promise<void> {
  for (const step of steps) {
    const ctx = as(world, signers[step])
    const head = await statementOf(world, month)
    await signStatement(ctx, {
      versionId: head.versionId,
      step,
      opinion: `同意（${sampleMark}）`,
      contentDigest: head.contentDigest,
      reauthenticatedAt: ctx.clock.now(),
      ...(step === 'review' && head.governmentShareFen > 0n
        ? { treasuryNotice: noticeFor(world, month) }
        : {}),
    })
  }
}

async function statementOf(world: World, month: Month) {
  const [head] = await listStatements(as(world, 'finance_bureau'), { month })
  invariant(head, `there is a statement of ${month}`)
  return head
}

function noticeFor(world: World, month: Month) {
  return {
    itemName: `国有资源（资产）有偿使用收入（${sampleMark}）`,
    paymentCode: `示例缴款码-${month}`,
    dueOn: addDays(dayOf(world.clock.now()), 10),
  }
}

/** Paid gross, to the fen (R75). The first month's statement has no receipts yet, so nothing is to be paid. */
async function payTreasury(world: World, month: Month): Promise<void> {
  const { statementId, governmentShareFen } = await statementOf(world, month)
  const statement = await getStatement(as(world, 'finance_bureau'), { statementId })
  if (statement.treasuryPayment === null) return
  await recordTreasuryPayment(as(world, 'finance_bureau'), {
    statementId,
    amountFen: governmentShareFen,
    paidOn: dayOf(world.clock.now()),
    receiptNumber: `示例财政票据-${month}`,
  })
}
