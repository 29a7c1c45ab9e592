import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'
import {
  addResource,
  approveScenario,
  buildCity,
  buildOperatingCity,
  listProduct,
  organizationOf,
  resourceInput,
} from '#tests/builders/governance.ts'
import { listProducts } from '#governance/product/market.queries.ts'
import { findCatalogueVersion, listCatalogueVersions, listFields } from './catalogue.queries.ts'
import { compareCatalogues } from './compare-catalogues.ts'
import type { CatalogueItem } from './contract.ts'
import { listResources } from './list-resources.ts'
import { opineOnResource } from './opine-on-resource.ts'
import { proposeResource } from './propose-resource.ts'
import { publishCatalogue, whyNotPublishable } from './publish-catalogue.ts'
import { setResourceOpening } from './set-resource-opening.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })

test('the plan names 24 fields in its order, and there is one for the rest (R18)', async () => {
  const fields = await listFields(database.db)
  expect(fields.filter((each) => each.isPriority)).toHaveLength(24)
  expect(fields.map((each) => each.name).slice(0, 2)).toEqual(['信用', '教育'])
  expect(fields.at(-1)).toMatchObject({ name: '其他', isPriority: false })
})

test('a provider proposes its own resources, once, and sees no others (R12, R94)', async () => {
  const city = await buildCity(database.db)
  const input = resourceInput(organizationOf(city.provider))
  const first = await proposeResource(city.provider, input)
  expect(await proposeResource(city.provider, input)).toEqual({
    ...first,
    kind: 'already_proposed',
  })
  await expect(proposeResource(city.otherProvider, input)).rejects.toEqual(refused('NOT_FOUND'))
  await expect(
    proposeResource(city.otherProvider, resourceInput(organizationOf(city.otherProvider))),
  ).rejects.toEqual(refused('CONFLICT'))
  await expect(proposeResource(city.maker, input)).rejects.toEqual(refused('FORBIDDEN'))
  expect((await listResources(city.otherProvider, {})).items).toEqual([])
  expect((await listResources(city.provider, {})).items).toHaveLength(1)
  await expect(
    opineOnResource(city.otherProvider, {
      resourceId: first.resourceId,
      nationalClass: 'general',
      level: 'L1',
      opinion: '同意',
    }),
  ).rejects.toEqual(refused('NOT_FOUND'))
})

test('a public utility names its legal basis (R20)', async () => {
  const city = await buildCity(database.db)
  const utility = resourceInput(organizationOf(city.otherProvider), {
    sourceKind: 'public_utility',
  })
  await expect(proposeResource(city.otherProvider, utility)).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
  const based = { ...utility, legalBasis: '供水条例第 8 条' }
  expect((await proposeResource(city.otherProvider, based)).kind).toBe('proposed')
})

const publishable = {
  status: 'opined' as const,
  opening: 'conditional' as const,
  nationalClass: 'general' as const,
  level: 'L2' as const,
  providerOpinedAt: new Date('2026-03-01T00:00:00Z'),
  importantDataApprovalDocumentId: null,
}
test.each([
  [{}, []],
  [{ nationalClass: 'core' as const }, ['core_data']],
  [{ nationalClass: 'important' as const }, ['important_data_without_approval']],
  [{ nationalClass: 'important' as const, importantDataApprovalDocumentId: 'policy_x' }, []],
  [{ opening: 'prohibited' as const }, ['opening_prohibited']],
  [{ level: null }, ['class_or_level_missing']],
  [{ providerOpinedAt: null }, ['provider_opinion_missing']],
])('a resource with %j may not be published because of %j (R15–R17)', (change, reasons) => {
  expect(whyNotPublishable({ ...publishable, ...change })).toEqual(reasons)
})

test('a version of the catalogue is for ever; the next says what it adds and removes (R14)', async () => {
  const city = await buildCity(database.db)
  const first = await addResource(city)
  const second = await addResource(city, city.otherProvider, { code: 'GS-001', name: '用水信息' })
  const publish = (...resourceIds: (typeof first)[]) =>
    publishCatalogue(city.dataBureau, { resourceIds, note: '更新' })
  expect(await publish(first)).toMatchObject({ kind: 'published', version: 1 })
  expect(await publish(first)).toMatchObject({ kind: 'unchanged', version: 1 })
  expect(await publish(second)).toMatchObject({
    version: 2,
    difference: {
      added: [{ code: 'GS-001', name: '用水信息' }],
      changed: [],
      removed: [{ code: 'GJJ-001', name: '住房公积金缴存信息' }],
    },
  })
  expect((await findCatalogueVersion(city.db, 1))?.items.map((each) => each.code)).toEqual([
    'GJJ-001',
  ])
  expect((await listCatalogueVersions(city.db)).map((each) => each.version)).toEqual([2, 1])
  const frozen = city.db.updateTable('governance.catalogue').set({ note: 'x' }).execute()
  await expect(frozen).rejects.toThrow('permission denied')
  await expect(publishCatalogue(city.maker, { resourceIds: [first], note: '' })).rejects.toEqual(
    refused('FORBIDDEN'),
  )
})

test('what its provider has not opined on is not published', async () => {
  const city = await buildCity(database.db)
  const { resourceId } = await proposeResource(
    city.provider,
    resourceInput(organizationOf(city.provider)),
  )
  await expect(
    publishCatalogue(city.dataBureau, { resourceIds: [resourceId], note: '' }),
  ).rejects.toEqual(refused('RESOURCE_NOT_PUBLISHABLE'))
})

test('two who publish at once make two versions or one refusal, never two of one number', async () => {
  const city = await buildCity(database.db)
  const ids = [await addResource(city), await addResource(city, city.otherProvider, { code: 'B' })]
  const results = await Promise.allSettled(
    ids.map((id) => publishCatalogue(city.dataBureau, { resourceIds: [id], note: '' })),
  )
  const versions = await listCatalogueVersions(city.db)
  expect(versions).toHaveLength(results.filter((each) => each.status === 'fulfilled').length)
  const reasons = results.flatMap((each): unknown[] =>
    each.status === 'rejected' ? [each.reason] : [],
  )
  expect(reasons).toEqual(reasons.map(() => refused('CONFLICT')))
})

test('a product loses its listing with the resource that leaves the catalogue', async () => {
  const city = await buildOperatingCity(database.db)
  await listProduct(city, { scenarioIds: [await approveScenario(city)] })
  const other = await addResource(city, city.otherProvider, { code: 'GS-001' })
  await publishCatalogue(city.dataBureau, { resourceIds: [other], note: '移出' })
  expect((await listProducts(city.db, {})).items).toEqual([])
})

test('a prohibited resource leaves the catalogue and can be opened again, not published by it', async () => {
  const city = await buildOperatingCity(database.db)
  const { resourceId } = city
  const step = { resourceId, reason: '规定' }
  await setResourceOpening(city.provider, { ...step, opening: 'prohibited' })
  expect(await setResourceOpening(city.provider, { ...step, opening: 'prohibited' })).toEqual({
    kind: 'unchanged',
    suspendedProductIds: [],
  })
  await expect(
    setResourceOpening(city.otherProvider, { ...step, opening: 'conditional' }),
  ).rejects.toEqual(refused('NOT_FOUND'))
  await setResourceOpening(city.provider, { ...step, opening: 'conditional' })
  expect((await listResources(city.provider, {})).items[0]?.status).toBe('withdrawn')
})

test('a change inside an item is named by its field', () => {
  const item = {
    resourceId: 'r',
    code: 'A',
    name: '甲',
    abstract: '一',
  } as unknown as CatalogueItem
  expect(compareCatalogues([item], [{ ...item, abstract: '二' }])).toEqual({
    added: [],
    changed: [{ code: 'A', name: '甲', fields: ['abstract'] }],
    removed: [],
  })
})
