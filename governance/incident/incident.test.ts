import { describe, expect, test } from 'vitest'
import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import {
  addBuyer,
  approveScenario,
  approveUse,
  buildOperatingCity,
  listProduct,
  organizationOf,
} from '#tests/builders/governance.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { createApiKey } from '#governance/access-key/create-api-key.ts'
import { listApiKeys } from '#governance/access-key/list-api-keys.ts'
import { revokeApiKey } from '#governance/access-key/revoke-api-key.ts'
import { setResourceOpening } from '#governance/catalogue/set-resource-opening.ts'
import { deliverNotice } from '#governance/notice/deliver-notice.ts'
import { listNotices } from '#governance/notice/list-notices.ts'
import { findOrganization } from '#governance/organization/organization.queries.ts'
import { delistProduct, resumeProduct, suspendProduct } from '#governance/product/change-listing.ts'
import { getVersionStatus } from '#tests/builders/version-status.ts'
import { closeIncident } from './close-incident.ts'
import type { StoppedObject } from './contract.ts'
import { listIncidents, readIncident } from './list-incidents.ts'
import { listStoppable } from './list-stoppable.ts'
import { recordIncidentEntry } from './record-incident-entry.ts'
import { resumeStopped } from './resume-stopped.ts'
import { stopAtOnce } from './stop-at-once.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })

async function setUp() {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const { productId, productVersionId } = await listProduct(city, { scenarioIds: [scenarioId] })
  const buyer = await addBuyer(city, '甲公司')
  await approveUse(city, buyer, { productId, scenarioId })
  const { keyId } = await createApiKey(buyer, {
    mode: 'sandbox',
    scopes: ['data:call'],
    name: '试用',
    subscription: null,
  })
  const security = await city.joining('platform', '平台', 'security_admin')
  const objects = {
    product: { kind: 'product', productId },
    api_key: { kind: 'api_key', keyId, operatorId: null },
    buyer: { kind: 'buyer', buyerId: organizationOf(buyer) },
    resource: { kind: 'resource', resourceId: city.resourceId },
  } as const satisfies Record<string, StoppedObject>
  const status = () => getVersionStatus(city.db, productVersionId)
  return { ...city, productId, productVersionId, keyId, buyer, security, objects, status }
}
type Set = Awaited<ReturnType<typeof setUp>>

const stop = (ctx: Context, object: StoppedObject, reason = '疑似数据泄露') =>
  stopAtOnce(ctx, { object, reason, level: 'larger' })

/** What an attempt came to: its kind, how many it found, or the code it was refused with. */
function outcomeOf(attempt: Promise<{ kind: string } | readonly unknown[]>): Promise<string> {
  return attempt.then(
    (result) => ('kind' in result ? result.kind : String(result.length)),
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  )
}

describe('who may stop what', () => {
  const who = {
    'the data bureau': (set: Set) => set.dataBureau,
    'the operator head': (set: Set) => set.head,
    'the security administrator': (set: Set) => set.security,
    'the operator maker': (set: Set) => set.maker,
    'the buyer': (set: Set) => set.buyer,
    'the provider': (set: Set) => set.provider,
    'the finance bureau': (set: Set) => set.financeBureau,
  }
  test.each<[keyof typeof who, readonly (keyof Set['objects'])[]]>([
    ['the data bureau', ['product', 'buyer', 'resource']],
    ['the operator head', ['product', 'api_key', 'buyer']],
    ['the security administrator', ['api_key', 'buyer']],
    ['the operator maker', []],
    ['the buyer', ['api_key']],
    ['the provider', []],
    ['the finance bureau', []],
  ])('%s stops %s, and nothing else', async (name, allowed) => {
    const set = await setUp()
    for (const kind of ['product', 'api_key', 'buyer', 'resource'] as const) {
      const stopped = stop(who[name](set), set.objects[kind])
      const listed = listStoppable(who[name](set), { objectKind: kind })
      const outcomes = [await outcomeOf(stopped), await outcomeOf(listed)]
      const isAllowed = allowed.includes(kind)
      expect(outcomes).toEqual(isAllowed ? ['stopped', '1'] : ['FORBIDDEN', 'FORBIDDEN'])
    }
  })

  test('another operator or buyer finds nothing there to stop', async () => {
    const set = await setUp()
    const otherHead = await set.joining('operator', '另一运营公司', 'operator_head')
    const otherBuyer = await addBuyer(set, '乙公司')
    for (const kind of ['product', 'api_key', 'buyer'] as const)
      await expect(stop(otherHead, set.objects[kind])).rejects.toEqual(refused('NOT_FOUND'))
    await expect(stop(otherBuyer, set.objects.api_key)).rejects.toEqual(refused('NOT_FOUND'))
    // A key bound to another operator's subscription is not this head's, though the buyer is.
    const bound = { ...set.objects.api_key, operatorId: organizationOf(otherHead) }
    await expect(stop(set.head, bound)).rejects.toEqual(refused('NOT_FOUND'))
    await expect(stop(set.dataBureau, { kind: 'buyer', buyerId: set.operatorId })).rejects.toEqual(
      refused('NOT_FOUND'),
    )
    expect(await listStoppable(otherHead, { objectKind: 'buyer' })).toEqual([])
    expect(await listStoppable(otherBuyer, { objectKind: 'api_key' })).toEqual([])
  })

  test('a stop gives its reason', async () => {
    const set = await setUp()
    await expect(stop(set.dataBureau, set.objects.product, '  ')).rejects.toEqual(
      refused('VALIDATION_FAILED'),
    )
  })
})

test('a product is stopped, resumed by the bureau alone, and the incident closed with a conclusion', async () => {
  const set = await setUp()
  const { incidentId, number } = await stop(set.dataBureau, set.objects.product)
  expect(number).toBe('SJ-2026-000001')
  expect(await set.status()).toBe('suspended')
  expect((await stop(set.dataBureau, set.objects.product)).kind).toBe('already_stopped')
  const again = { incidentId, reason: '核查完毕' }
  await expect(resumeStopped(set.head, again)).rejects.toEqual(refused('SUSPENDED_BY_BUREAU'))
  await expect(resumeStopped(set.buyer, again)).rejects.toEqual(refused('FORBIDDEN'))
  const version = { productVersionId: set.productVersionId, reason: '恢复' }
  await expect(resumeProduct(set.head, version)).rejects.toEqual(refused('SUSPENDED_BY_BUREAU'))
  set.clock.advance(3 * 3_600_000)
  await recordIncidentEntry(set.head, { incidentId, kind: 'reported', words: '已报送情况说明' })
  const conclusion = { incidentId, conclusion: '误报' }
  await expect(closeIncident(set.dataBureau, conclusion)).rejects.toEqual(
    refused('INCIDENT_STILL_STOPPED'),
  )
  expect(await resumeStopped(set.dataBureau, again)).toEqual({
    kind: 'resumed',
    stillSuspended: [],
  })
  expect((await resumeStopped(set.dataBureau, again)).kind).toBe('already_resumed')
  expect(await set.status()).toBe('listed')
  await expect(closeIncident(set.head, conclusion)).rejects.toEqual(refused('SUSPENDED_BY_BUREAU'))
  expect((await closeIncident(set.dataBureau, conclusion)).kind).toBe('closed')
  expect((await closeIncident(set.dataBureau, conclusion)).kind).toBe('already_closed')
  await expect(
    recordIncidentEntry(set.head, { incidentId, kind: 'noted', words: '补充' }),
  ).rejects.toEqual(refused('INCIDENT_CLOSED'))
  const read = await readIncident(set.buyer, { incidentId })
  expect(read).toMatchObject({ hoursSinceStart: 3, mayAct: false, conclusion: '误报' })
  expect(read.entries.map(({ kind, words }) => [kind, words])).toEqual([
    ['stopped', '疑似数据泄露'],
    ['reported', '已报送情况说明'],
    ['resumed', '核查完毕'],
    ['closed', '误报'],
  ])
  expect((await listIncidents(set.head, { open: true })).items).toEqual([])
  expect((await listIncidents(set.head, {})).items).toMatchObject([{ id: incidentId }])
})

test('the bureau takes over what the operator has stopped, and only it lets it go on', async () => {
  const set = await setUp()
  await suspendProduct(set.head, { productVersionId: set.productVersionId, reason: '接口故障' })
  const [incident] = (await listIncidents(set.head, {})).items
  const incidentId = incident?.id as Id<'incident'>
  expect(await stop(set.dataBureau, set.objects.product, '核查')).toMatchObject({
    kind: 'taken_over',
    incidentId,
  })
  await expect(resumeStopped(set.head, { incidentId, reason: '修好了' })).rejects.toEqual(
    refused('SUSPENDED_BY_BUREAU'),
  )
  expect((await resumeStopped(set.dataBureau, { incidentId, reason: '可以' })).kind).toBe('resumed')
})

test('a resource stops every product made of it, and takes them back with it where they may go', async () => {
  const set = await setUp()
  const { incidentId } = await stop(set.dataBureau, set.objects.resource)
  expect(await set.status()).toBe('suspended')
  const version = { productVersionId: set.productVersionId, reason: '恢复' }
  await expect(resumeProduct(set.dataBureau, version)).rejects.toEqual(refused('RESOURCE_STOPPED'))
  const seen = await readIncident(set.provider, { incidentId })
  expect(seen.entries.map(({ kind, words }) => `${kind} ${words}`)).toEqual([
    'stopped 疑似数据泄露',
    'suspended 住房公积金信贷',
  ])
  expect(await resumeStopped(set.dataBureau, { incidentId, reason: '恢复' })).toEqual({
    kind: 'resumed',
    stillSuspended: [],
  })
  expect(await set.status()).toBe('listed')
})

test('a product with a stop of its own stays stopped when its resource goes on', async () => {
  const set = await setUp()
  const own = await stop(set.dataBureau, set.objects.product, '核查')
  const resource = await stop(set.dataBureau, set.objects.resource)
  await resumeStopped(set.dataBureau, { incidentId: resource.incidentId, reason: '恢复' })
  expect(await set.status()).toBe('suspended')
  await resumeStopped(set.dataBureau, { incidentId: own.incidentId, reason: '恢复' })
  expect(await set.status()).toBe('listed')
})

test('a resource prohibited opens an incident too, and cannot go on while it is (R17)', async () => {
  const set = await setUp()
  // Time goes on while a verb works.
  const clock = { now: () => (set.clock.advance(1), set.clock.now()) }
  const { suspendedProductIds } = await setResourceOpening(
    { ...set.dataBureau, clock },
    {
      resourceId: set.resourceId,
      opening: 'prohibited',
      reason: '依法禁止',
    },
  )
  expect(suspendedProductIds).toEqual([set.productId])
  const [incident] = (await listIncidents(set.provider, {})).items
  expect(incident).toMatchObject({ objectKind: 'resource', reason: '依法禁止' })
  const incidentId = incident?.id as Id<'incident'>
  await expect(resumeStopped(set.dataBureau, { incidentId, reason: '恢复' })).rejects.toEqual(
    refused('RESOURCE_PROHIBITED'),
  )
  await setResourceOpening(set.dataBureau, {
    resourceId: set.resourceId,
    opening: 'conditional',
    reason: '解除',
  })
  // Out of the published catalogue since, so the product waits for a new one.
  const resumed = await resumeStopped(set.dataBureau, { incidentId, reason: '恢复' })
  expect(resumed.stillSuspended).toEqual(['住房公积金信贷 (NOT_AUTHORIZED_RESOURCE)'])
  expect(await set.status()).toBe('suspended')
})

test('a buyer goes back to what it was', async () => {
  const set = await setUp()
  const statusOf = async (ctx: Context) =>
    (await findOrganization(set.db, organizationOf(ctx)))?.status
  const newcomer = await addBuyer(set, '乙公司', { isActive: false })
  const cases = [
    [set.buyer, 'active'],
    [newcomer, 'registered'],
  ] as const
  for (const [buyer, before] of cases) {
    const object = { kind: 'buyer', buyerId: organizationOf(buyer) } as const
    const { incidentId } = await stop(set.security, object)
    expect(await statusOf(buyer)).toBe('suspended')
    await expect(
      createApiKey(buyer, {
        mode: 'sandbox',
        scopes: ['data:call'],
        name: 'x',
        subscription: null,
      }),
    ).rejects.toEqual(refused('BUYER_SUSPENDED'))
    // The operator stands beside the platform's security, not above it, and does not know the newcomer.
    await expect(resumeStopped(set.head, { incidentId, reason: '恢复' })).rejects.toEqual(
      refused(before === 'active' ? 'RESUME_NOT_YOURS' : 'NOT_FOUND'),
    )
    await resumeStopped(set.dataBureau, { incidentId, reason: '恢复' })
    expect(await statusOf(buyer)).toBe(before)
  }
})

test('a key is suspended and resumed; revoking it ends the stop for good', async () => {
  const set = await setUp()
  const standing = async () => (await listApiKeys(set.buyer, {})).items[0]?.standing
  const byBuyer = await stop(set.buyer, set.objects.api_key, '自查')
  expect(await standing()).toBe('suspended')
  // Whoever stands above the buyer may let its key go on, and the buyer itself.
  await resumeStopped(set.buyer, { incidentId: byBuyer.incidentId, reason: '无异常' })
  expect(await standing()).toBe('active')
  const bySecurity = await stop(set.security, set.objects.api_key)
  const { incidentId } = bySecurity
  await expect(resumeStopped(set.buyer, { incidentId, reason: '恢复' })).rejects.toEqual(
    refused('RESUME_NOT_YOURS'),
  )
  await revokeApiKey(set.buyer, { keyId: set.keyId })
  expect(await standing()).toBe('revoked')
  expect((await resumeStopped(set.security, { incidentId, reason: '恢复' })).kind).toBe(
    'already_resumed',
  )
  expect((await closeIncident(set.security, { incidentId, conclusion: '密钥已作废' })).kind).toBe(
    'closed',
  )
  await expect(stop(set.buyer, set.objects.api_key)).rejects.toEqual(refused('KEY_NOT_ACTIVE'))
})

test('a product delisted while stopped has no stop left to lift', async () => {
  const set = await setUp()
  const { incidentId } = await stop(set.head, set.objects.product)
  await delistProduct(set.head, { productVersionId: set.productVersionId, reason: '下架' })
  expect((await resumeStopped(set.head, { incidentId, reason: '恢复' })).kind).toBe(
    'already_resumed',
  )
})

test('those concerned are told of it, and nobody else reads it', async () => {
  const set = await setUp()
  const stranger = await addBuyer(set, '丙公司')
  const { incidentId } = await stop(set.dataBureau, set.objects.product)
  const announced = await set.db
    .selectFrom('kernel.outbox')
    .select(['kind', 'job_id', 'payload'])
    .where('kind', '=', 'incident.opened')
    .executeTakeFirstOrThrow()
  await deliverNotice(set.system, {
    kind: announced.kind,
    source: announced.job_id,
    payload: announced.payload as Record<string, string>,
  })
  for (const ctx of [set.buyer, set.head, set.dataBureau, set.security])
    expect(await listNotices(ctx, { limit: 5 })).toMatchObject([
      { kind: 'incident.opened', payload: { name: '住房公积金信贷', reason: '疑似数据泄露' } },
    ])
  expect(await listNotices(stranger, { limit: 5 })).toEqual([])
  await expect(readIncident(stranger, { incidentId })).rejects.toEqual(refused('NOT_FOUND'))
  await expect(
    recordIncidentEntry(stranger, { incidentId, kind: 'noted', words: 'x' }),
  ).rejects.toEqual(refused('NOT_FOUND'))
  expect((await listIncidents(stranger, {})).items).toEqual([])
  const { notices } = await readIncident(set.buyer, { incidentId })
  expect(notices.map((each) => each.organizationName)).toEqual(
    expect.arrayContaining(['甲公司', '示例运营公司', '市政数局', '平台']),
  )
})

test('ten people who stop and resume at once leave one state and one open stop at most', async () => {
  const set = await setUp()
  const { incidentId } = await stop(set.dataBureau, set.objects.product)
  await Promise.allSettled(
    Array.from({ length: 10 }, (_each, index) =>
      index % 2 === 0
        ? stop(set.dataBureau, set.objects.product)
        : resumeStopped(set.dataBureau, { incidentId, reason: '恢复' }),
    ),
  )
  const open = await set.db
    .selectFrom('governance.incident')
    .select('id')
    .where('lifted_at', 'is', null)
    .execute()
  expect(await set.status()).toBe(open.length === 1 ? 'suspended' : 'listed')
})
