import { createApp } from '#api/app.ts'
import type { Actor, OrganizationKind, PersonActor } from '#kernel/context.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { startOfDay } from '#kernel/period.ts'
import type { Role } from '#kernel/permissions.ts'
import { encodeReceipt, sealUsage, type UsageReceipt } from '#metering/index.ts'
import { testAppDeps } from '#tests/harness/app.ts'
import { testContext, type TestDatabase } from '#tests/harness/index.ts'
import { type MeteredCity, metered, refusedWithoutProduct } from './metered-city.ts'

/** What somebody verifies with, as the doors give it. */
export type VerificationFiles = Record<
  'seals' | 'keys' | 'proof' | 'calls' | 'export' | 'receipts',
  string
>

export type VerifiedCity = Readonly<{
  person: (kind: OrganizationKind, role: Role, organizationId?: Id<'org'>) => PersonActor
  buyer: () => PersonActor
  finance: () => PersonActor
  ask: (path: string, actor?: Actor) => Promise<Response>
  /** With the byte order mark, which `text()` would take away. */
  read: (path: string, actor?: Actor) => Promise<string>
  seal: () => Promise<unknown>
  makeFiles: () => Promise<VerificationFiles>
}>

/** The doors before a metered city, for whoever verifies its usage. */
export function verifiedCity(database: TestDatabase, city: MeteredCity): VerifiedCity {
  const person: VerifiedCity['person'] = (kind, role, organizationId) => ({
    kind: 'person',
    personId: newId('person', city.clock),
    name: '示例',
    organizationId: organizationId ?? newId('org', city.clock),
    organizationKind: kind,
    roles: [role],
  })
  const buyer = () => person('buyer', 'buyer_admin', metered.buyerId)
  const finance = () => person('finance_bureau', 'finance_bureau')
  const ask: VerifiedCity['ask'] = async (path, actor) => {
    const deps = testAppDeps({ db: database.db, clock: city.clock, ...(actor && { actor }) })
    return createApp({ ...deps, keys: city.keys }).request(path)
  }
  const read: VerifiedCity['read'] = async (path, actor) =>
    Buffer.from(await (await ask(path, actor)).arrayBuffer()).toString()
  const seal = () =>
    sealUsage({ ...testContext({ db: database.db, clock: city.clock }), keys: city.keys })
  return {
    person,
    buyer,
    finance,
    ask,
    read,
    seal,
    makeFiles: async () => {
      const receipts = await useTwoDays(city, seal)
      return {
        seals: await read('/v1/seals?month=2026-06'),
        keys: await read('/v1/public-keys'),
        proof: await read('/v1/usage/proof?month=2026-06', buyer()),
        calls: await read('/v1/usage/calls.csv?month=2026-06', buyer()),
        export: await read('/v1/usage/export?month=2026-06', finance()),
        receipts: receipts.map(encodeReceipt).join('\n'),
      }
    },
  }
}

/**
 * 15 June: three charged calls of the buyer, one free, one refused without a product that stands for four
 * attempts, two calls of another buyer; 16 June: one of each, and one of the 15th that came late.
 */
async function useTwoDays(
  city: MeteredCity,
  seal: () => Promise<unknown>,
): Promise<UsageReceipt[]> {
  const receipts: UsageReceipt[] = []
  for (let count = 0; count < 3; count++)
    receipts.push(await city.call({ requestId: `=SUM("${count}")` }))
  receipts.push(
    await city.call({ billable: false, reason: 'nothing_found', resultClass: 'not_found' }),
  )
  await city.call({ ...refusedWithoutProduct, attempts: 4 })
  const others = { buyerId: metered.otherBuyerId, subscriptionId: metered.otherSubscriptionId }
  await city.call(others)
  await city.call({ ...others, productId: metered.otherProductId })
  await city.settle()
  city.clock.set(startOfDay('2026-06-16'))
  await city.settle()
  await seal()
  receipts.push(
    await city.call(),
    await city.call({ occurredAtMs: startOfDay('2026-06-15').getTime() }),
  )
  await city.call(others)
  city.clock.set(startOfDay('2026-06-17'))
  await city.settle()
  await seal()
  return receipts
}
