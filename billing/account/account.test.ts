import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  advanceBills,
  applyCredit,
  confirmBill,
  confirmBillByOperator,
  decideRefund,
  getBill,
  issueBill,
  listAccounts,
  listMovements,
  listReceipts,
  matchPayment,
  proveLedger,
  recordTopUp,
  requestRefund,
  runBills,
  setAccountTerms,
  sumBalances,
} from '#billing/index.ts'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, moneyFromFen } from '#kernel/money.ts'
import { type Month, monthPeriod, parseMonth } from '#kernel/period.ts'
import { decideUsageCorrection, proposeUsageCorrection } from '#metering/index.ts'
import { giveTopUp, importEntry } from '#tests/builders/account.ts'
import { type BillingCity, buildBillingCity } from '#tests/builders/billing.ts'
import { contextOf, person } from '#tests/builders/market.ts'
import { insertUsage, setWatermark } from '#tests/builders/usage.ts'
import { type Deed, doBeside, useDatabase } from '#tests/harness/index.ts'

const database = useDatabase()
let city: BillingCity
let priceReference: string
const june = parseMonth('2026-06')
const july = parseMonth('2026-07')

beforeEach(async () => {
  city = await buildBillingCity(database)
  await sql`select setval('metering.batch_number', 100)`.execute(database.ownerDb)
  const price = await database.db
    .selectFrom('billing.posted_price')
    .select('id')
    .executeTakeFirstOrThrow()
  priceReference = price.id
})

/** Calls as a gateway sends them: 100 cost 0.040 each, further ones 0.035; a budget counts 0.040 for each. */
async function use(month: Month, batch: bigint, count: number, offsetMs = 0): Promise<void> {
  const from = new Date(monthPeriod(month).from.getTime() + offsetMs)
  await insertUsage(database.db, {
    ...{ buyerId: city.buyerId, subscriptionId: city.subscriptionId, productId: city.productId },
    scenarioId: city.market.industryScenarioId,
    purposeClass: 'industry',
    ...{ from, count, batch, priceReference, bootId: 'boot_test' },
  })
}

/** The month's bill, issued two hours after its end. */
async function bill(month: Month): Promise<Id<'bill'>> {
  const { to } = monthPeriod(month)
  city.clock.set(new Date(to.getTime() + 7_200_000))
  await setWatermark(database.db, city.clock.now())
  const run = await runBills(city.maker, { operatorId: city.market.operatorId, month })
  const outcome = run.kind === 'ran' ? run.outcomes[0] : undefined
  if (outcome?.kind !== 'composed') throw new Error(`no bill: ${JSON.stringify(outcome)}`)
  await confirmBillByOperator(city.checker, { billId: outcome.billId })
  await issueBill(city.head, { billId: outcome.billId })
  return outcome.billId
}

const topUp = (fen: bigint) => giveTopUp(city, { amountFen: moneyFromFen(fen) })

const terms = (paymentMode: 'prepaid' | 'postpaid', limit: bigint | null) => {
  city.clock.advance(1)
  return setAccountTerms(city.head, {
    ...{ buyerId: city.buyerId, paymentMode, reason: '示例' },
    creditLimitFen: limit === null ? null : moneyFromFen(limit),
  })
}

/** The account as its buyer sees it, in yuan. */
async function account() {
  const [view] = await listAccounts(city.buyer)
  if (!view) throw new Error('the buyer has an account')
  return {
    balance: formatYuan(view.balanceFen),
    owed: formatYuan(view.owedFen),
    unbilled: formatYuan(view.unbilledFen),
    available: view.availableFen === null ? null : formatYuan(view.availableFen),
  }
}

async function ledgerOf(ending: string): Promise<string> {
  const balances = await sumBalances(database.db)
  const found = balances.find((each) => each.account.endsWith(ending))
  return formatYuan(found?.balanceFen ?? moneyFromFen(0n))
}

const receipts = () =>
  listReceipts(database.db, {
    operatorId: city.market.operatorId,
    from: new Date(0),
    to: new Date('2027-01-01'),
  })

describe('a top-up', () => {
  test('is a liability and no revenue; recorded twice it is a result', async () => {
    const entry = await importEntry(city, { amountFen: moneyFromFen(10_000n) })
    const record = () => recordTopUp(city.maker, { bankEntryId: entry, buyerId: city.buyerId })
    expect(await record()).toMatchObject({ kind: 'recorded', balanceFen: 10_000n })
    expect(await record()).toMatchObject({ kind: 'already_recorded', balanceFen: 10_000n })
    expect([await ledgerOf(':prepaid'), await ledgerOf(':bank')]).toEqual(['-100.00', '100.00'])
    expect(await receipts()).toEqual([])
    expect((await proveLedger(database.db)).holds).toBe(true)
  })

  test('is not a matched payment, nor the other way round', async () => {
    await use(june, 1n, 150)
    const billId = await bill(june)
    const matched = await importEntry(city, { amountFen: moneyFromFen(100n) })
    await matchPayment(city.maker, { bankEntryId: matched, buyerId: city.buyerId, billIds: [] })
    await expect(
      recordTopUp(city.maker, { bankEntryId: matched, buyerId: city.buyerId }),
    ).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    const paid = await importEntry(city, { amountFen: moneyFromFen(100n) })
    const { paymentId } = await recordTopUp(city.maker, {
      bankEntryId: paid,
      buyerId: city.buyerId,
    })
    await expect(
      matchPayment(city.maker, { bankEntryId: paid, buyerId: city.buyerId, billIds: [billId] }),
    ).rejects.toMatchObject({ code: 'PAYMENT_IS_A_TOP_UP' })
    await expect(applyCredit(city.maker, { paymentId, billId })).rejects.toMatchObject({
      code: 'PAYMENT_IS_A_TOP_UP',
    })
  })

  test('wrong roles and other operators are refused', async () => {
    const entry = await importEntry(city, { amountFen: moneyFromFen(100n) })
    const input = { bankEntryId: entry, buyerId: city.buyerId }
    await expect(recordTopUp(city.head, input)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(recordTopUp(city.buyer, input)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(recordTopUp(stranger('operator_maker'), input)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

function stranger(role: 'operator_maker' | 'operator_checker'): Context {
  return contextOf(
    database.db,
    city.clock,
    person({ organizationId: city.market.bureauId, organizationKind: 'operator', role }),
  )
}

describe('a bill draws on the balance', () => {
  test('when it is confirmed, and is received as a matched payment would be', async () => {
    await topUp(10_000n)
    await terms('prepaid', null)
    await use(june, 1n, 150)
    // 150 × 0.040 are counted until the bill knows the tiers: 100 × 0.040 + 50 × 0.035 = 5.75.
    expect(await account()).toEqual({
      balance: '100.00',
      owed: '0.00',
      unbilled: '6.00',
      available: '94.00',
    })
    const billId = await bill(june)
    expect(await account()).toEqual({
      balance: '100.00',
      owed: '5.75',
      unbilled: '0.00',
      available: '94.25',
    })
    expect((await getBill(city.buyer, { billId })).status).toBe('issued')
    await confirmBill(city.buyer, { billId })
    expect((await getBill(city.buyer, { billId })).status).toBe('paid')
    expect(await account()).toEqual({
      balance: '94.25',
      owed: '0.00',
      unbilled: '0.00',
      available: '94.25',
    })
    // 5.75 ÷ 1.06 = 5.42
    expect(await receipts()).toMatchObject([{ billId, amountFen: 575n, netFen: 542n, taxFen: 33n }])
    expect([await ledgerOf(':prepaid'), await ledgerOf(':receivable')]).toEqual(['-94.25', '0.00'])
    expect((await proveLedger(database.db)).holds).toBe(true)
    const moved = await listMovements(city.buyer, {
      buyerId: city.buyerId,
      operatorId: city.market.operatorId,
    })
    expect(
      moved.map(({ kind, amountFen, balanceAfterFen }) => [kind, amountFen, balanceAfterFen]),
    ).toEqual([
      ['draw', -575n, 9_425n],
      ['top_up', 10_000n, 10_000n],
    ])
  })

  test('by silence too, as far as it reaches; the next top-up pays the rest', async () => {
    await topUp(200n)
    await use(june, 1n, 150)
    const billId = await bill(june)
    city.clock.advance(10 * 86_400_000)
    expect(await advanceBills(city.head)).toMatchObject({ confirmedBySilence: 1 })
    expect(await getBill(city.buyer, { billId })).toMatchObject({
      status: 'part_paid',
      settledFen: 200n,
    })
    expect((await account()).balance).toBe('0.00')
    expect(await topUp(1_000n)).toMatchObject({ balanceFen: 625n })
    expect((await getBill(city.buyer, { billId })).status).toBe('paid')
    const parts = (await receipts()).map(({ netFen, taxFen }) => netFen + taxFen)
    expect(parts).toEqual([200n, 375n])
    expect((await proveLedger(database.db)).holds).toBe(true)
  })

  test('confirmed while a top-up is being recorded too, whichever is first', async () => {
    for (const [month, isTopUpFirst] of [[june, true] as const, [july, false] as const]) {
      await use(month, month === june ? 1n : 2n, 150)
      const billId = await bill(month)
      const entry = await importEntry(city, { amountFen: moneyFromFen(575n) })
      const record: Deed = [
        (ctx) => recordTopUp(ctx, { bankEntryId: entry, buyerId: city.buyerId }),
        city.maker,
      ]
      const confirm: Deed = [(ctx) => confirmBill(ctx, { billId }), city.buyer]
      await (isTopUpFirst ? doBeside(record, confirm) : doBeside(confirm, record))
      expect((await getBill(city.buyer, { billId })).status).toBe('paid')
      expect(await account()).toMatchObject({ balance: '0.00', owed: '0.00' })
    }
  })

  test('from the oldest top-up on, across several', async () => {
    await topUp(300n)
    city.clock.advance(1_000)
    await topUp(300n)
    await use(june, 1n, 150)
    await confirmBill(city.buyer, { billId: await bill(june) })
    expect((await receipts()).map(({ amountFen }) => amountFen)).toEqual([300n, 275n])
    expect((await account()).balance).toBe('0.25')
  })
})

describe('what may still be used', () => {
  test('credit counts bills owed and use not billed; a payment frees it', async () => {
    await terms('postpaid', 1_000n)
    await use(june, 1n, 150)
    expect(await account()).toMatchObject({ unbilled: '6.00', available: '4.00' })
    const billId = await bill(june)
    expect(await account()).toMatchObject({ owed: '5.75', available: '4.25' })
    await use(july, 2n, 50)
    expect(await account()).toMatchObject({ owed: '5.75', unbilled: '2.00', available: '2.25' })
    const entry = await importEntry(city, { amountFen: moneyFromFen(575n) })
    await matchPayment(city.maker, { bankEntryId: entry, buyerId: city.buyerId, billIds: [billId] })
    expect(await account()).toMatchObject({ owed: '0.00', unbilled: '2.00', available: '8.00' })
  })

  test('a late item is unbilled until the next bill takes it over', async () => {
    await terms('postpaid', 10_000n)
    await use(june, 1n, 10)
    await bill(june)
    await use(june, 2n, 5, 86_400_000)
    await use(july, 3n, 10)
    expect(await account()).toMatchObject({ owed: '0.40', unbilled: '0.60' })
    await bill(july)
    expect(await account()).toMatchObject({ owed: '1.00', unbilled: '0.00', available: '99.00' })
  })

  test('a voided call is given back at once, before and after its bill', async () => {
    await terms('postpaid', 10_000n)
    await use(june, 1n, 10)
    await voidOne(june)
    expect(await account()).toMatchObject({ unbilled: '0.36', available: '99.64' })
    await bill(june)
    expect(await account()).toMatchObject({ owed: '0.36', unbilled: '0.00', available: '99.64' })
    await voidOne(june)
    // The line is not issued yet: 0.035 is the least the next bill takes back.
    expect(await account()).toMatchObject({ owed: '0.36', available: '99.67' })
    await use(july, 1_000n, 1)
    await bill(july)
    expect(await account()).toMatchObject({ owed: '0.36', unbilled: '0.00', available: '99.64' })
  })

  test('a limit begins when it says, and the latest decision that has begun holds', async () => {
    await terms('postpaid', 1_000n)
    const later = new Date(city.clock.now().getTime() + 86_400_000)
    await setAccountTerms(city.head, {
      ...{ buyerId: city.buyerId, paymentMode: 'postpaid', reason: '提高' },
      creditLimitFen: moneyFromFen(2_000n),
      effectiveFrom: later,
    })
    expect((await account()).available).toBe('10.00')
    city.clock.set(later)
    expect((await account()).available).toBe('20.00')
  })

  test.each([
    ['a maker', () => city.maker, 'FORBIDDEN'],
    ['a checker', () => city.checker, 'FORBIDDEN'],
    ['the buyer', () => city.buyer, 'FORBIDDEN'],
    ['the bureau', () => city.bureau, 'FORBIDDEN'],
  ])('is not decided by %s', async (_who, ctx, code) => {
    const input = {
      buyerId: city.buyerId,
      paymentMode: 'prepaid',
      creditLimitFen: null,
      reason: 'x',
    } as const
    await expect(setAccountTerms(ctx(), input)).rejects.toMatchObject({ code })
  })

  test('prepaid has no credit, and nothing is decided for the past', async () => {
    await expect(terms('prepaid', 100n)).rejects.toMatchObject({ code: 'CREDIT_TERMS_NOT_ALLOWED' })
    await expect(
      setAccountTerms(city.head, {
        ...{ buyerId: city.buyerId, paymentMode: 'prepaid', creditLimitFen: null, reason: 'x' },
        effectiveFrom: new Date(city.clock.now().getTime() - 1),
      }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })
})

/** The first call of a month that still counts, voided by two people. */
async function voidOne(month: Month): Promise<void> {
  const { from, to } = monthPeriod(month)
  const event = await database.db
    .selectFrom('metering.usage_event as e')
    .select('e.event_id')
    .where('e.occurred_at', '>=', from)
    .where('e.occurred_at', '<', to)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('metering.usage_correction as c')
            .select('c.event_id')
            .whereRef('c.event_id', '=', 'e.event_id'),
        ),
      ),
    )
    .orderBy('e.occurred_at')
    .limit(1)
    .executeTakeFirstOrThrow()
  const proposed = await proposeUsageCorrection(city.maker, {
    ...{ buyerId: city.buyerId, eventId: event.event_id },
    ...{ kind: 'void', replacement: null, reason: '示例', reference: 'T-1' },
  })
  await decideUsageCorrection(city.head, {
    proposalId: proposed.proposalId,
    verdict: 'approved',
    note: '示例',
  })
}

describe('a refund of unused balance', () => {
  const ask = (fen: bigint, ctx = city.buyer) =>
    requestRefund(ctx, {
      ...{ buyerId: city.buyerId, operatorId: city.market.operatorId },
      ...{ amountFen: moneyFromFen(fen), payeeAccount: '6222', reason: '不再使用' },
    })
  const decide = (refundId: Id<'refund'>, ctx = city.checker) =>
    decideRefund(ctx, { refundId, verdict: 'approved', note: '同意' })

  /** Everything from before the hold is in. */
  async function later(): Promise<void> {
    city.clock.advance(6_000)
    await setWatermark(database.db, city.clock.now())
  }

  test('two people, never more than is unused, and the split does not move', async () => {
    await topUp(1_000n)
    await terms('prepaid', null)
    await use(june, 1n, 100)
    await expect(ask(601n)).rejects.toMatchObject({
      code: 'REFUND_EXCEEDS_UNUSED',
      detail: { unusedYuan: '6.00' },
    })
    const { refundId } = await ask(400n, city.maker)
    await expect(ask(1n)).rejects.toMatchObject({ code: 'REFUND_PENDING' })
    expect(await account()).toMatchObject({ balance: '10.00', available: '2.00' })
    await expect(decide(refundId)).rejects.toMatchObject({ code: 'REFUND_TOO_EARLY' })
    await later()
    await expect(decide(refundId, city.maker)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(decide(refundId, stranger('operator_checker'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await decide(refundId)).toEqual({ kind: 'approved' })
    expect(await decide(refundId)).toEqual({ kind: 'already_decided' })
    expect(await account()).toMatchObject({ balance: '6.00', available: '2.00' })
    expect(await receipts()).toEqual([])
    expect([await ledgerOf(':prepaid'), await ledgerOf(':bank')]).toEqual(['-6.00', '6.00'])
    expect((await proveLedger(database.db)).holds).toBe(true)
  })

  test('refused, it is free again', async () => {
    await topUp(1_000n)
    await terms('prepaid', null)
    const { refundId } = await ask(1_000n)
    expect((await account()).available).toBe('0.00')
    await decideRefund(city.head, { refundId, verdict: 'refused', note: '有在途用量' })
    expect((await account()).available).toBe('10.00')
  })

  test('use from before the hold that came in meanwhile keeps its money', async () => {
    await topUp(1_000n)
    await terms('prepaid', null)
    const { refundId } = await ask(800n)
    await use(june, 1n, 100)
    await later()
    await expect(decide(refundId)).rejects.toMatchObject({
      code: 'REFUND_EXCEEDS_UNUSED',
      detail: { unusedYuan: '6.00' },
    })
  })

  test('bill and refund at once never take the same money', async () => {
    await topUp(1_000n)
    await use(june, 1n, 150)
    const billId = await bill(june)
    const { refundId } = await ask(425n)
    await later()
    await Promise.all([confirmBill(city.buyer, { billId }), decide(refundId), topUp(1n)])
    expect(await account()).toMatchObject({ balance: '0.01', owed: '0.00' })
    expect((await proveLedger(database.db)).holds).toBe(true)
  })

  test('the database itself refuses to spend a payment beyond its amount', async () => {
    const { paymentId } = await topUp(100n)
    const { refundId } = await ask(100n)
    await expect(
      database.db
        .insertInto('billing.balance_refund_part')
        .values({ refund_id: refundId, payment_id: paymentId, amount_fen: 101n })
        .execute(),
    ).rejects.toMatchObject({ constraint: 'payment_not_overdrawn' })
  })
})
