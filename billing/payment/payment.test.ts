import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  applyCredit,
  confirmBillByOperator,
  getBill,
  importBankStatement,
  issueBill,
  listBankEntries,
  listPayments,
  listReceipts,
  matchPayment,
  matchPayments,
  objectToBill,
  proveLedger,
  rollForwardReceivables,
  runBills,
  setAsideBankEntry,
} from '#billing/index.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, moneyFromFen, splitTax } from '#kernel/money.ts'
import { type Month, monthPeriod, parseMonth } from '#kernel/period.ts'
import { type BillingCity, buildBillingCity } from '#tests/builders/billing.ts'
import { insertUsage, setWatermark } from '#tests/builders/usage.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { parseBankFile } from './parse-bank-file.ts'
import { netOfPart } from './received-tax.ts'

const header = 'bank_reference,paid_on,amount_yuan,payer_name,payer_account,remark'
const file = (...rows: readonly string[]): Uint8Array =>
  new TextEncoder().encode([header, ...rows].join('\n'))

describe('a bank file', () => {
  test('is read in either language, with or without a byte order mark', () => {
    const zh =
      '\uFEFF交易流水号,交易日期,收入金额,付款人名称,付款人账号,附言\n1,2026-07-05,5.75,甲,62,账单'
    expect(parseBankFile(new TextEncoder().encode(zh))).toEqual([
      {
        bankReference: '1',
        paidOn: '2026-07-05',
        amountFen: 575n,
        payerName: '甲',
        payerAccount: '62',
        remark: '账单',
      },
    ])
  })

  test('is refused whole, with every bad row named', () => {
    const bad = file(
      'A,2026-07-05,5.75,甲,62,ok',
      'B,2026-02-30,5.75,甲,62,',
      'C,2026-07-05,5.7,甲,62,',
      'D,2026-07-05,"1,000.00",甲,62,',
      'E,2026-07-05,0.00,甲,62,',
      'F,2026-07-05,5.75,,62,',
      'A,2026-07-05,5.75,甲,62,',
      'G,2026-07-05',
    )
    const rows = [
      { row: 3, field: 'paid_on', reason: 'not_a_day' },
      { row: 4, field: 'amount_yuan', reason: 'not_an_amount' },
      { row: 5, field: 'amount_yuan', reason: 'not_an_amount' },
      { row: 6, field: 'amount_yuan', reason: 'not_an_amount' },
      { row: 7, field: 'payer_name', reason: 'empty' },
      { row: 8, field: 'bank_reference', reason: 'same_as_row_2' },
      { row: 9, field: 'columns', reason: 'wrong_number_of_columns' },
    ]
    expect(() => parseBankFile(bad)).toThrow(
      expect.objectContaining({ code: 'BANK_FILE_INVALID', detail: { rows, count: 7 } }),
    )
  })

  test.each([
    ['another header', 'a,b\n1,2'],
    ['no rows', header],
    ['a broken quote', `${header}\n"A,2026-07-05,5.75,甲,62,`],
  ])('with %s is refused', (_, text) => {
    expect(() => parseBankFile(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: 'BANK_FILE_INVALID' }),
    )
  })

  test('that is not UTF-8 is refused', () => {
    expect(() => parseBankFile(new Uint8Array([0xc4, 0xe3, 0xba, 0xc3]))).toThrow(
      expect.objectContaining({ code: 'BANK_FILE_INVALID' }),
    )
  })
})

test('the nets of part payments add up to the net of the bill, in any cut and at any rates', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n })
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
      (a, b, cuts) => {
        const parts = [
          { taxRate: parseDecimal('0.06'), grossFen: moneyFromFen(a) },
          { taxRate: parseDecimal('0.03'), grossFen: moneyFromFen(b) },
        ]
        const gross = a + b
        const whole = cuts.reduce((sum, cut) => sum + BigInt(cut), 0n)
        let before = 0n
        let net = 0n
        let weight = 0n
        for (const cut of cuts) {
          weight += BigInt(cut)
          const after = (gross * weight) / whole
          const part = netOfPart(parts, {
            beforeFen: moneyFromFen(before),
            partFen: moneyFromFen(after - before),
          })
          expect(part.netFen + part.taxFen).toBe(after - before)
          expect(part.netFen).toBeGreaterThanOrEqual(0n)
          net += part.netFen
          before = after
        }
        const expected = parts.reduce((s, p) => s + splitTax(p.grossFen, p.taxRate).net, 0n)
        expect(net).toBe(expected)
      },
    ),
  )
})

describe('payments', () => {
  const database = useDatabase()
  let city: BillingCity
  let billId: Id<'bill'>
  let number: string
  const june = parseMonth('2026-06')

  /** A bill of 5.75 (5.42 + 0.33), issued on 1 July. */
  beforeEach(async () => {
    city = await buildBillingCity(database)
    ;({ billId, number } = await billFor(june, 1n, 150))
  })

  async function billFor(month: Month, batch: bigint, count: number) {
    const { from, to } = monthPeriod(month)
    await insertUsage(database.db, {
      buyerId: city.buyerId,
      subscriptionId: city.subscriptionId,
      productId: city.productId,
      scenarioId: city.market.industryScenarioId,
      purposeClass: 'industry',
      from,
      count,
      batch,
    })
    city.clock.set(new Date(to.getTime() + 7_200_000))
    await setWatermark(database.db, city.clock.now())
    const run = await runBills(city.maker, { operatorId: city.market.operatorId, month })
    const outcome = run.kind === 'ran' ? run.outcomes[0] : undefined
    if (outcome?.kind !== 'composed') throw new Error('no bill')
    await confirmBillByOperator(city.checker, { billId: outcome.billId })
    const bill = await issueBill(city.head, { billId: outcome.billId })
    return { billId: outcome.billId, number: bill.number }
  }

  const importRows = (...rows: readonly string[]) =>
    importBankStatement(city.maker, {
      operatorId: city.market.operatorId,
      account: '6222-0001',
      fileName: '流水.csv',
      content: file(...rows),
    })

  async function entryId(reference: string): Promise<Id<'bankentry'>> {
    const entries = await listBankEntries(city.maker)
    const entry = entries.find((candidate) => candidate.bankReference === reference)
    if (entry === undefined) throw new Error(`no entry ${reference}`)
    return entry.bankEntryId
  }

  const match = async (reference: string, billIds: readonly Id<'bill'>[] = [billId]) =>
    matchPayment(city.maker, {
      bankEntryId: await entryId(reference),
      buyerId: city.buyerId,
      billIds,
    })

  test('the same file twice is a result; the same entry in another file is counted', async () => {
    const row = `T1,2026-07-05,5.75,咸宁示例银行,62,${number}`
    const first = await importRows(row)
    expect(first).toMatchObject({ kind: 'imported', entries: 1, alreadyKnown: 0 })
    expect((await importRows(row)).kind).toBe('already_imported')
    const overlapping = await importRows(row, 'T2,2026-07-06,1.00,甲,62,')
    expect(overlapping).toMatchObject({ kind: 'imported', entries: 1, alreadyKnown: 1 })
    await expect(importRows(row.replace('5.75', '6.75'))).rejects.toMatchObject({
      code: 'BANK_FILE_INVALID',
      detail: { rows: [{ row: 2, reason: 'known_with_other_values' }] },
    })
    const together = await Promise.all([
      importRows('T9,2026-07-06,1.00,甲,62,'),
      importRows('T9,2026-07-06,1.00,甲,62,'),
    ])
    expect(together.map((result) => result.kind).sort()).toEqual(['already_imported', 'imported'])
  })

  test('only what needs no judgement is matched by itself', async () => {
    await importRows(
      `A,2026-07-05,2.00,咸宁示例银行,62,付${number}`,
      `B,2026-07-05,2.00,咸宁示例银行股份,62,${number}`,
      'C,2026-07-05,2.00,咸宁示例银行,62,数据费',
      'D,2026-07-05,2.00,咸宁示例银行,62,ZD-2026-000999',
    )
    const result = await matchPayments(city.maker, { operatorId: city.market.operatorId })
    expect(result).toEqual({ matched: 1, unmatched: 3 })
    expect(await getBill(city.head, { billId })).toMatchObject({
      status: 'part_paid',
      settledFen: 200n,
      confirmedBy: 'system:payment',
    })
  })

  test('part by part and beyond: the bill is settled, the rest is the buyer’s credit', async () => {
    await importRows('A,2026-07-05,2.00,甲,62,', 'B,2026-07-06,10.00,甲,62,')
    expect(await match('A')).toMatchObject({ kind: 'matched', creditFen: 0n })
    city.clock.advance(1000)
    const second = await match('B')
    expect(second.allocations.map((part) => formatYuan(part.amountFen))).toEqual(['3.75'])
    expect(formatYuan(second.creditFen)).toBe('6.25')
    expect((await match('B')).kind).toBe('already_matched')
    expect((await getBill(city.buyer, { billId })).status).toBe('paid')
    // 2.00 ÷ 1.06 = 1.89; 5.42 − 1.89 = 3.53
    const receipts = await listReceipts(database.db, {
      operatorId: city.market.operatorId,
      ...monthPeriod(parseMonth('2026-07')),
    })
    expect(receipts.map(({ netFen, taxFen }) => [netFen, taxFen])).toEqual([
      [189n, 11n],
      [353n, 22n],
    ])
    const settled = await database.db
      .selectFrom('kernel.outbox')
      .select('job_id')
      .where('kind', '=', 'bill.settled')
      .execute()
    expect(settled).toEqual([{ job_id: `bill-settled-${billId}` }])
    const next = await billFor(parseMonth('2026-07'), 2n, 100)
    expect(
      await applyCredit(city.maker, { paymentId: second.paymentId, billId: next.billId }),
    ).toMatchObject({
      kind: 'applied',
      amountFen: 400n,
    })
    expect(
      (await applyCredit(city.maker, { paymentId: second.paymentId, billId: next.billId })).kind,
    ).toBe('already_applied')
    expect((await listPayments(city.maker)).map((payment) => payment.creditFen)).toEqual([225n, 0n])
    expect((await proveLedger(database.db)).holds).toBe(true)
  })

  test('two payments at once never settle more than is owed', async () => {
    await importRows('A,2026-07-05,5.75,甲,62,', 'B,2026-07-06,5.75,甲,62,')
    const results = await Promise.all([match('A'), match('B')])
    expect(results.map((result) => formatYuan(result.creditFen)).sort()).toEqual(['0.00', '5.75'])
    expect(await getBill(city.head, { billId })).toMatchObject({ status: 'paid', settledFen: 575n })
    expect((await proveLedger(database.db)).holds).toBe(true)
  })

  test('opening + billed − received − written off = closing, by buyer and in total', async () => {
    await importRows('A,2026-07-05,2.00,甲,62,')
    await match('A')
    const forward = await rollForwardReceivables(database.db, monthPeriod(parseMonth('2026-07')))
    expect(forward.rows).toEqual([
      {
        buyerId: city.buyerId,
        openingFen: 0n,
        billedFen: 575n,
        receivedFen: 200n,
        writtenOffFen: 0n,
        closingFen: 375n,
      },
    ])
    const august = await rollForwardReceivables(database.db, monthPeriod(parseMonth('2026-08')))
    expect(august.total).toMatchObject({ openingFen: 375n, closingFen: 375n, billedFen: 0n })
  })

  test('a bill under objection takes no money, another buyer’s bill neither', async () => {
    await importRows('A,2026-07-05,2.00,甲,62,')
    await objectToBill(city.buyer, { billId, reason: '次数不符' })
    await expect(match('A')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    expect((await listBankEntries(city.maker, { status: 'unmatched' })).length).toBe(1)
  })

  test('the wrong role is refused, and an entry can be set aside with a reason', async () => {
    await importRows('A,2026-07-05,2.00,甲,62,')
    const bankEntryId = await entryId('A')
    await expect(
      matchPayment(city.buyer, { bankEntryId, buyerId: city.buyerId, billIds: [billId] }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(
      importBankStatement(city.head, {
        operatorId: city.market.operatorId,
        account: '6222-0001',
        fileName: 'x',
        content: file('X,2026-07-05,2.00,甲,62,'),
      }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(setAsideBankEntry(city.maker, { bankEntryId, reason: '' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
    expect((await setAsideBankEntry(city.maker, { bankEntryId, reason: '利息' })).kind).toBe(
      'set_aside',
    )
  })
})
