import { openSubscription } from '#billing/index.ts'
import { buyers } from '#demo/city/organizations.ts'
import { sampleMark } from '#demo/city/sample.ts'
import { type CitySubscription, subscriptions } from '#demo/city/subscriptions.ts'
import {
  applyForEntry,
  applyForUse,
  createApiKey,
  decideEntry,
  decideUseApplication,
  entryDeclarations,
  offerDevelopmentAgreement,
  signDevelopmentAgreement,
  type ApplyForEntry,
} from '#governance/index.ts'
import type { Id } from '#kernel/ids.ts'
import { parseMoneyYuan } from '#kernel/money.ts'
import { addDays, addYears, startOfDay } from '#kernel/period.ts'
import { as, of, type World } from './world.ts'

/** Entry with its six declarations, agreement offered and signed: then a buyer is active (R34, R35). */
export async function admitBuyers(world: World): Promise<void> {
  const operatorId = of(world.organizations, 'operator')
  const declared = { evidence: `示例证明材料（${sampleMark}）` }
  const declarations = Object.fromEntries(
    entryDeclarations.map((each) => [each, declared]),
  ) as ApplyForEntry['declarations']
  for (const { key } of buyers) {
    const person = buyerPerson(world, key)
    const { entryApplicationId } = await applyForEntry(as(world, person), {
      operatorId,
      declarations,
      lastIncidentOn: null,
    })
    await decideEntry(as(world, 'operator_checker'), {
      entryApplicationId,
      verdict: 'approve',
      reason: `进驻审核通过（${sampleMark}）`,
    })
    const { developmentAgreementId } = await offerDevelopmentAgreement(as(world, 'operator_head'), {
      entryApplicationId,
      startsOn: world.calendar.opensOn,
      endsOn: lastDayOfUse(world),
    })
    await signDevelopmentAgreement(as(world, person), { developmentAgreementId })
  }
}

/** A year of use, well within the operator's own agreement. */
function lastDayOfUse(world: World): string {
  return addDays(addYears(world.calendar.opensOn, 1), -1)
}

/** Who acts for a buyer. */
export function buyerPerson(world: World, buyer: string): string {
  const organizationId = of(world.organizations, buyer)
  for (const [key, person] of world.people) if (person.organizationId === organizationId) return key
  throw new Error(`nobody acts for ${buyer}`)
}

/** Use application, subscription and live key of everybody who uses something (R25, R35, R46). */
export async function openSubscriptions(world: World): Promise<void> {
  for (const subscription of subscriptions) {
    const useApplicationId = await applyAndApprove(world, subscription)
    const { subscriptionId } = await openSubscription(as(world, 'operator_maker'), {
      useApplicationId,
      ...(subscription.priceItem === undefined ? {} : { priceItemCode: subscription.priceItem }),
    })
    world.subscriptions.set(subscription.key, subscriptionId)
    await giveKey(world, subscription, subscriptionId)
  }
  const sandbox = await createApiKey(as(world, 'buyer_admin'), {
    mode: 'sandbox',
    scopes: ['data:call'],
    name: '沙箱密钥（示例）',
    subscription: null,
  })
  world.apiKeys.set('sandbox', sandbox.key)
}

async function applyAndApprove(
  world: World,
  subscription: CitySubscription,
): Promise<Id<'application'>> {
  const { useApplicationId } = await applyForUse(
    as(world, buyerPerson(world, subscription.buyer)),
    {
      productId: of(world.products, subscription.product).productId,
      scenarioId: of(world.scenarios, subscription.scenario),
      purpose: `用于所申请场景（${sampleMark}）`,
      terms: {
        startsOn: world.calendar.opensOn,
        endsOn: lastDayOfUse(world),
        callsPerDayMax: subscription.callsPerDayMax?.toString() ?? null,
        callsPerMonthMax: null,
        callsPerSecondMax: 5_000,
        concurrentCallsMax: 1_000,
        networks: [],
      },
    },
  )
  await decideUseApplication(as(world, 'operator_checker'), {
    useApplicationId,
    verdict: 'approve',
    reason: `数据使用申请审核通过（${sampleMark}）`,
  })
  return useApplicationId
}

async function giveKey(
  world: World,
  subscription: CitySubscription,
  subscriptionId: Id<'sub'>,
): Promise<void> {
  const person = as(world, buyerPerson(world, subscription.buyer))
  const { key } = await createApiKey(person, {
    mode: 'live',
    scopes: ['data:call'],
    name: `生产密钥（示例） ${subscription.product}`,
    monthlySpendMaxFen:
      subscription.monthlySpendMaxYuan === undefined
        ? null
        : parseMoneyYuan(subscription.monthlySpendMaxYuan),
    subscription: {
      id: subscriptionId,
      buyerId: of(world.organizations, subscription.buyer),
      status: 'active',
      endsAt: startOfDay(addDays(lastDayOfUse(world), 1)),
    },
  })
  world.apiKeys.set(subscription.key, key)
}
