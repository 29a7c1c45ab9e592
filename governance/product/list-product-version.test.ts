import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'
import {
  approveScenario,
  buildOperatingCity,
  contentInput,
  draftVersion,
  fileVersion,
  listProduct,
  passedReview,
} from '#tests/builders/governance.ts'
import { draftScenario } from '#governance/scenario/draft-scenario.ts'
import { revokeAuthorization } from '#governance/operator/revoke-authorization.ts'
import { setResourceOpening } from '#governance/catalogue/set-resource-opening.ts'
import { inTransaction } from '#kernel/database.ts'
import { Decimal } from '#kernel/decimal.ts'
import { resumeProduct, suspendProduct } from './change-listing.ts'
import { decideFiling } from './decide-filing.ts'
import { draftProductVersion } from './draft-product-version.ts'
import { listProductVersion } from './list-product-version.ts'
import { listProductVersions } from './list-product-versions.ts'
import { findProductPage, listProducts } from './market.queries.ts'
import { reviewOutbound } from './review-outbound.ts'
import { submitFiling } from './submit-filing.ts'
import { submitForOutboundReview } from './submit-for-outbound-review.ts'

const database = useDatabase()
const priced = { chargeable: true, posted: true }
const refused = (code: string) => expect.objectContaining({ code })

test('a product comes to the market through review and filing, and the public sees both', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const { productVersionId } = await listProduct(city, { scenarioIds: [scenarioId] })

  const page = await listProducts(city.db, {})
  expect(page.items).toEqual([
    expect.objectContaining({
      code: 'housing-fund',
      versionId: productVersionId,
      filingNumber: 'BA-2026-000001',
      purposeClasses: ['industry'],
    }),
  ])
  const product = await findProductPage(city.db, 'housing-fund')
  expect(product?.content).toEqual(
    expect.objectContaining({
      resultRule: { kind: 'json', foundPointer: '/data', notFoundStatuses: [404] },
    }),
  )
  expect(product?.resources.map((each) => each.weight.toFixed())).toEqual(['1'])
  expect(product?.versions).toHaveLength(1)
})

test('the market list is filtered by text, field, kind, purpose and by ids from above', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const first = await listProduct(city, { scenarioIds: [scenarioId] })
  await listProduct(city, { scenarioIds: [scenarioId], code: 'second' })
  const codes = async (filter: Parameters<typeof listProducts>[1]) =>
    (await listProducts(city.db, filter)).items.map((each) => each.code)
  expect(await codes({ query: '公积金' })).toEqual(['housing-fund', 'second'])
  expect(await codes({ query: '50%' })).toEqual([])
  expect(await codes({ fieldCode: 'health' })).toEqual([])
  expect(await codes({ kind: 'api', purposeClass: 'industry' })).toEqual(['housing-fund', 'second'])
  expect(await codes({ purposeClass: 'public_interest' })).toEqual([])
  expect(await codes({ productIds: [first.productId] })).toEqual(['housing-fund'])
  const page = await listProducts(city.db, { limit: 1 })
  expect(page.nextCursor).not.toBeNull()
  expect(await codes({ limit: 1, cursor: page.nextCursor ?? '' })).toEqual(['second'])
})

test('nothing is listed without its filing, its posted price or its registration', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const { productVersionId } = await draftVersion(city, [scenarioId], { registrationNumber: null })
  const list = (pricing: { chargeable: boolean; posted: boolean }) =>
    listProductVersion(city.head, { productVersionId, pricing })
  await expect(list({ chargeable: false, posted: false })).rejects.toEqual(
    refused('INVALID_TRANSITION'),
  )
  await fileVersion(city, productVersionId)
  await expect(list({ chargeable: true, posted: false })).rejects.toEqual(
    refused('NO_POSTED_PRICE'),
  )
  await expect(list(priced)).rejects.toEqual(refused('REGISTRATION_MISSING'))
  expect(await list({ chargeable: false, posted: false })).toEqual({
    kind: 'listed',
    replacedVersionId: null,
  })
  expect(await list(priced)).toEqual({ kind: 'already_listed', replacedVersionId: null })
})

test('the price is read in the same transaction as the listing', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  await fileVersion(city, productVersionId)
  await expect(
    inTransaction(city.db, async (tx) => {
      await listProductVersion({ ...city.head, db: tx }, { productVersionId, pricing: priced })
      throw new Error('the caller changed its mind')
    }),
  ).rejects.toThrow('the caller changed its mind')
  expect((await listProducts(city.db, {})).items).toEqual([])
})

test('the wrong role takes none of the steps', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  const forbidden = refused('FORBIDDEN')
  const id = { productVersionId }
  await expect(submitForOutboundReview(city.checker, id)).rejects.toEqual(forbidden)
  await expect(reviewOutbound(city.maker, { ...id, ...passedReview })).rejects.toEqual(forbidden)
  await expect(submitFiling(city.checker, id)).rejects.toEqual(forbidden)
  await expect(decideFiling(city.head, { ...id, verdict: 'confirmed' })).rejects.toEqual(forbidden)
  await expect(listProductVersion(city.maker, { ...id, pricing: priced })).rejects.toEqual(
    forbidden,
  )
  await expect(suspendProduct(city.maker, { ...id, reason: 'x' })).rejects.toEqual(forbidden)
})

test('another operator does not find the product', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  const stranger = await city.joining('operator', '另一公司', 'operator_maker')
  await expect(submitForOutboundReview(stranger, { productVersionId })).rejects.toEqual(
    refused('NOT_FOUND'),
  )
  expect((await listProductVersions(stranger, {})).items).toEqual([])
  expect((await listProductVersions(city.maker, {})).items).toHaveLength(1)
})

test('a review needs every item and evidence, and another person than the submitter (R31)', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  const submitted = await submitForOutboundReview(city.maker, { productVersionId })
  expect(submitted.kind).toBe('submitted')
  expect(await submitForOutboundReview(city.maker, { productVersionId })).toEqual({
    ...submitted,
    kind: 'already_submitted',
  })
  const incomplete = refused('REVIEW_INCOMPLETE')
  const review = (change: object) =>
    reviewOutbound(city.checker, { productVersionId, ...passedReview, ...change })
  await expect(review({ checklist: passedReview.checklist.slice(1) })).rejects.toEqual(incomplete)
  await expect(
    review({ checklist: passedReview.checklist.map((each) => ({ ...each, isMet: false })) }),
  ).rejects.toEqual(incomplete)
  await expect(review({ evidenceDigest: null })).rejects.toEqual(incomplete)
  // One person with both roles may exist only if the matrix is bent; the verb still refuses.
  invariantPerson(city.maker.actor)
  const both = {
    ...city.maker,
    actor: { ...city.maker.actor, roles: ['operator_checker' as const] },
  }
  await expect(reviewOutbound(both, { productVersionId, ...passedReview })).rejects.toEqual(
    refused('SELF_APPROVAL'),
  )
  expect(await review({ verdict: 'failed', reason: '字段过多' })).toEqual({ kind: 'failed' })
  const [version] = (await listProductVersions(city.maker, {})).items
  expect(version).toMatchObject({
    status: 'draft',
    reviewVerdict: 'failed',
    reviewReason: '字段过多',
  })
})

function invariantPerson(actor: { kind: string }): asserts actor is { kind: 'person' } {
  expect(actor.kind).toBe('person')
}

test('a returned filing opens the review again, with its reason (R32)', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  await submitForOutboundReview(city.maker, { productVersionId })
  await reviewOutbound(city.checker, { productVersionId, ...passedReview })
  await submitFiling(city.maker, { productVersionId })
  await expect(
    decideFiling(city.dataBureau, { productVersionId, verdict: 'returned' }),
  ).rejects.toEqual(refused('VALIDATION_FAILED'))
  await decideFiling(city.dataBureau, { productVersionId, verdict: 'returned', reason: '缺样例' })
  const [returned] = (await listProductVersions(city.maker, {})).items
  expect(returned).toMatchObject({
    status: 'in_review',
    filingReason: '缺样例',
    reviewVerdict: null,
  })
  await reviewOutbound(city.checker, { productVersionId, ...passedReview })
  await submitFiling(city.maker, { productVersionId })
  expect(
    await decideFiling(city.dataBureau, { productVersionId, verdict: 'confirmed', number: 'BA-X' }),
  ).toEqual({ kind: 'confirmed', number: 'BA-X' })
})

test('a new version takes the place of the listed one only when it has its own approvals', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const first = await listProduct(city, { scenarioIds: [scenarioId] })
  const second = await draftVersion(city, [scenarioId], {
    content: contentInput({ scale: '约 20 万条' }),
  })
  expect(second.productId).toBe(first.productId)
  const { productVersionId } = second
  await expect(
    listProductVersion(city.head, { productVersionId, pricing: priced }),
  ).rejects.toEqual(refused('INVALID_TRANSITION'))
  expect((await listProducts(city.db, {})).items[0]?.versionId).toBe(first.productVersionId)
  await fileVersion(city, productVersionId)
  expect(await listProductVersion(city.head, { productVersionId, pricing: priced })).toEqual({
    kind: 'listed',
    replacedVersionId: first.productVersionId,
  })
  const page = await findProductPage(city.db, 'housing-fund')
  expect(page?.versions.map((each) => [each.number, each.status])).toEqual([
    [2, 'listed'],
    [1, 'delisted'],
  ])
})

test('a resource that becomes prohibited suspends its products at once (R17)', async () => {
  const city = await buildOperatingCity(database.db)
  const { productId, productVersionId } = await listProduct(city, {
    scenarioIds: [await approveScenario(city)],
  })
  const change = { resourceId: city.resourceId, opening: 'prohibited' as const, reason: '新规定' }
  expect(await setResourceOpening(city.dataBureau, change)).toEqual({
    kind: 'changed',
    suspendedProductIds: [productId],
  })
  expect((await listProducts(city.db, {})).items).toEqual([])
  const back = { productVersionId, reason: '恢复' }
  await expect(resumeProduct(city.head, back)).rejects.toEqual(refused('SUSPENDED_BY_BUREAU'))
  await expect(resumeProduct(city.dataBureau, back)).rejects.toEqual(refused('RESOURCE_PROHIBITED'))
})

test('a revoked authorization suspends what it carried (R7)', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await listProduct(city, {
    scenarioIds: [await approveScenario(city)],
  })
  await revokeAuthorization(city.dataBureau, {
    authorizationId: city.authorizationId,
    reason: '到期前收回',
  })
  expect((await listProducts(city.db, {})).items).toEqual([])
  await expect(
    resumeProduct(city.dataBureau, { productVersionId, reason: '恢复' }),
  ).rejects.toEqual(refused('NOT_AUTHORIZED_RESOURCE'))
})

test('what the data bureau has suspended only it resumes', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await listProduct(city, {
    scenarioIds: [await approveScenario(city)],
  })
  const step = { productVersionId, reason: '核查' }
  expect(await suspendProduct(city.head, step)).toEqual({ kind: 'suspended' })
  expect(await suspendProduct(city.head, step)).toEqual({ kind: 'unchanged' })
  expect(await resumeProduct(city.head, step)).toEqual({ kind: 'resumed' })
  expect(await suspendProduct(city.dataBureau, step)).toEqual({ kind: 'suspended' })
  await expect(resumeProduct(city.head, step)).rejects.toEqual(refused('SUSPENDED_BY_BUREAU'))
  expect(await resumeProduct(city.dataBureau, step)).toEqual({ kind: 'resumed' })
})

test('an operator whose agreement has ended lists nothing more (R95)', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  await fileVersion(city, productVersionId)
  // The last day is 2029-02-28 in Asia/Shanghai.
  city.clock.set(new Date('2029-02-28T16:00:00Z'))
  await expect(
    listProductVersion(city.head, { productVersionId, pricing: priced }),
  ).rejects.toEqual(refused('OPERATOR_NOT_ACTIVE'))
})

test('a version is made only of what its scenarios name, in weights that sum to 1', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const half = [{ resourceId: city.resourceId, weight: new Decimal('0.5') }]
  await expect(draftVersion(city, [scenarioId], { lineage: half })).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
  const { productId, productVersionId } = await draftVersion(city, [scenarioId])
  const again = await draftProductVersion(city.maker, {
    productId,
    content: contentInput(),
    containsPersonalInformation: false,
    lineage: [{ resourceId: city.resourceId, weight: new Decimal(1) }],
    scenarioIds: [scenarioId],
    registrationNumber: 'DJ-001',
  })
  expect(again).toMatchObject({ kind: 'already_drafted', productVersionId, number: 1 })
})

test('a version in a scenario that is not approved goes to no review', async () => {
  const city = await buildOperatingCity(database.db)
  const { scenarioId } = await draftScenario(city.maker, {
    code: 'open',
    name: '未审',
    nameEn: 'Open',
    description: '说明',
    purposeClass: 'industry',
    purposeEvidence: '说明',
    resourceIds: [city.resourceId],
  })
  const { productVersionId } = await draftVersion(city, [scenarioId])
  await expect(submitForOutboundReview(city.maker, { productVersionId })).rejects.toEqual(
    refused('SCENARIO_NOT_APPROVED'),
  )
})
