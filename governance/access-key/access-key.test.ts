import { expect, test } from 'vitest'
import { hashApiKey, parseApiKey } from '#kernel/api-key-format.ts'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { useDatabase } from '#tests/harness/index.ts'
import {
  addBuyer,
  approveScenario,
  approveUse,
  buildOperatingCity,
  type OperatingCity,
  listProduct,
  organizationOf,
  useTerms,
} from '#tests/builders/governance.ts'
import { applyForUse } from '#governance/use-application/apply-for-use.ts'
import { decideUseApplication } from '#governance/use-application/decide-use-application.ts'
import { listUseApplications } from '#governance/use-application/list-use-applications.ts'
import { getApprovedUse } from '#governance/use-application/use-application.queries.ts'
import type { CreateApiKey } from './contract.ts'
import { createApiKey } from './create-api-key.ts'
import { listApiKeys } from './list-api-keys.ts'
import { revokeApiKey } from './revoke-api-key.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })
const sandbox: CreateApiKey = {
  mode: 'sandbox',
  scopes: ['data:call'],
  name: '试用',
  subscription: null,
}
const subscriptionOf = (buyerId: Id<'org'>) => ({
  id: 'sub_00000000000000000001' as Id<'sub'>,
  buyerId,
  status: 'active' as const,
  endsAt: new Date('2027-03-01T00:00:00Z'),
})

test('a sandbox key is free to any registered organization, a live one is not (R35)', async () => {
  const city = await buildOperatingCity(database.db)
  const buyer = await addBuyer(city, '甲公司', { isActive: false })
  const { key } = await createApiKey(buyer, sandbox)
  expect(key).toMatch(/^xn_test_/)
  const live = {
    ...sandbox,
    mode: 'live' as const,
    subscription: subscriptionOf(organizationOf(buyer)),
  }
  await expect(createApiKey(buyer, live)).rejects.toEqual(refused('BUYER_NOT_ACTIVE'))
  await expect(createApiKey(city.maker, sandbox)).rejects.toEqual(refused('FORBIDDEN'))
})

test('a key is shown once; what is kept is its digest, its beginning and its end', async () => {
  const city = await buildOperatingCity(database.db)
  const buyer = await addBuyer(city, '甲公司')
  const { key, keyId } = await createApiKey(buyer, sandbox)
  const parsed = parseApiKey(key)
  expect(parsed?.mode).toBe('sandbox')
  const rows = await city.db
    .selectFrom('governance.api_key')
    .selectAll()
    .where('id', '=', keyId)
    .execute()
  expect(JSON.stringify(rows)).not.toContain(key)
  expect(rows[0]?.secret_digest).toBe(parsed && hashApiKey(parsed.key))
  const audited = await city.db.selectFrom('kernel.audit_entry').select('detail').execute()
  expect(JSON.stringify(audited)).not.toContain(key)
})

/** A row of the subscription a key can be bound to; opening one is a verb of a part above. */
async function openSubscription(city: OperatingCity, buyer: Context): Promise<void> {
  const scenarioId = await approveScenario(city)
  const { productId } = await listProduct(city, { scenarioIds: [scenarioId] })
  const useApplicationId = await approveUse(city, buyer, { productId, scenarioId })
  const use = await getApprovedUse(city.db, { useApplicationId, at: city.clock.now() })
  const { id, buyerId, status, endsAt } = subscriptionOf(organizationOf(buyer))
  await city.db
    .insertInto('billing.subscription')
    .values({
      id,
      number: 'DG-1',
      buyer_id: buyerId,
      operator_id: use.operatorId,
      product_id: productId,
      scenario_id: scenarioId,
      purpose_class: 'industry',
      use_application_id: useApplicationId,
      development_agreement_id: use.developmentAgreementId,
      price_item_code: 'call',
      terms: JSON.stringify(use.terms),
      starts_at: city.clock.now(),
      ends_at: endsAt,
      status,
      status_changed_at: city.clock.now(),
      opened_by: 'test',
      opened_at: city.clock.now(),
    })
    .execute()
}

test('a live key that calls data is bound to one subscription of its own, in force (R35)', async () => {
  const city = await buildOperatingCity(database.db)
  const buyer = await addBuyer(city, '甲公司')
  const other = await addBuyer(city, '乙公司')
  const own = subscriptionOf(organizationOf(buyer))
  await openSubscription(city, buyer)
  const create = (change: Partial<CreateApiKey>) =>
    createApiKey(buyer, { ...sandbox, mode: 'live', ...change })
  await expect(create({})).rejects.toEqual(refused('VALIDATION_FAILED'))
  await expect(create({ subscription: subscriptionOf(organizationOf(other)) })).rejects.toEqual(
    refused('NOT_FOUND'),
  )
  await expect(create({ subscription: { ...own, status: 'suspended' } })).rejects.toEqual(
    refused('SUBSCRIPTION_SUSPENDED'),
  )
  await expect(create({ subscription: { ...own, endsAt: city.clock.now() } })).rejects.toEqual(
    refused('SUBSCRIPTION_EXPIRED'),
  )
  await expect(create({ scopes: ['usage:read'], subscription: own })).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
  await expect(create({ subscription: own, networks: ['300.1.1.1'] })).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
  const made = await create({ subscription: own, networks: ['10.0.0.0/8', '2001:db8::/32'] })
  expect(made.key).toMatch(/^xn_live_/)
  expect((await create({ scopes: ['usage:read', 'bill:read'] })).kind).toBe('created')
})

test('a key is revoked once, by its buyer or the security administrator', async () => {
  const city = await buildOperatingCity(database.db)
  const buyer = await addBuyer(city, '甲公司')
  const other = await addBuyer(city, '乙公司')
  const security = await city.joining('platform', '平台', 'security_admin')
  const { keyId } = await createApiKey(buyer, sandbox)
  await expect(revokeApiKey(other, { keyId })).rejects.toEqual(refused('NOT_FOUND'))
  await expect(revokeApiKey(city.head, { keyId })).rejects.toEqual(refused('FORBIDDEN'))
  const revoked = await revokeApiKey(security, { keyId })
  expect(revoked.kind).toBe('revoked')
  expect(await revokeApiKey(buyer, { keyId })).toEqual({ ...revoked, kind: 'already_revoked' })
  expect((await listApiKeys(other, {})).items).toEqual([])
  expect((await listApiKeys(buyer, {})).items[0]?.revokedAt).toEqual(revoked.revokedAt)
})

test('a use is applied for by an active buyer, for a listed product, in its own scenario (R25)', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const elsewhere = await approveScenario(city, { code: 'other' })
  const { productId } = await listProduct(city, { scenarioIds: [scenarioId] })
  const buyer = await addBuyer(city, '甲公司')
  const newcomer = await addBuyer(city, '乙公司', { isActive: false })
  const apply = (ctx: typeof buyer, change: object = {}) =>
    applyForUse(ctx, { productId, scenarioId, purpose: '授信', terms: useTerms, ...change })
  await expect(apply(newcomer)).rejects.toEqual(refused('BUYER_NOT_ACTIVE'))
  await expect(apply(buyer, { scenarioId: elsewhere })).rejects.toEqual(
    refused('SCENARIO_NOT_APPROVED'),
  )
  await expect(apply(buyer, { terms: { ...useTerms, callsPerSecondMax: 0 } })).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
  const applied = await apply(buyer)
  expect(applied.number).toBe('SY-2026-000001')
  expect(await apply(buyer)).toEqual({ ...applied, kind: 'already_applied' })
  const { useApplicationId } = applied
  const asked = { useApplicationId, at: city.clock.now() }
  await expect(getApprovedUse(city.db, asked)).rejects.toEqual(refused('USE_NOT_APPROVED'))
  const decision = { useApplicationId, verdict: 'approve' as const, reason: '符合' }
  await expect(decideUseApplication(city.maker, decision)).rejects.toEqual(refused('FORBIDDEN'))
  expect(await decideUseApplication(city.head, decision)).toEqual({ kind: 'approved' })
  expect(await decideUseApplication(city.head, decision)).toEqual({ kind: 'already_decided' })
  expect(await getApprovedUse(city.db, asked)).toMatchObject({
    buyerId: organizationOf(buyer),
    productId,
    scenarioId,
    purposeClass: 'industry',
    terms: useTerms,
  })
  expect((await listUseApplications(newcomer, {})).items).toEqual([])
  expect((await listUseApplications(city.maker, {})).items).toHaveLength(1)
})

test('an approved use gives nothing once the development agreement has ended', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const { productId } = await listProduct(city, { scenarioIds: [scenarioId] })
  const buyer = await addBuyer(city, '甲公司')
  const useApplicationId = await approveUse(city, buyer, { productId, scenarioId })
  // The agreement's last day is 2027-02-28.
  const at = new Date('2027-02-28T16:00:00Z')
  await expect(getApprovedUse(city.db, { useApplicationId, at })).rejects.toEqual(
    refused('BUYER_NOT_ACTIVE'),
  )
})
