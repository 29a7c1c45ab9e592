import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  advanceBills,
  confirmBill,
  confirmBillByOperator,
  decideObjection,
  discardBill,
  estimateMonth,
  getBill,
  issueBill,
  listBillLineCalls,
  listBillParkings,
  listBills,
  objectToBill,
  proveLedger,
  recordTaxRate,
  runBills,
  sumBalances,
} from '#billing/index.ts'
import { formatDecimal, parseDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, type Money } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'
import {
  type BillingCity,
  buildBillingCity,
  postedPrice,
  yuanTiers,
} from '#tests/builders/billing.ts'
import { contextOf, insertSubscription, person } from '#tests/builders/market.ts'
import { insertUsage, setWatermark, type UsageSeed } from '#tests/builders/usage.ts'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase()
let city: BillingCity
const june = parseMonth('2026-06')
const july = parseMonth('2026-07')

beforeEach(async () => {
  city = await buildBillingCity(database)
})

function use(from: string, count: number, more: Partial<UsageSeed> = {}): Promise<void> {
  return insertUsage(database.db, {
    buyerId: city.buyerId,
    subscriptionId: city.subscriptionId,
    productId: city.productId,
    scenarioId: city.market.industryScenarioId,
    purposeClass: 'industry',
    from: new Date(from),
    count,
    batch: 1n,
    ...more,
  })
}

async function closeMonth(firstOfNext: string): Promise<void> {
  city.clock.set(new Date(`${firstOfNext}T02:00:00+08:00`))
  await setWatermark(database.db, new Date(`${firstOfNext}T01:30:00+08:00`))
}

async function run(month = june) {
  const result = await runBills(city.maker, { operatorId: city.market.operatorId, month })
  if (result.kind !== 'ran') throw new Error('the run is waiting')
  return result.outcomes[0]
}

async function composed(month = june): Promise<Id<'bill'>> {
  const outcome = await run(month)
  if (outcome?.kind !== 'composed') throw new Error(JSON.stringify(outcome))
  return outcome.billId
}

async function issued(month = june) {
  const billId = await composed(month)
  await confirmBillByOperator(city.checker, { billId })
  return { billId, ...(await issueBill(city.head, { billId })) }
}

const yuan = (amount: Money | undefined): string => (amount === undefined ? '' : formatYuan(amount))

describe('the bill run', () => {
  test('waits for the watermark to pass the month and its grace', async () => {
    await use('2026-06-02T01:00:00Z', 3)
    city.clock.set(new Date('2026-07-01T02:00:00+08:00'))
    await setWatermark(database.db, new Date('2026-07-01T00:59:59+08:00'))
    const input = { operatorId: city.market.operatorId, month: june }
    expect((await runBills(city.maker, input)).kind).toBe('waiting')
    await setWatermark(database.db, new Date('2026-07-01T01:00:00+08:00'))
    expect((await runBills(city.maker, input)).kind).toBe('ran')
  })

  test('rates tiers, counts what is free, takes the tax out once and adds up', async () => {
    await use('2026-06-02T01:00:00Z', 150)
    await use('2026-06-03T01:00:00Z', 3, { freeReason: 'not_found', resultClass: 'not_found' })
    await use('2026-06-04T01:00:00Z', 2, {
      freeReason: 'repeated_or_failed',
      resultClass: 'failed',
    })
    const publicId = await insertSubscription(database.ownerDb, city.clock, {
      operatorId: city.market.operatorId,
      buyerId: city.buyerId,
      productId: city.productId,
      scenarioId: city.market.publicScenarioId,
      purposeClass: 'public_interest',
      priceItemCode: null,
      startsAt: city.clock.now(),
      endsAt: new Date('2026-12-31T16:00:00Z'),
    })
    await use('2026-06-05T01:00:00Z', 7, {
      subscriptionId: publicId,
      scenarioId: city.market.publicScenarioId,
      purposeClass: 'public_interest',
      freeReason: 'public_interest',
    })
    await closeMonth('2026-07-01')
    const bill = await getBill(city.head, { billId: await composed() })
    // 100 × 0.040 + 50 × 0.035 = 4.00 + 1.75 = 5.75; 5.75 ÷ 1.06 = 5.42 (5.4245), tax 0.33
    expect([bill.grossFen, bill.netFen, bill.taxFen].map(yuan)).toEqual(['5.75', '5.42', '0.33'])
    const [usage, free] = bill.lines
    expect(bill.lines.length).toBe(2)
    expect(usage).toMatchObject({ kind: 'usage', calls: 155n, billedCalls: 150n })
    expect(usage?.freeCalls).toEqual({ not_found: 3n, repeated_or_failed: 2n })
    expect(usage?.tiers.map((tier) => formatDecimal(tier.amountYuan))).toEqual(['4', '1.75'])
    expect(free).toMatchObject({ kind: 'free', calls: 7n, amountFen: 0n, postedPriceId: null })
  })

  test('run twice, also at once, makes one bill', async () => {
    await use('2026-06-02T01:00:00Z', 10)
    await closeMonth('2026-07-01')
    const outcomes = await Promise.all([run(), run(), run()])
    expect(outcomes.map((outcome) => String(outcome?.kind)).sort()).toEqual([
      'already_composed',
      'already_composed',
      'composed',
    ])
    expect((await listBills(city.maker)).length).toBe(1)
  })

  test('goes on in the tier where the price before stopped', async () => {
    await use('2026-06-02T01:00:00Z', 80)
    city.clock.set(new Date('2026-06-10T02:20:00Z'))
    await postedPrice(city, {
      priceItemId: city.priceItemId,
      form: yuanTiers(['0', '100', '0.030'], ['100', null, '0.020']),
    })
    await use('2026-06-10T03:00:00Z', 50, { batch: 2n })
    await closeMonth('2026-07-01')
    const bill = await getBill(city.head, { billId: await composed() })
    // 80 × 0.040 = 3.20; then 20 × 0.030 + 30 × 0.020 = 1.20
    expect(bill.lines.map((line) => yuan(line.amountFen))).toEqual(['3.20', '1.20'])
    expect(bill.lines.map((line) => formatDecimal(line.quantityBefore))).toEqual(['0', '80'])
  })

  test('is the running estimate once the month is over', async () => {
    await use('2026-06-02T01:00:00Z', 150)
    await use('2026-06-03T01:00:00Z', 3, { freeReason: 'not_found', resultClass: 'not_found' })
    const estimate = await estimateMonth(city.buyer, { buyerId: city.buyerId, month: june })
    expect(yuan(estimate.totalFen)).toBe('5.75')
    expect(estimate.subscriptions[0]).toMatchObject({
      calls: 153n,
      billedCalls: 150n,
      freeCalls: { not_found: 3n },
    })
    await closeMonth('2026-07-01')
    const bill = await getBill(city.head, { billId: await composed() })
    expect(bill.grossFen).toBe(estimate.totalFen)
  })

  test('is for the operator alone, and for its own', async () => {
    const input = { operatorId: city.market.operatorId, month: june }
    await expect(runBills(city.buyer, input)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(
      runBills(city.maker, { ...input, operatorId: 'org_other' as Id<'org'> }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('what would be wrong is parked with its reason', () => {
  test('usage the writer could not read', async () => {
    await sql`insert into metering.parked_entry (shard, stream_id, position, body, reason, parked_at)
      values (0, '1-0', 0, 'x', 'not_json', now())`.execute(database.db)
    await closeMonth('2026-07-01')
    expect(await run()).toMatchObject({ kind: 'parked', reason: 'usage_parked' })
    expect(await run()).toMatchObject({ kind: 'parked', reason: 'usage_parked' })
    expect((await listBillParkings(city.maker)).map((parking) => parking.reason)).toEqual([
      'usage_parked',
    ])
    await sql`update metering.parked_entry set resolved_at = now(), resolution = 'discarded', resolved_by = 'test'`.execute(
      database.db,
    )
    await composed()
    expect(await listBillParkings(city.maker)).toEqual([])
  })

  test('a month before that is not closed', async () => {
    await use('2026-06-02T01:00:00Z', 3)
    await closeMonth('2026-08-01')
    expect(await run(july)).toMatchObject({
      kind: 'parked',
      reason: 'earlier_month_open',
      detail: { month: '2026-06' },
    })
  })

  test('billable use while no price was posted', async () => {
    await sql`update billing.subscription set starts_at = '2026-05-01T00:00:00+08:00'`.execute(
      database.ownerDb,
    )
    await use('2026-05-20T01:00:00Z', 3)
    await closeMonth('2026-06-01')
    expect(await run(parseMonth('2026-05'))).toMatchObject({
      kind: 'parked',
      reason: 'price_missing',
    })
  })

  test('an amount without a tax rate', async () => {
    await sql`delete from billing.tax_rate`.execute(database.ownerDb)
    await use('2026-06-02T01:00:00Z', 3)
    await closeMonth('2026-07-01')
    expect(await run()).toMatchObject({ kind: 'parked', reason: 'tax_rate_missing' })
    await recordTaxRate(city.head, {
      operatorId: city.market.operatorId,
      rate: parseDecimal('0.06'),
      documentId: city.market.documentId,
      effectiveFrom: new Date('2025-12-31T16:00:00Z'),
    })
    await composed()
  })
})

describe('late items', () => {
  test('cost what their month would have cost with them less what it cost: on the next bill', async () => {
    await use('2026-06-02T01:00:00Z', 90)
    await closeMonth('2026-07-01')
    const first = await issued()
    await use('2026-06-20T01:00:00Z', 30, { batch: 5n })
    await use('2026-07-02T01:00:00Z', 10, { batch: 6n })
    await closeMonth('2026-08-01')
    const second = await getBill(city.head, { billId: await composed(july) })
    // 10 × 0.040; late: S(120) − S(90) = (4.00 + 0.70) − 3.60 = 1.10
    expect(second.lines.map((line) => [line.kind, yuan(line.amountFen)])).toEqual([
      ['usage', '0.40'],
      ['late', '1.10'],
    ])
    expect(second.lines[1]).toMatchObject({ usageMonth: '2026-06', billedCalls: 30n })
    const before = await getBill(city.buyer, { billId: first.billId })
    expect(yuan(before.grossFen)).toBe('3.60')
    const lateLine = second.lines[1]
    if (lateLine === undefined) throw new Error('there is a late line')
    const { calls } = await listBillLineCalls(city.maker, { lineId: lateLine.lineId })
    expect(calls.length).toBe(30)
  })

  test('are taken once, and come even when the later month had no use', async () => {
    await use('2026-06-02T01:00:00Z', 10)
    await closeMonth('2026-07-01')
    await issued()
    await use('2026-06-20T01:00:00Z', 10, { batch: 5n })
    await closeMonth('2026-08-01')
    const julyBill = await issued(july)
    expect(yuan((await getBill(city.head, { billId: julyBill.billId })).grossFen)).toBe('0.40')
    await closeMonth('2026-09-01')
    const august = await composed(parseMonth('2026-08'))
    expect((await getBill(city.head, { billId: august })).lines).toEqual([])
  })
})

describe('a bill line', () => {
  test('drills down to the very calls, page by page', async () => {
    await use('2026-06-02T01:00:00Z', 25)
    await closeMonth('2026-07-01')
    const bill = await getBill(city.head, { billId: (await issued()).billId })
    const lineId = bill.lines[0]?.lineId ?? ('' as Id<'line'>)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listBillLineCalls(city.buyer, {
        lineId,
        limit: 10,
        ...(cursor === undefined ? {} : { cursor }),
      })
      seen.push(...page.calls.map((call) => call.eventId))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(25)
  })

  test('cannot be written with a price that was not in force, nor above its cap', async () => {
    await use('2026-06-02T01:00:00Z', 10)
    await closeMonth('2026-07-01')
    const billId = await composed()
    const copy = (set: string) =>
      sql`insert into billing.bill_line select (jsonb_populate_record(l, ${set}::jsonb)).*
        from billing.bill_line l where bill_id = ${billId}`.execute(database.db)
    await expect(
      copy('{"id":"line_x","position":9,"service_from":"2026-05-01T00:00:00Z"}'),
    ).rejects.toMatchObject({ constraint: 'bill_line_price_item_in_force' })
    await expect(copy('{"id":"line_y","position":9,"cap_amount_yuan":0.1}')).rejects.toMatchObject({
      constraint: 'bill_line_not_above_cap',
    })
    await expect(
      copy('{"id":"line_z","position":9,"purpose_class":"public_interest"}'),
    ).rejects.toMatchObject({ constraint: 'bill_line_public_interest_free' })
  })
})

describe('the life of a bill', () => {
  beforeEach(async () => {
    await use('2026-06-02T01:00:00Z', 150)
    await closeMonth('2026-07-01')
  })

  test('goes from draft to issued by two people of the operator, with number and postings', async () => {
    const billId = await composed()
    await expect(issueBill(city.head, { billId })).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
    })
    await expect(confirmBillByOperator(city.maker, { billId })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    await confirmBillByOperator(city.checker, { billId })
    await expect(issueBill(city.checker, { billId })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const results = await Promise.all([
      issueBill(city.head, { billId }),
      issueBill(city.head, { billId }),
    ])
    expect(results.map((result) => result.kind).sort()).toEqual(['already_issued', 'issued'])
    expect(new Set(results.map((result) => result.number))).toEqual(new Set(['ZD-2026-000001']))
    // five whole days to object after 1 July, then 15 to pay
    expect(results[0]).toMatchObject({
      objectionUntil: new Date('2026-07-07T00:00:00+08:00'),
      dueOn: '2026-07-21',
    })
    const balances = await sumBalances(database.db)
    expect(balances.map(({ account, balanceFen }) => [account, yuan(balanceFen)])).toEqual([
      [`buyer:${city.buyerId}:receivable`, '5.75'],
      [`operator:${city.market.operatorId}:revenue`, '-5.42'],
      ['tax:vat', '-0.33'],
    ])
    expect((await proveLedger(database.db)).holds).toBe(true)
  })

  test('an unissued bill is no buyer’s to see, an issued one no other buyer’s', async () => {
    const billId = await composed()
    await expect(getBill(city.buyer, { billId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await listBills(city.buyer)).toEqual([])
    await confirmBillByOperator(city.checker, { billId })
    await issueBill(city.head, { billId })
    expect((await getBill(city.buyer, { billId })).number).toBe('ZD-2026-000001')
    const stranger = contextOf(
      database.db,
      city.clock,
      person({
        organizationId: 'org_other' as Id<'org'>,
        organizationKind: 'buyer',
        role: 'buyer_admin',
      }),
    )
    await expect(getBill(stranger, { billId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(confirmBill(stranger, { billId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a discarded draft gives way to a new version; an issued bill cannot be discarded', async () => {
    const billId = await composed()
    await discardBill(city.maker, { billId, reason: '重算' })
    const second = await issued()
    expect((await getBill(city.head, { billId: second.billId })).version).toBe(2)
    await expect(
      discardBill(city.maker, { billId: second.billId, reason: 'x' }),
    ).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
  })

  test('is confirmed by the buyer’s act, or by silence when the window closes, then falls due', async () => {
    const { billId } = await issued()
    expect(await advanceBills(city.system)).toEqual({ confirmedBySilence: 0, madeDue: 0 })
    city.clock.set(new Date('2026-07-07T00:00:00+08:00'))
    expect(await advanceBills(city.system)).toEqual({ confirmedBySilence: 1, madeDue: 0 })
    expect((await confirmBill(city.buyer, { billId })).kind).toBe('already_confirmed')
    city.clock.set(new Date('2026-07-21T00:00:00+08:00'))
    expect(await advanceBills(city.system)).toEqual({ confirmedBySilence: 0, madeDue: 1 })
    expect((await getBill(city.buyer, { billId })).isOverdue).toBe(false)
    city.clock.set(new Date('2026-07-22T00:00:00+08:00'))
    expect(await getBill(city.buyer, { billId })).toMatchObject({ status: 'due', isOverdue: true })
  })

  test('can be objected to within the window, and the objection is decided', async () => {
    const { billId } = await issued()
    const { objectionId } = await objectToBill(city.buyer, { billId, reason: '次数不符' })
    expect((await objectToBill(city.buyer, { billId, reason: '再次' })).kind).toBe(
      'already_objected',
    )
    await expect(confirmBill(city.buyer, { billId })).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
    })
    const decision = { objectionId, verdict: 'dismissed', decision: '逐笔核对无误' } as const
    await expect(decideObjection(city.maker, decision)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect((await decideObjection(city.head, decision)).kind).toBe('decided')
    expect((await decideObjection(city.head, decision)).kind).toBe('already_decided')
  })

  test('cannot be objected to after the window', async () => {
    const { billId } = await issued()
    city.clock.set(new Date('2026-07-07T00:00:00+08:00'))
    await expect(objectToBill(city.buyer, { billId, reason: '晚了' })).rejects.toMatchObject({
      code: 'OBJECTION_WINDOW_CLOSED',
    })
  })
})

test('a bill of 0.00 is settled once it is confirmed', async () => {
  await closeMonth('2026-07-01')
  const { billId } = await issued()
  await confirmBill(city.buyer, { billId })
  expect(await getBill(city.buyer, { billId })).toMatchObject({ status: 'paid', grossFen: 0n })
})
