import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import {
  confirmBill,
  confirmBillByOperator,
  estimateMonth,
  getBill,
  issueBill,
  listBillLineCalls,
  proveLedger,
  runBills,
} from '#billing/index.ts'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan } from '#kernel/money.ts'
import { parseMonth } from '#kernel/period.ts'
import {
  decideUsageCorrection,
  listCalls,
  proposeUsageCorrection,
  proveRollUps,
  replayParkedEntry,
  sumUsageTotals,
  type UsageReplacement,
} from '#metering/index.ts'
import { type BillingCity, buildBillingCity } from '#tests/builders/billing.ts'
import {
  contextOf,
  insertListedProduct,
  insertOrganization,
  insertSubscription,
  person,
} from '#tests/builders/market.ts'
import { insertUsage, setWatermark } from '#tests/builders/usage.ts'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase()
let city: BillingCity
const june = parseMonth('2026-06')
const july = parseMonth('2026-07')
const juneSpan = { from: new Date('2026-05-31T16:00:00Z'), to: new Date('2026-06-30T16:00:00Z') }

beforeEach(async () => {
  city = await buildBillingCity(database)
  // Corrections take their numbers after the batches these tests give by hand.
  await sql`select setval('metering.batch_number', 100)`.execute(database.ownerDb)
})

const use = (from: string, count: number, batch: bigint): Promise<void> =>
  insertUsage(database.db, {
    buyerId: city.buyerId,
    subscriptionId: city.subscriptionId,
    productId: city.productId,
    scenarioId: city.market.industryScenarioId,
    purposeClass: 'industry',
    from: new Date(from),
    count,
    batch,
  })

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

async function issued(month = june): Promise<Id<'bill'>> {
  const billId = await composed(month)
  await confirmBillByOperator(city.checker, { billId })
  await issueBill(city.head, { billId })
  return billId
}

const eventIds = async (): Promise<string[]> =>
  (
    await database.db
      .selectFrom('metering.usage_event')
      .select('event_id')
      .orderBy('event_id')
      .execute()
  ).map((row) => row.event_id)

const propose = (ctx: Context, eventId: string, replacement: UsageReplacement | null = null) =>
  proposeUsageCorrection(ctx, {
    buyerId: city.buyerId,
    eventId,
    kind: replacement ? 'replace' : 'void',
    reason: '重复扣费',
    reference: '投诉〔2026〕1号',
    replacement,
  })

async function correct(eventId: string, replacement: UsageReplacement | null = null) {
  const { proposalId } = await propose(city.maker, eventId, replacement)
  return decideUsageCorrection(city.head, { proposalId, verdict: 'approved', note: '属实' })
}

const linesOf = async (billId: Id<'bill'>) =>
  (await getBill(city.head, { billId })).lines.map((line) => [
    line.kind,
    formatYuan(line.amountFen),
  ])

test('a call voided before its bill is left out; roll-ups, estimate and call log agree', async () => {
  await use('2026-06-02T01:00:00Z', 10, 1n)
  const [first = ''] = await eventIds()
  await correct(first)
  expect(await proveRollUps(database.db, juneSpan)).toMatchObject({ holds: true, events: 10n })
  const filter = { buyerId: city.buyerId, ...juneSpan }
  expect(await sumUsageTotals(database.db, filter)).toMatchObject({
    calls: 10n,
    billedCalls: 9n,
    freeCalls: { voided: 1n },
  })
  const log = await listCalls(database.db, filter, { limit: 20 })
  expect(log.find((call) => call.eventId === first)).toMatchObject({
    billable: false,
    reason: 'voided',
    correction: { kind: 'void', reason: '重复扣费', reference: '投诉〔2026〕1号' },
  })
  expect(await listCalls(database.db, { ...filter, billable: true }, { limit: 20 })).toHaveLength(9)
  const estimate = await estimateMonth(city.buyer, { buyerId: city.buyerId, month: june })
  // 9 × 0.040
  expect(formatYuan(estimate.totalFen)).toBe('0.36')
  await closeMonth('2026-07-01')
  const billId = await composed()
  expect(await linesOf(billId)).toEqual([['usage', '0.36']])
  const bill = await getBill(city.head, { billId })
  expect(bill.lines[0]).toMatchObject({ calls: 10n, billedCalls: 9n, freeCalls: { voided: 1n } })
})

test('calls voided after their bill are one negative late line of the next, in the tier they sat in', async () => {
  await use('2026-06-02T01:00:00Z', 150, 1n)
  await closeMonth('2026-07-01')
  const first = await issued()
  const ids = await eventIds()
  for (const id of ids.slice(0, 60)) await correct(id)
  await use('2026-07-02T01:00:00Z', 100, 90n)
  await closeMonth('2026-08-01')
  const billId = await issued(july)
  // S(90) − S(150) = 3.60 − (4.00 + 1.75) = −2.15, rounded once; July: 100 × 0.040
  expect(await linesOf(billId)).toEqual([
    ['usage', '4.00'],
    ['late', '-2.15'],
  ])
  const bill = await getBill(city.head, { billId })
  const corrected = (await getBill(city.head, { billId: first })).lines[0]
  expect(bill.lines[1]).toMatchObject({
    usageMonth: '2026-06',
    correctsLineId: corrected?.lineId,
    calls: 0n,
    billedCalls: -60n,
    freeCalls: { voided: 60n },
  })
  // 1.85 gross: net 1.75 (1.7453), tax 0.10; the lines add up to them.
  expect([bill.grossFen, bill.netFen, bill.taxFen].map(formatYuan)).toEqual([
    '1.85',
    '1.75',
    '0.10',
  ])
  const { calls } = await listBillLineCalls(city.buyer, {
    lineId: bill.lines[1]?.lineId ?? ('' as never),
  })
  expect(calls.map((call) => call.eventId)).toEqual(ids.slice(0, 60))
  expect(new Set(calls.map((call) => call.reason))).toEqual(new Set(['voided']))
  expect(formatYuan((await getBill(city.buyer, { billId: first })).grossFen)).toBe('5.75')
  expect(await proveLedger(database.db)).toMatchObject({ holds: true })
  // Taken back once.
  await closeMonth('2026-09-01')
  expect(await linesOf(await composed(parseMonth('2026-08')))).toEqual([])
})

test('one voided call names the event; with no other use the bill is a credit', async () => {
  await use('2026-06-02T01:00:00Z', 10, 1n)
  await closeMonth('2026-07-01')
  await issued()
  const [id = ''] = await eventIds()
  await correct(id)
  await closeMonth('2026-08-01')
  const billId = await issued(july)
  const bill = await getBill(city.head, { billId })
  expect(bill.lines).toMatchObject([{ correctsEventId: id, billedCalls: -1n }])
  expect(formatYuan(bill.grossFen)).toBe('-0.04')
  await confirmBill(city.buyer, { billId })
  expect(await proveLedger(database.db)).toMatchObject({ holds: true })
})

test('a replaced call is taken back, and its replacement is billed as a late item', async () => {
  await use('2026-06-02T01:00:00Z', 10, 1n)
  await closeMonth('2026-07-01')
  await issued()
  const [id = ''] = await eventIds()
  const found = { resultClass: 'found', reason: 'found', httpStatus: 200, billable: true } as const
  await correct(id, { ...found, records: 7, bytes: 70 })
  expect(await proveRollUps(database.db, juneSpan)).toMatchObject({ holds: true, events: 10n })
  await closeMonth('2026-08-01')
  expect(await linesOf(await issued(july))).toEqual([
    ['late', '-0.04'],
    ['late', '0.04'],
  ])
  const log = await listCalls(database.db, { buyerId: city.buyerId, ...juneSpan }, { limit: 20 })
  expect(log).toHaveLength(11)
  const replaced = log.find((call) => call.eventId === id)
  expect(replaced).toMatchObject({ reason: 'replaced', billable: false })
  const next = log.find((call) => call.eventId === replaced?.correction?.replacementEventId)
  expect(next).toMatchObject({ billable: true, records: 7n })
})

test('a call voided with another operator, whose bill is not made yet, holds up no bill', async () => {
  const { db, ownerDb } = database
  const other = await insertOrganization(ownerDb, city.clock, {
    kind: 'operator',
    name: '另一公司',
  })
  const productId = await insertListedProduct(database, city.clock, {
    operatorId: other,
    code: 'another',
    name: '另一产品',
  })
  const scenario = { scenarioId: city.market.industryScenarioId, purposeClass: 'industry' } as const
  const subscriptionId = await insertSubscription(ownerDb, city.clock, {
    ...{ operatorId: other, buyerId: city.buyerId, productId, priceItemCode: 'CREDIT' },
    ...scenario,
    startsAt: city.clock.now(),
    endsAt: new Date('2026-12-31T16:00:00Z'),
  })
  await insertUsage(db, {
    ...{ buyerId: city.buyerId, subscriptionId, productId, ...scenario },
    ...{ from: new Date('2026-06-03T01:00:00Z'), count: 1, batch: 1n },
  })
  const [foreign = ''] = await eventIds()
  await use('2026-06-02T01:00:00Z', 10, 2n)
  await closeMonth('2026-07-01')
  await issued()
  const of = { organizationId: other, organizationKind: 'operator' } as const
  const as = (role: 'operator_maker' | 'operator_head') =>
    contextOf(db, city.clock, person({ ...of, role }))
  const { proposalId } = await propose(as('operator_maker'), foreign)
  await decideUsageCorrection(as('operator_head'), {
    proposalId,
    verdict: 'approved',
    note: '属实',
  })
  const own = (await eventIds()).find((id) => id !== foreign) ?? ''
  await correct(own)
  await closeMonth('2026-08-01')
  expect(await linesOf(await composed(july))).toEqual([['late', '-0.04']])
})

test('two people, the own operator, once: everything else is refused', async () => {
  await use('2026-06-02T01:00:00Z', 3, 1n)
  const [id = '', other = ''] = await eventIds()
  const both = contextOf(database.db, city.clock, {
    ...person({
      organizationId: city.market.operatorId,
      organizationKind: 'operator',
      role: 'operator_maker',
    }),
    roles: ['operator_maker', 'operator_head'],
  })
  const { proposalId } = await propose(both, id)
  const yes = { proposalId, verdict: 'approved', note: '同意' } as const
  await expect(decideUsageCorrection(both, yes)).rejects.toThrow(/SELF_APPROVAL/)
  await expect(propose(city.maker, id)).rejects.toThrow(/CONFLICT/)
  await expect(propose(city.head, other)).rejects.toThrow(/FORBIDDEN/)
  await expect(decideUsageCorrection(city.maker, yes)).rejects.toThrow(/FORBIDDEN/)
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => decideUsageCorrection(city.head, yes)),
  )
  expect(answers.filter(({ kind }) => kind === 'approved')).toHaveLength(1)
  await expect(propose(city.maker, id)).rejects.toThrow(/CONFLICT/)
  expect(await proveRollUps(database.db, juneSpan)).toMatchObject({ holds: true })
  await expect(
    database.db.updateTable('metering.usage_correction').set({ kind: 'void' }).execute(),
  ).rejects.toThrow(/permission denied/)
  await expect(database.db.deleteFrom('metering.usage_correction').execute()).rejects.toThrow(
    /permission denied/,
  )
})

test('a bill waits while an entry of its buyer is parked, and goes on after the replay', async () => {
  await use('2026-06-02T01:00:00Z', 10, 1n)
  const [stored] = await database.db.selectFrom('metering.usage_event').selectAll().execute()
  const ms = Date.parse('2026-06-05T02:00:00Z')
  const time = ms.toString(16).padStart(12, '0')
  const body = {
    eventId: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000001`,
    occurredAtMs: ms,
    mode: 'live',
    buyerId: city.buyerId,
    keyId: 'key_test',
    subscriptionId: city.subscriptionId,
    productId: city.productId,
    productVersionId: 'pver_test',
    scenarioId: city.market.industryScenarioId,
    purposeClass: 'industry',
    priceReference: 'posted_test',
    requestId: 'r',
    route: stored?.route,
    resultClass: 'found',
    reason: 'found',
    httpStatus: 200,
    billable: true,
    attempts: 1,
    records: 1,
    bytes: 1,
    durationMs: 1,
    requestDigest: null,
    repeatsEventId: null,
    idempotencyKey: null,
  }
  const { id } = await database.ownerDb
    .insertInto('metering.parked_entry')
    .values({
      shard: 0,
      stream_id: '1-1',
      position: 0,
      buyer_id: city.buyerId,
      body: JSON.stringify(body),
      reason: 'not read then',
      parked_at: city.clock.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await closeMonth('2026-07-01')
  expect(await run()).toMatchObject({ kind: 'parked', reason: 'usage_parked' })
  const admin = contextOf(
    database.db,
    city.clock,
    person({
      organizationId: city.market.operatorId,
      organizationKind: 'platform',
      role: 'system_admin',
    }),
  )
  await replayParkedEntry(admin, { entryId: id })
  // 11 × 0.040
  expect(await linesOf(await composed())).toEqual([['usage', '0.44']])
})
