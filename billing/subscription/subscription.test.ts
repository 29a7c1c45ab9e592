import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  endSubscription,
  getSubscription,
  listSubscriptions,
  openSubscription,
  resumeSubscription,
  suspendSubscription,
} from '#billing/index.ts'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { type BillingCity, buildBillingCity } from '#tests/builders/billing.ts'
import { contextOf, insertApprovedUse, insertOrganization, person } from '#tests/builders/market.ts'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase()
let city: BillingCity
let secondBuyer: Id<'org'>
let second: Context

beforeEach(async () => {
  city = await buildBillingCity(database)
  secondBuyer = await insertOrganization(database.ownerDb, city.clock, {
    kind: 'buyer',
    name: '咸宁示例医院',
  })
  second = contextOf(
    database.db,
    city.clock,
    person({ organizationId: secondBuyer, organizationKind: 'buyer', role: 'buyer_admin' }),
  )
})

async function approvedUse(purpose: 'industry' | 'public_interest' = 'industry') {
  const { market, productId } = city
  const scenarioId = purpose === 'industry' ? market.industryScenarioId : market.publicScenarioId
  const use = { operatorId: market.operatorId, buyerId: secondBuyer, productId, scenarioId }
  const { applicationId } = await insertApprovedUse(database.ownerDb, city.clock, use)
  return { useApplicationId: applicationId }
}

describe('a subscription', () => {
  test('for industry names the posted item that charges it, for the terms as granted', async () => {
    const { subscriptionId, kind } = await openSubscription(second, await approvedUse())
    expect(kind).toBe('opened')
    expect(await getSubscription(second, { subscriptionId })).toMatchObject({
      priceItemCode: 'CREDIT',
      purposeClass: 'industry',
      startsAt: city.clock.now(),
      endsAt: new Date('2027-01-01T00:00:00+08:00'),
      status: 'active',
    })
  })

  test('for the public interest names no item, whatever is asked, and nothing can give it one', async () => {
    const use = await approvedUse('public_interest')
    const { subscriptionId } = await openSubscription(second, { ...use, priceItemCode: 'CREDIT' })
    expect((await getSubscription(second, { subscriptionId })).priceItemCode).toBeNull()
    await expect(
      sql`update billing.subscription set price_item_code = 'CREDIT' where id = ${subscriptionId}`.execute(
        database.ownerDb,
      ),
    ).rejects.toMatchObject({ constraint: 'subscription_priced_only_industry' })
  })

  test('for industry without a posted price is refused', async () => {
    const use = await approvedUse()
    await expect(
      openSubscription(second, { ...use, priceItemCode: 'OTHER' }),
    ).rejects.toMatchObject({ code: 'NO_POSTED_PRICE' })
  })

  test('of a product that is not listed is refused', async () => {
    const use = await approvedUse()
    await sql`update governance.product_version set status = 'delisted'`.execute(database.ownerDb)
    await expect(openSubscription(second, use)).rejects.toMatchObject({
      code: 'PRODUCT_NOT_LISTED',
    })
  })

  test('opened twice, also at once, is one', async () => {
    const use = await approvedUse()
    const results = await Promise.all([
      openSubscription(second, use),
      openSubscription(second, use),
    ])
    expect(results.map((result) => result.kind).sort()).toEqual(['already_opened', 'opened'])
    expect(new Set(results.map((result) => result.subscriptionId)).size).toBe(1)
  })

  test('is opened by the buyer or the operator it is with, and seen by nobody else', async () => {
    const use = await approvedUse()
    await expect(openSubscription(city.buyer, use)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(openSubscription(city.bureau, use)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const { subscriptionId } = await openSubscription(city.maker, use)
    await expect(getSubscription(city.buyer, { subscriptionId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect((await listSubscriptions(second)).map((each) => each.subscriptionId)).toEqual([
      subscriptionId,
    ])
    expect((await listSubscriptions(city.head)).length).toBe(2)
  })

  test('is suspended, resumed and ended; its end is final', async () => {
    const { subscriptionId } = city
    const step = { subscriptionId, reason: '示例' }
    await expect(suspendSubscription(city.buyer, step)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(suspendSubscription(city.head, { ...step, reason: ' ' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
    expect((await suspendSubscription(city.head, step)).kind).toBe('suspended')
    expect((await suspendSubscription(city.head, step)).kind).toBe('already_suspended')
    expect((await resumeSubscription(city.head, step)).kind).toBe('resumed')
    await expect(endSubscription(second, step)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await endSubscription(city.buyer, step)).kind).toBe('ended')
    await expect(resumeSubscription(city.head, step)).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
    })
  })
})
