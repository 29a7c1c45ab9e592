import { type MovableClock, movableClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import {
  approvePostedPrice,
  approvePriceList,
  type ChargingForm,
  draftPriceList,
  makeTiers,
  proposePostedPrice,
  recordTaxRate,
  submitPriceList,
} from '#billing/index.ts'
import type { TestDatabase } from '#tests/harness/index.ts'
import {
  contextOf,
  insertListedProduct,
  insertMarket,
  insertOrganization,
  insertSubscription,
  type Market,
  person,
} from './market.ts'

/** A market with one product, its ceiling and price, a tax rate of 6 %, one buyer and its people. */
export type BillingCity = Readonly<{
  clock: MovableClock
  market: Market
  productId: Id<'product'>
  priceItemId: Id<'pitem'>
  buyerId: Id<'org'>
  maker: Context
  checker: Context
  head: Context
  bureau: Context
  buyer: Context
  system: Context
  /** An industry subscription at the item's price since the clock's time. */
  subscriptionId: Id<'sub'>
}>

export const yuanTiers = (
  ...steps: readonly (readonly [from: string, to: string | null, yuan: string])[]
): ChargingForm => ({
  kind: 'graduated',
  unit: 'call',
  tiers: makeTiers(
    steps.map(([from, to, yuan]) => ({
      fromQuantity: parseDecimal(from),
      toQuantity: to === null ? null : parseDecimal(to),
      unitPriceYuan: parseDecimal(yuan),
    })),
  ),
})

/** Up to 100 calls 0.040, above 0.035 yuan. */
export const samplePrice = yuanTiers(['0', '100', '0.040'], ['100', null, '0.035'])
export const sampleCap = yuanTiers(['0', '100', '0.050'], ['100', null, '0.040'])

export async function buildBillingCity(
  database: TestDatabase,
  options: Readonly<{
    start?: string
    cap?: ChargingForm
    price?: ChargingForm
    withTax?: boolean
  }> = {},
): Promise<BillingCity> {
  const clock = movableClock(options.start ?? '2026-05-31T16:00:00Z') // 1 June in Asia/Shanghai
  const market = await insertMarket(database, clock)
  const productId = await insertListedProduct(database, clock, {
    operatorId: market.operatorId,
    code: 'housing-fund-credit',
    name: '住房公积金信贷',
  })
  const buyerId = await insertOrganization(database.ownerDb, clock, {
    kind: 'buyer',
    name: '咸宁示例银行',
  })
  const people = peopleOf(database, clock, { market, buyerId })
  const priceItemId = await postPrice(people, {
    market,
    productId,
    cap: options.cap ?? sampleCap,
    price: options.price ?? samplePrice,
  })
  if (options.withTax !== false)
    await recordTaxRate(people.head, {
      operatorId: market.operatorId,
      rate: parseDecimal('0.06'),
      documentId: market.documentId,
      effectiveFrom: new Date('2025-12-31T16:00:00Z'),
    })
  const subscriptionId = await insertSubscription(database.ownerDb, clock, {
    operatorId: market.operatorId,
    buyerId,
    productId,
    scenarioId: market.industryScenarioId,
    purposeClass: 'industry',
    priceItemCode: 'CREDIT',
    startsAt: clock.now(),
    endsAt: new Date('2026-12-31T16:00:00Z'),
  })
  return { clock, market, productId, priceItemId, buyerId, subscriptionId, ...people }
}

type People = Pick<BillingCity, 'maker' | 'checker' | 'head' | 'bureau' | 'buyer' | 'system'>

function peopleOf(
  database: TestDatabase,
  clock: MovableClock,
  of: Readonly<{ market: Market; buyerId: Id<'org'> }>,
): People {
  const { operatorId, bureauId } = of.market
  const as = (actor: Context['actor']): Context => contextOf(database.db, clock, actor)
  const operator = { organizationId: operatorId, organizationKind: 'operator' } as const
  return {
    maker: as(person({ ...operator, role: 'operator_maker' })),
    checker: as(person({ ...operator, role: 'operator_checker' })),
    head: as(person({ ...operator, role: 'operator_head' })),
    bureau: as(
      person({ organizationId: bureauId, organizationKind: 'data_bureau', role: 'data_bureau' }),
    ),
    buyer: as(
      person({ organizationId: of.buyerId, organizationKind: 'buyer', role: 'buyer_admin' }),
    ),
    system: as({ kind: 'system', job: 'test' }),
  }
}

async function postPrice(
  people: People,
  of: Readonly<{
    market: Market
    productId: Id<'product'>
    cap: ChargingForm
    price: ChargingForm
  }>,
): Promise<Id<'pitem'>> {
  const { clock } = people.maker
  const { priceListId } = await draftPriceList(people.maker, {
    operatorId: of.market.operatorId,
    kind: 'trial',
    title: '试行标准（示例，非政策口径）',
    documentId: of.market.documentId,
    effectiveFrom: clock.now(),
    isSample: true,
    items: [
      {
        productId: of.productId,
        code: 'CREDIT',
        name: '公积金信贷核验',
        nameEn: 'Housing fund check',
        content: '每次核验',
        form: of.cap,
        billableRule: 'on_found',
        repeatWindowHours: 24,
        reductionPolicy: '',
        setBy: '市政数局',
        capFactors: null,
        forecastQuantity: null,
        reportedOn: null,
        reportNumber: null,
      },
    ],
  })
  await submitPriceList(people.maker, { priceListId })
  const { items } = await approvePriceList(people.bureau, { priceListId })
  const priceItemId = items[0]?.priceItemId
  if (priceItemId === undefined) throw new Error('the list has one item')
  await postedPrice(people, { priceItemId, form: of.price })
  return priceItemId
}

/** Proposed by the maker, approved by the head. */
export async function postedPrice(
  people: Pick<People, 'maker' | 'head'>,
  of: Readonly<{ priceItemId: Id<'pitem'>; form: ChargingForm }>,
) {
  const { proposalId } = await proposePostedPrice(people.maker, {
    ...of,
    reason: '示例',
    effectiveFrom: people.maker.clock.now(),
  })
  return approvePostedPrice(people.head, { proposalId })
}
