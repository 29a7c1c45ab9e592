import { beforeEach, describe, expect, test } from 'vitest'
import { type MovableClock, movableClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { formatDecimal, parseDecimal } from '#kernel/decimal.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { insertListedProduct, insertMarket, type Market } from '#tests/builders/market.ts'
import { contextOf, person } from '#tests/builders/market.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { approvePostedPrice } from './approve-posted-price.ts'
import { approvePriceList } from './approve-price-list.ts'
import type { ChargingForm } from './charging-form.ts'
import { draftPriceList } from './draft-price-list.ts'
import { listPriceBoard, listPriceHistory } from './price-board.ts'
import type { PriceItemDraft } from './price-list.ts'
import { priceAt, pricingState } from './prices-in-force.ts'
import { proposePostedPrice } from './propose-posted-price.ts'
import { submitPriceList } from './submit-price-list.ts'

const database = useDatabase()
let clock: MovableClock
let market: Market
let productId: Id<'product'>
let maker: Context
let head: Context
let bureau: Context

const perCall = (yuan: string): ChargingForm => ({
  kind: 'per_call',
  unitPriceYuan: parseDecimal(yuan),
})

beforeEach(async () => {
  clock = movableClock('2026-06-01T01:00:00Z')
  market = await insertMarket(database, clock)
  productId = await insertListedProduct(database, clock, {
    operatorId: market.operatorId,
    code: 'housing-fund-credit',
    name: '住房公积金信贷',
  })
  const own = { organizationId: market.operatorId, organizationKind: 'operator' } as const
  maker = contextOf(database.db, clock, person({ ...own, role: 'operator_maker' }))
  head = contextOf(database.db, clock, person({ ...own, role: 'operator_head' }))
  bureau = contextOf(
    database.db,
    clock,
    person({
      organizationId: market.bureauId,
      organizationKind: 'data_bureau',
      role: 'data_bureau',
    }),
  )
})

function item(form: ChargingForm, more: Partial<PriceItemDraft> = {}): PriceItemDraft {
  return {
    productId,
    code: 'CREDIT',
    name: '公积金信贷核验',
    nameEn: 'Housing fund check',
    content: '每次核验',
    form,
    billableRule: 'on_found',
    repeatWindowHours: 24,
    reductionPolicy: '',
    setBy: '市政数局',
    capFactors: null,
    forecastQuantity: null,
    reportedOn: null,
    reportNumber: null,
    ...more,
  }
}

async function draft(
  form: ChargingForm,
  more: Partial<Parameters<typeof draftPriceList>[1]> = {},
): Promise<Id<'plist'>> {
  const { priceListId } = await draftPriceList(maker, {
    operatorId: market.operatorId,
    kind: 'trial',
    title: '试行标准（示例，非政策口径）',
    documentId: market.documentId,
    effectiveFrom: clock.now(),
    isSample: true,
    items: [item(form)],
    ...more,
  })
  await submitPriceList(maker, { priceListId })
  return priceListId
}

async function listInForce(form: ChargingForm, effectiveFrom = clock.now()): Promise<Id<'pitem'>> {
  const { items } = await approvePriceList(bureau, {
    priceListId: await draft(form, { effectiveFrom }),
  })
  return items[0]?.priceItemId ?? ('' as Id<'pitem'>)
}

async function post(priceItemId: Id<'pitem'>, form: ChargingForm, effectiveFrom = clock.now()) {
  const { proposalId } = await proposePostedPrice(maker, {
    priceItemId,
    form,
    reason: '示例',
    effectiveFrom,
  })
  return approvePostedPrice(head, { proposalId })
}

const priceOn = async (at: Date, knownAt = clock.now()): Promise<string | undefined> => {
  const price = await priceAt(database.db, { productId, code: 'CREDIT', at, knownAt })
  return price?.form.kind === 'per_call' ? formatDecimal(price.form.unitPriceYuan) : undefined
}

describe('a price list', () => {
  test('needs its approval document', async () => {
    await expect(
      draft(perCall('0.50'), { documentId: 'policy_none' as Id<'policy'> }),
    ).rejects.toMatchObject({ code: 'APPROVAL_DOCUMENT_MISSING' })
  })

  test('is drafted by nobody but operator and bureau, for their own operator', async () => {
    const input = {
      operatorId: market.operatorId,
      kind: 'trial',
      title: 'x',
      documentId: market.documentId,
      effectiveFrom: clock.now(),
      items: [item(perCall('0.50'))],
    } as const
    await expect(draftPriceList(head, input)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(
      draftPriceList(maker, { ...input, operatorId: 'org_other' as Id<'org'> }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is not approved by who drafted it, nor by the operator', async () => {
    const { priceListId } = await draftPriceList(bureau, {
      operatorId: market.operatorId,
      kind: 'trial',
      title: '试行',
      documentId: market.documentId,
      effectiveFrom: clock.now(),
      items: [item(perCall('0.50'))],
    })
    await submitPriceList(bureau, { priceListId })
    await expect(approvePriceList(bureau, { priceListId })).rejects.toMatchObject({
      code: 'SELF_APPROVAL',
    })
    await expect(approvePriceList(head, { priceListId })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  test('with caps needs the report to the price authority', async () => {
    const cap = { kind: 'cap', items: [item(perCall('0.50'))] } as const
    await expect(
      approvePriceList(bureau, { priceListId: await draft(perCall('0.50'), cap) }),
    ).rejects.toMatchObject({ code: 'CAP_NOT_REPORTED', detail: { items: ['CREDIT'] } })
    const reported = item(perCall('0.50'), { reportedOn: '2026-05-20', reportNumber: '报1' })
    const result = await approvePriceList(bureau, {
      priceListId: await draft(perCall('0.50'), { ...cap, items: [reported] }),
    })
    expect(result.kind).toBe('approved')
  })

  test('may be a trial list only until a complete year of operation', async () => {
    clock.set(new Date('2026-12-31T16:00:00Z')) // 1 January 2027 in Asia/Shanghai
    await expect(draft(perCall('0.50'))).rejects.toMatchObject({ code: 'TRIAL_PERIOD_OVER' })
  })

  test('approved twice is the same list', async () => {
    const priceListId = await draft(perCall('0.50'))
    const first = await approvePriceList(bureau, { priceListId })
    const second = await approvePriceList(bureau, { priceListId })
    expect(second).toEqual({ kind: 'already_approved', items: first.items })
  })
})

describe('a posted price', () => {
  test.each([
    ['0.50', 'posted'],
    ['0.50000', 'posted'],
    ['0.499999', 'posted'],
    ['0.500001', 'PRICE_ABOVE_CAP'],
  ])('of %s under a cap of 0.50: %s', async (yuan, outcome) => {
    const priceItemId = await listInForce(perCall('0.50'))
    const told = await post(priceItemId, perCall(yuan)).then(
      (result) => result.kind,
      (error: unknown) => (error instanceof DomainError ? error.code : error),
    )
    expect(told).toBe(outcome)
  })

  test('above its cap leaves a trace for the market regulator', async () => {
    const priceItemId = await listInForce(perCall('0.50'))
    await expect(post(priceItemId, perCall('0.60'))).rejects.toThrow('PRICE_ABOVE_CAP')
    const refused = await database.db
      .selectFrom('kernel.audit_entry')
      .select(['object_id', 'detail'])
      .where('outcome', '=', 'refused')
      .execute()
    expect(refused).toMatchObject([
      { object_id: priceItemId, detail: { verdict: { kind: 'above', tier: 1 } } },
    ])
  })

  test('cannot be written above its cap past the verb either', async () => {
    const priceItemId = await listInForce(perCall('0.50'))
    const { postedPriceId } = await post(priceItemId, perCall('0.40'))
    const tier = database.db.insertInto('billing.posted_price_tier').values({
      posted_price_id: postedPriceId,
      price_item_id: priceItemId,
      position: 2,
      from_quantity: '0',
      unit_price_yuan: '0.60',
      cap_unit_price_yuan: '0.50',
    })
    await expect(tier.execute()).rejects.toMatchObject({ constraint: 'posted_price_not_above_cap' })
  })

  test('is approved by another person, once', async () => {
    const priceItemId = await listInForce(perCall('0.50'))
    const { proposalId } = await proposePostedPrice(maker, {
      priceItemId,
      form: perCall('0.40'),
      reason: '示例',
      effectiveFrom: clock.now(),
    })
    await expect(approvePostedPrice(maker, { proposalId })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    const results = await Promise.all([
      approvePostedPrice(head, { proposalId }),
      approvePostedPrice(head, { proposalId }),
    ])
    expect(results.map((result) => result.kind).sort()).toEqual(['already_posted', 'posted'])
  })

  test('replaces another from the next full hour, and what was known before can still be asked', async () => {
    const priceItemId = await listInForce(perCall('0.50'))
    await post(priceItemId, perCall('0.40'))
    clock.set(new Date('2026-06-10T02:20:00Z'))
    const before = clock.now()
    clock.advance(1000)
    const next = await post(priceItemId, perCall('0.30'))
    expect(next.effectiveFrom).toEqual(new Date('2026-06-10T03:00:00Z'))
    expect(await priceOn(new Date('2026-06-10T02:59:59Z'))).toBe('0.4')
    expect(await priceOn(new Date('2026-06-10T03:00:00Z'))).toBe('0.3')
    expect(await priceOn(new Date('2026-06-10T03:00:00Z'), before)).toBe('0.4')
    const history = await listPriceHistory(
      { db: database.db, clock },
      { productId, code: 'CREDIT' },
    )
    expect(history.length).toBe(3)
  })

  test('two approved at once leave one price at every instant', async () => {
    const priceItemId = await listInForce(perCall('0.50'))
    await post(priceItemId, perCall('0.40'))
    clock.advance(3_600_000)
    const proposals = []
    for (const yuan of ['0.31', '0.32'])
      proposals.push(
        await proposePostedPrice(maker, {
          priceItemId,
          form: perCall(yuan),
          reason: '示例',
          effectiveFrom: clock.now(),
        }),
      )
    const results = await Promise.allSettled(
      proposals.map(({ proposalId }) => approvePostedPrice(head, { proposalId })),
    )
    expect(results.filter((result) => result.status === 'fulfilled').length).toBeGreaterThan(0)
    clock.advance(7_200_000)
    expect(['0.31', '0.32']).toContain(await priceOn(clock.now()))
  })
})

describe('a new list', () => {
  test('with a lower cap ends a price above it, and carries one within it on', async () => {
    await post(await listInForce(perCall('0.50')), perCall('0.40'))
    clock.advance(86_400_000)
    const july = new Date('2026-06-30T16:00:00Z')
    await listInForce(perCall('0.45'), july)
    expect(await priceOn(new Date(july.getTime() - 1))).toBe('0.4')
    expect(await priceOn(july)).toBe('0.4')
    clock.advance(86_400_000)
    const august = new Date('2026-07-31T16:00:00Z')
    await listInForce(perCall('0.35'), august)
    expect(await priceOn(new Date(august.getTime() - 1))).toBe('0.4')
    expect(await priceOn(august)).toBeUndefined()
  })

  test('cannot begin before one that is planned already', async () => {
    await listInForce(perCall('0.50'))
    clock.advance(1000)
    await listInForce(perCall('0.45'), new Date('2026-06-30T16:00:00Z'))
    clock.advance(1000)
    await expect(
      listInForce(perCall('0.40'), new Date('2026-06-20T16:00:00Z')),
    ).rejects.toMatchObject({ code: 'PRICE_PLANNED_LATER' })
  })
})

test('the board shows cap, price, headroom and basis of a listed product', async () => {
  expect(await pricingState(database.db, { productId, at: clock.now() })).toEqual({
    chargeable: false,
    posted: false,
  })
  const priceItemId = await listInForce(perCall('0.50'))
  expect(await pricingState(database.db, { productId, at: clock.now() })).toEqual({
    chargeable: true,
    posted: false,
  })
  await post(priceItemId, perCall('0.40'))
  const [entry, ...others] = await listPriceBoard({ db: database.db, clock })
  expect(others).toEqual([])
  expect(entry).toMatchObject({
    productCode: 'housing-fund-credit',
    code: 'CREDIT',
    listKind: 'trial',
    isSample: true,
    trialMustBeReplaced: false,
    unit: 'call',
    document: { number: '示例〔2026〕1号' },
  })
  expect(entry?.tiers.map((tier) => tier.headroomYuan?.toFixed(2))).toEqual(['0.10'])
  clock.set(new Date('2026-12-31T16:00:00Z'))
  const [later] = await listPriceBoard({ db: database.db, clock })
  expect(later?.trialMustBeReplaced).toBe(true)
})
