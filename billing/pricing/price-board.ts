import type { Clock } from '#kernel/clock.ts'
import type { Database, TimeRange } from '#kernel/database.ts'
import type { Decimal } from '#kernel/decimal.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { ChargingForm, ChargingUnit } from './charging-form.ts'
import { trialEndsAt } from './draft-price-list.ts'
import type { BillableRule, PriceListKind } from './price-list.ts'
import { listPriceItems, type PriceItem } from './price-item.queries.ts'
import { listPostedPrices } from './posted-price.queries.ts'
import { type PriceInForce, pricesBetween } from './prices-in-force.ts'
import { tiersOf } from './stored-tiers.ts'

export type PriceBoardTier = Readonly<{
  position: number
  fromQuantity: Decimal
  toQuantity: Decimal | null
  capYuan: Decimal
  /** Null while nothing is posted. */
  postedYuan: Decimal | null
  headroomYuan: Decimal | null
}>
/** One line of the public price board (R54): cap and actual price side by side, with their basis. */
export type PriceBoardEntry = Readonly<{
  priceItemId: Id<'pitem'>
  productId: Id<'product'>
  productCode: string
  productName: string
  productNameEn: string
  code: string
  name: string
  nameEn: string
  content: string
  /** In a trial list the ceiling is called 试行标准, never 上限标准. */
  listKind: PriceListKind
  listNumber: string
  listTitle: string
  isSample: boolean
  /** R49: a complete year of operation exists, and a cap list must take the place of this trial list. */
  trialMustBeReplaced: boolean
  unit: ChargingUnit
  billableRule: BillableRule
  /** The same request with the same Idempotency-Key is not charged again within it. */
  repeatWindowHours: number
  reductionPolicy: string
  setBy: string
  document: Readonly<{ title: string; number: string; issuer: string; issuedOn: string }>
  reportNumber: string | null
  reportedOn: string | null
  cap: ChargingForm
  capEffective: TimeRange
  /** Null while nothing is posted: the item cannot be ordered. */
  posted: Readonly<{
    postedPriceId: Id<'posted'>
    number: string
    form: ChargingForm
    effective: TimeRange
  }> | null
  tiers: readonly PriceBoardTier[]
}>
export type PriceHistoryEntry = Readonly<{
  postedPriceId: Id<'posted'>
  number: string
  form: ChargingForm
  effective: TimeRange
  known: TimeRange
  postedAt: Date
  reason: string
}>

type Reader = Readonly<{ db: Database; clock: Clock }>

/** The public board: every item in force of every listed product, by product code then item code (R54). */
export async function listPriceBoard(
  ctx: Reader,
  input: Readonly<{ productId?: Id<'product'>; at?: Date }> = {},
): Promise<PriceBoardEntry[]> {
  const now = ctx.clock.now()
  const at = input.at ?? now
  const items = await listPriceItems(ctx.db, {
    knownAt: now,
    holdingFrom: at,
    ...(input.productId === undefined ? {} : { productId: input.productId }),
  })
  const inForce = items.filter((item) => item.effective.from <= at)
  const heads = await listHeads(
    ctx.db,
    inForce.map((item) => item.priceItemId),
  )
  const entries: PriceBoardEntry[] = []
  for (const head of heads) {
    const item = inForce.find((candidate) => candidate.priceItemId === head.id)
    invariant(item !== undefined, 'a head is of an item that was read')
    const [price] = await pricesBetween(ctx.db, {
      productId: item.productId,
      code: item.code,
      from: at,
      to: new Date(at.getTime() + 1),
      knownAt: now,
    })
    const trialEnd = item.listKind === 'trial' ? await trialEndsAt(ctx.db, item.operatorId) : null
    entries.push(entryOf(item, head, price, trialEnd !== null && trialEnd <= at))
  }
  return entries
}

type Head = Awaited<ReturnType<typeof listHeads>>[number]

async function listHeads(db: Database, priceItemIds: readonly string[]) {
  if (priceItemIds.length === 0) return []
  return db
    .selectFrom('billing.price_item as i')
    .innerJoin('billing.price_list as l', 'l.id', 'i.price_list_id')
    .innerJoin('governance.policy_document as d', 'd.id', 'l.document_id')
    .innerJoin('governance.product as p', 'p.id', 'i.product_id')
    .select([
      'i.id',
      'p.code as product_code',
      'p.name as product_name',
      'p.name_en as product_name_en',
      'l.number',
      'l.title',
      'l.is_sample',
      'd.title as document_title',
      'd.number as document_number',
      'd.issuer',
      'd.issued_on',
    ])
    .where('i.id', 'in', priceItemIds)
    .where((where) =>
      where.exists(
        where
          .selectFrom('governance.product_version as v')
          .select('v.id')
          .whereRef('v.product_id', '=', 'i.product_id')
          .where('v.status', 'in', ['listed', 'suspended']),
      ),
    )
    .orderBy('p.code')
    .orderBy('i.code')
    .execute()
}

function entryOf(
  item: PriceItem,
  head: Head,
  price: PriceInForce | undefined,
  trialMustBeReplaced: boolean,
): PriceBoardEntry {
  return {
    priceItemId: item.priceItemId,
    productId: item.productId,
    productCode: head.product_code,
    productName: head.product_name,
    productNameEn: head.product_name_en,
    code: item.code,
    name: item.name,
    nameEn: item.nameEn,
    content: item.content,
    listKind: item.listKind,
    listNumber: head.number,
    listTitle: head.title,
    isSample: head.is_sample,
    trialMustBeReplaced,
    unit: item.unit,
    billableRule: item.billableRule,
    repeatWindowHours: item.repeatWindowHours,
    reductionPolicy: item.reductionPolicy,
    setBy: item.setBy,
    document: {
      title: head.document_title,
      number: head.document_number,
      issuer: head.issuer,
      issuedOn: head.issued_on,
    },
    reportNumber: item.reportNumber,
    reportedOn: item.reportedOn,
    cap: item.cap,
    capEffective: item.effective,
    posted:
      price === undefined
        ? null
        : {
            postedPriceId: price.postedPriceId,
            number: price.number,
            form: price.form,
            effective: price.effective,
          },
    tiers: boardTiers(item, price),
  }
}

function boardTiers(item: PriceItem, price: PriceInForce | undefined): PriceBoardTier[] {
  const posted = new Map(
    (price === undefined ? [] : tiersOf(price.form)).map((tier) => [
      tier.position,
      tier.unitPriceYuan,
    ]),
  )
  return tiersOf(item.cap).map((tier) => {
    const postedYuan = posted.get(tier.position) ?? null
    return {
      position: tier.position,
      fromQuantity: tier.fromQuantity,
      toQuantity: tier.toQuantity,
      capYuan: tier.unitPriceYuan,
      postedYuan,
      headroomYuan: postedYuan === null ? null : tier.unitPriceYuan.minus(postedYuan),
    }
  })
}

/** Every posted price an item ever had, newest first, with what was known when. */
export async function listPriceHistory(
  ctx: Reader,
  input: Readonly<{ productId: Id<'product'>; code: string }>,
): Promise<PriceHistoryEntry[]> {
  const prices = await listPostedPrices(ctx.db, input)
  return prices
    .map(({ postedPriceId, number, form, effective, known, postedAt, reason }) => ({
      postedPriceId,
      number,
      form,
      effective,
      known,
      postedAt,
      reason,
    }))
    .reverse()
}
