import { expect, test } from 'vitest'
import type { Context } from '#kernel/context.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import {
  addBuyer,
  approveScenario,
  buildOperatingCity,
  contentInput,
  draftVersion,
  fileVersion,
  listProduct,
  type OperatingCity,
  organizationOf,
  passedReview,
} from '#tests/builders/governance.ts'

const database = useDatabase()

/** The doors as this person stands before them. */
function asking(city: OperatingCity, ctx?: Context) {
  const app = testApp({
    db: city.db,
    clock: city.clock,
    ...(ctx === undefined ? {} : { actor: ctx.actor }),
  })
  const ask = async (path: string, init?: RequestInit) => {
    const response = await app.request(path, init)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return {
    get: (path: string) => ask(path),
    post: (path: string, body: unknown) => ask(path, jsonBody('POST', body)),
  }
}

test('everybody reads the market without sign-in', async () => {
  const city = await buildOperatingCity(database.db)
  await listProduct(city, { scenarioIds: [await approveScenario(city)] })
  const anybody = asking(city)
  const products = await anybody.get('/v1/products')
  expect(products).toMatchObject({
    status: 200,
    body: { items: [{ code: 'housing-fund', status: 'listed' }], has_more: false },
  })
  const product = await anybody.get('/v1/products/housing-fund')
  expect(product.body).toMatchObject({
    filing: { number: 'BA-2026-000001' },
    content: { delivery: { responseBytesMax: 65_536 } },
    resources: [{ weight: '1' }],
  })
  expect((await anybody.get('/v1/products/no-such')).status).toBe(404)
  for (const path of [
    'scenarios',
    'catalogues',
    'catalogues/1',
    'fields',
    'operators',
    'policy-documents/public',
  ])
    expect([path, (await anybody.get(`/v1/${path}`)).status]).toEqual([path, 200])
})

test('what is not of the market is closed to whoever is not signed in', async () => {
  const city = await buildOperatingCity(database.db)
  const anybody = asking(city)
  for (const path of [
    'product-versions',
    'scenario-reviews',
    'resources',
    'authorizations',
    'policy-documents',
    'entry-applications',
    'use-applications',
    'api-keys',
  ])
    expect([path, (await anybody.get(`/v1/${path}`)).status]).toEqual([path, 401])
})

test('a product goes its way to the market by the routes alone', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city, { purposeClass: 'public_interest' })
  const maker = asking(city, city.maker)
  const drafted = await maker.post('/v1/products', {
    code: 'by-routes',
    name: '公积金',
    name_en: 'Fund',
    kind: 'api',
    field_code: 'housing_fund',
    summary: '核验',
    summary_en: 'Check',
  })
  expect(drafted.status).toBe(201)
  const version = {
    content: contentInput(),
    contains_personal_information: false,
    lineage: [{ resource_id: city.resourceId, weight: '1' }],
    scenario_ids: [scenarioId],
  }
  const productId = String(drafted.body.product_id)
  const unknown = { ...version, content: { ...contentInput(), surprise: 1 } }
  expect((await maker.post(`/v1/products/${productId}/versions`, unknown)).status).toBe(422)
  const written = await maker.post(`/v1/products/${productId}/versions`, version)
  expect(written.status).toBe(201)
  const base = `/v1/product-versions/${String(written.body.product_version_id)}`
  const review = {
    verdict: 'passed',
    checklist: passedReview.checklist.map(({ item }) => ({ item, is_met: true })),
    evidence_digest: passedReview.evidenceDigest,
    reason: '符合',
  }
  expect((await maker.post(`${base}/outbound-review/submission`, {})).status).toBe(200)
  expect((await maker.post(`${base}/outbound-review`, review)).status).toBe(403)
  expect((await asking(city, city.checker).post(`${base}/outbound-review`, review)).status).toBe(
    200,
  )
  expect((await maker.post(`${base}/filing/submission`, {})).status).toBe(200)
  const decided = await asking(city, city.dataBureau).post(`${base}/filing`, {
    verdict: 'confirmed',
  })
  expect(decided.body).toEqual({ kind: 'confirmed', number: 'BA-2026-000001' })
  const head = asking(city, city.head)
  expect((await head.get(base)).body).toMatchObject({ status: 'filed', next_moves: ['list'] })
  // Made for the public interest and on no price list: nothing of it can be charged.
  expect((await head.post(`${base}/listing`, {})).body).toEqual({
    kind: 'listed',
    replaced_version_id: null,
  })
  const suspended = await head.post(`${base}/listing/changes`, {
    change: 'suspend',
    reason: '核查',
  })
  expect(suspended.body).toEqual({ kind: 'suspended' })
  expect((await head.get(base)).body).toMatchObject({ status: 'suspended' })
})

test('a product for industry is not listed without its posted price', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  await fileVersion(city, productVersionId)
  const refused = await asking(city, city.head).post(
    `/v1/product-versions/${productVersionId}/listing`,
    {},
  )
  expect(refused).toMatchObject({ status: 409, body: { code: 'NO_POSTED_PRICE' } })
})

test('an organization becomes a buyer, and its key is shown once', async () => {
  const city = await buildOperatingCity(database.db)
  const ctx = await addBuyer(city, '甲公司', { isActive: false })
  const buyer = asking(city, ctx)
  const declaration = { evidence: '材料' }
  const applied = await buyer.post('/v1/entry-applications', {
    operator_id: city.operatorId,
    declarations: {
      data_management_ability: declaration,
      security_ability: declaration,
      business_state: declaration,
      credit_standing: declaration,
      no_incident_in_three_years: declaration,
      legal_conformity: declaration,
    },
    last_incident_on: null,
  })
  expect(applied.body).toMatchObject({ kind: 'applied', number: 'RZ-2026-000001' })
  const entry = `/v1/entry-applications/${String(applied.body.entry_application_id)}`
  const head = asking(city, city.head)
  await head.post(`${entry}/decision`, { verdict: 'approve', reason: '符合' })
  const offered = await head.post(`${entry}/development-agreement`, {
    starts_on: '2026-03-01',
    ends_on: '2027-02-28',
  })
  const agreement = String(offered.body.development_agreement_id)
  expect((await buyer.post(`/v1/development-agreements/${agreement}/signature`, {})).body).toEqual({
    kind: 'signed',
  })
  expect((await buyer.get('/v1/entry-applications')).body).toMatchObject({
    items: [{ status: 'approved', development_agreement: { status: 'in_force' } }],
  })
  const created = await buyer.post('/v1/api-keys', {
    mode: 'sandbox',
    scopes: ['data:call'],
    name: '试用',
  })
  expect(created.body.key).toMatch(/^xn_test_/)
  const listed = await buyer.get('/v1/api-keys')
  expect(JSON.stringify(listed.body)).not.toContain(String(created.body.key))
  const other = asking(city, await addBuyer(city, '乙公司', { isActive: false }))
  const revocation = `/v1/api-keys/${String(created.body.key_id)}/revocation`
  expect((await other.post(revocation, {})).status).toBe(404)
  expect((await buyer.post(revocation, {})).body).toMatchObject({ kind: 'revoked' })
})

test('a use application goes from the buyer to the operator and back', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const { productId } = await listProduct(city, { scenarioIds: [scenarioId] })
  const buyer = asking(city, await addBuyer(city, '甲公司'))
  const applied = await buyer.post('/v1/use-applications', {
    product_id: productId,
    scenario_id: scenarioId,
    purpose: '授信',
    terms: {
      starts_on: '2026-03-01',
      ends_on: '2027-02-28',
      calls_per_day_max: null,
      calls_per_month_max: '100000',
      calls_per_second_max: 20,
      concurrent_calls_max: 5,
      networks: ['10.0.0.0/8'],
    },
  })
  expect(applied).toMatchObject({ status: 201, body: { number: 'SY-2026-000001' } })
  const decision = `/v1/use-applications/${String(applied.body.use_application_id)}/decision`
  expect((await buyer.post(decision, { verdict: 'approve', reason: '符合' })).status).toBe(403)
  const checker = asking(city, city.checker)
  expect((await checker.post(decision, { verdict: 'approve', reason: '符合' })).body).toEqual({
    kind: 'approved',
  })
  expect((await buyer.get('/v1/use-applications')).body).toMatchObject({
    items: [{ status: 'approved', terms: { calls_per_month_max: '100000' } }],
  })
})

test('resources, catalogue, scenario, agreement and authorization have their doors', async () => {
  const city = await buildOperatingCity(database.db)
  const bureau = asking(city, city.dataBureau)
  const provider = asking(city, city.provider)
  const proposed = await provider.post('/v1/resources', {
    code: 'GJJ-002',
    name: '贷款信息',
    provider_id: organizationOf(city.provider),
    source_kind: 'public_institution',
    field_code: 'housing_fund',
    abstract: '贷款',
    format: '数据库',
    items: [{ name: '余额', type: '数值' }],
    sharing: 'conditional',
    opening: 'conditional',
    update_frequency: 'daily',
    contains_personal_information: false,
    contains_sensitive_personal_information: false,
  })
  expect(proposed.status).toBe(201)
  const resourceId = String(proposed.body.resource_id)
  await provider.post(`/v1/resources/${resourceId}/opinion`, {
    national_class: 'general',
    level: 'L2',
    opinion: '同意',
  })
  const published = await bureau.post('/v1/catalogues', {
    resource_ids: [city.resourceId, resourceId],
    note: '新增',
  })
  expect(published.body).toMatchObject({ kind: 'published', version: 2 })
  const granted = await bureau.post('/v1/authorizations', {
    operator_id: city.operatorId,
    agreement_id: city.agreementId,
    mode: 'whole',
    reason: '整体授权',
    document_id: city.document,
    resource_ids: [resourceId],
    effective_from: '2026-03-01T00:00:00Z',
    effective_to: '2029-02-28T16:00:00Z',
  })
  expect(granted).toMatchObject({ status: 201, body: { warnings: [{ kind: 'outlives_basis' }] } })
  const maker = asking(city, city.maker)
  const scenario = await maker.post('/v1/scenarios', {
    code: 'routes',
    name: '场景',
    name_en: 'Scenario',
    description: '说明',
    purpose_class: 'industry',
    purpose_evidence: '说明',
    resource_ids: [resourceId],
  })
  const base = `/v1/scenarios/${String(scenario.body.scenario_id)}`
  expect((await maker.post(`${base}/submission`, {})).status).toBe(200)
  expect(
    (await provider.post(`${base}/opinions`, { verdict: 'agree', opinion: '同意' })).status,
  ).toBe(200)
  expect((await maker.post(`${base}/decision`, { verdict: 'approve', reason: '可' })).status).toBe(
    403,
  )
  expect(
    (await bureau.post(`${base}/decision`, { verdict: 'approve', reason: '可' })).body,
  ).toEqual({
    kind: 'approved',
  })
  const changed = await provider.post(`/v1/resources/${resourceId}/opening`, {
    opening: 'prohibited',
    reason: '规定',
  })
  expect(changed.body).toEqual({ kind: 'changed', suspended_product_ids: [] })
})

test('an upstream is proposed by one person and approved by another, its secret in no answer', async () => {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await listProduct(city, {
    scenarioIds: [await approveScenario(city)],
  })
  const base = `/v1/product-versions/${productVersionId}/upstreams`
  const proposed = await asking(city, city.maker).post(base, {
    connector: 'http',
    address: 'https://data.example.test/fund',
    settings: { someHeader: 'x' },
    secret: 'let-me-in',
  })
  expect(proposed.status).toBe(201)
  const checker = asking(city, city.checker)
  const approval = `/v1/upstreams/${String(proposed.body.upstream_id)}/approval`
  expect((await checker.post(approval, {})).body).toMatchObject({ kind: 'active' })
  const listed = await checker.get(base)
  expect(listed.body).toMatchObject({
    items: [{ has_secret: true, settings: { someHeader: 'x' } }],
  })
  expect(JSON.stringify(listed.body)).not.toContain('let-me-in')
})
