import type { MovableClock } from '#kernel/clock.ts'
import { movableClock } from '#kernel/clock.ts'
import type { Context, OrganizationKind } from '#kernel/context.ts'
import { makeCreditCode } from '#kernel/credit-code.ts'
import type { Database } from '#kernel/database.ts'
import { Decimal } from '#kernel/decimal.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import {
  activateOperator,
  addPerson,
  applyForEntry,
  applyForUse,
  decideEntry,
  decideFiling,
  decideScenario,
  decideUseApplication,
  draftAgreement,
  draftProduct,
  type DraftProductVersion,
  draftProductVersion,
  draftScenario,
  grantAuthorization,
  grantRole,
  listProductVersion,
  offerDevelopmentAgreement,
  opineOnResource,
  opineOnScenario,
  outboundChecklist,
  type ProductContentInput,
  type ProposeResource,
  proposeResource,
  publishCatalogue,
  type PurposeClass,
  recordOperatorSelection,
  registerOrganization,
  registerPolicyDocument,
  reviewOutbound,
  signAgreement,
  signDevelopmentAgreement,
  submitFiling,
  submitForOutboundReview,
  submitScenario,
} from '#governance/index.ts'

/** Noon of a day on which a small city begins; the agreement and every right runs from that day. */
export const CITY_START = new Date('2026-03-02T04:00:00Z')
const digest = `sm3:${'ab'.repeat(32)}`

export type City = Awaited<ReturnType<typeof buildCity>>

/**
 * A small city, built by the verbs people use: bureaus, two providers with a resource each, an active
 * operator with maker, checker and head. Functions take it further, step by step, for any test that
 * needs a listed product or an active buyer.
 */
export async function buildCity(db: Database, options: Readonly<{ clock?: MovableClock }> = {}) {
  const clock = options.clock ?? movableClock(CITY_START)
  const system: Context = { db, clock, actor: { kind: 'system', job: 'test' }, requestId: 'test' }
  let organizations = 0
  const organization = async (kind: OrganizationKind, name: string): Promise<Id<'org'>> => {
    organizations += 1
    const creditCode = makeCreditCode({
      head: '91421200',
      organization: `MA4X${String(organizations).padStart(4, '0')}`,
    })
    return (await registerOrganization(system, { kind, name, creditCode })).organizationId
  }
  const person = async (
    of: Readonly<{ id: Id<'org'>; kind: OrganizationKind }>,
    role: Role,
  ): Promise<Context> => {
    const email = `${role}.${of.id}@example.test`
    const { personId } = await addPerson(system, { name: role, email })
    await grantRole(system, { personId, organizationId: of.id, role })
    return {
      db,
      clock,
      requestId: 'test',
      actor: {
        kind: 'person',
        personId,
        organizationId: of.id,
        organizationKind: of.kind,
        roles: [role],
        name: role,
      },
    }
  }
  const joining = async (kind: OrganizationKind, name: string, role: Role): Promise<Context> =>
    person({ id: await organization(kind, name), kind }, role)

  const dataBureau = await joining('data_bureau', '市政数局', 'data_bureau')
  const financeBureau = await joining('finance_bureau', '市财政局', 'finance_bureau')
  const operatorId = await organization('operator', '示例运营公司')
  const operator = { id: operatorId, kind: 'operator' as const }
  const maker = await person(operator, 'operator_maker')
  const checker = await person(operator, 'operator_checker')
  const head = await person(operator, 'operator_head')
  const provider = await joining('provider', '住房公积金中心', 'provider')
  const otherProvider = await joining('provider', '水务公司', 'provider')
  const document = (
    await registerPolicyDocument(dataBureau, {
      title: '授权运营实施方案',
      number: '咸政办发〔2025〕1号',
      issuer: '市人民政府办公室',
      issuedOn: '2025-09-24',
      validFrom: '2025-09-24',
      validTo: '2028-09-23',
      fileName: 'plan.pdf',
      fileDigest: digest,
    })
  ).documentId
  return {
    db,
    clock,
    system,
    dataBureau,
    financeBureau,
    operatorId,
    maker,
    checker,
    head,
    provider,
    otherProvider,
    document,
    organization,
    person,
    joining,
  }
}

/** The organization a context acts for. */
export function organizationOf(ctx: Context): Id<'org'> {
  invariant(ctx.actor.kind === 'person', 'a person acts')
  return ctx.actor.organizationId
}

/** Selection, agreement and activation; the agreement runs three years from 2026-03-01. */
export async function activateCityOperator(city: City): Promise<Id<'agreement'>> {
  const { dataBureau, operatorId, document } = city
  const { selectionId } = await recordOperatorSelection(dataBureau, {
    operatorId,
    method: 'open_tender',
    result: '中标',
    noticeFrom: '2026-01-05',
    noticeTo: '2026-01-12',
    noticeLink: 'https://example.test/notice',
    documentId: document,
  })
  const { agreementId } = await draftAgreement(dataBureau, {
    number: 'XY-2026-1',
    operatorId,
    selectionId,
    scope: '全市公共数据资源',
    goals: '年度目标',
    startsOn: '2026-03-01',
    documentId: document,
  })
  await signAgreement(dataBureau, { agreementId })
  await activateOperator(dataBureau, { operatorId })
  return agreementId
}

export function resourceInput(
  providerId: Id<'org'>,
  overrides: Partial<ProposeResource> = {},
): ProposeResource {
  return {
    code: 'GJJ-001',
    name: '住房公积金缴存信息',
    providerId,
    sourceKind: 'public_institution',
    fieldCode: 'housing_fund',
    abstract: '缴存与贷款',
    format: '数据库',
    items: [{ name: '缴存基数', type: '数值' }],
    sharing: 'conditional',
    opening: 'conditional',
    updateFrequency: 'daily',
    containsPersonalInformation: false,
    containsSensitivePersonalInformation: false,
    ...overrides,
  }
}

/** A resource proposed and opined by its provider, ready for the catalogue. */
export async function addResource(
  city: City,
  provider: Context = city.provider,
  overrides: Partial<ProposeResource> = {},
): Promise<Id<'resource'>> {
  const input = resourceInput(organizationOf(provider), overrides)
  const { resourceId } = await proposeResource(provider, input)
  await opineOnResource(provider, {
    resourceId,
    nationalClass: 'general',
    level: 'L2',
    opinion: '同意',
  })
  return resourceId
}

/** An active operator with one published and authorized resource. */
export async function buildOperatingCity(
  db: Database,
  options: Readonly<{ clock?: MovableClock }> = {},
) {
  const city = await buildCity(db, options)
  const agreementId = await activateCityOperator(city)
  const resourceId = await addResource(city)
  await publishCatalogue(city.dataBureau, { resourceIds: [resourceId], note: '首批' })
  const { authorizationId } = await authorize(city, { agreementId, resourceIds: [resourceId] })
  return { ...city, agreementId, resourceId, authorizationId }
}
export type OperatingCity = Awaited<ReturnType<typeof buildOperatingCity>>

export function authorize(
  city: City,
  of: Readonly<{ agreementId: Id<'agreement'>; resourceIds: readonly Id<'resource'>[] }>,
) {
  return grantAuthorization(city.dataBureau, {
    operatorId: city.operatorId,
    mode: 'whole',
    reason: '整体授权',
    documentId: city.document,
    effectiveFrom: new Date('2026-02-28T16:00:00Z'),
    effectiveTo: new Date('2029-02-28T16:00:00Z'),
    ...of,
  })
}

/** A scenario drafted, submitted, agreed to by the housing fund and approved. */
export async function approveScenario(
  city: OperatingCity,
  of: Readonly<{ code?: string; purposeClass?: PurposeClass }> = {},
): Promise<Id<'scenario'>> {
  const { scenarioId } = await draftScenario(city.maker, {
    code: of.code ?? 'credit',
    name: '公积金信贷',
    nameEn: 'Housing fund credit',
    description: '授信',
    purposeClass: of.purposeClass ?? 'industry',
    purposeEvidence: '需求说明',
    resourceIds: [city.resourceId],
  })
  await submitScenario(city.maker, { scenarioId })
  await opineOnScenario(city.provider, { scenarioId, verdict: 'agree', opinion: '同意' })
  await decideScenario(city.dataBureau, { scenarioId, verdict: 'approve', reason: '符合' })
  return scenarioId
}

const words = (zh: string, en: string) => ({ zh, en })

export function contentInput(overrides: Partial<ProductContentInput> = {}): ProductContentInput {
  return {
    introduction: words('公积金核验', 'Housing fund check'),
    dictionary: [
      {
        name: 'level',
        label: words('等级', 'Level'),
        type: 'string',
        description: words('缴存等级', 'Level of contributions'),
      },
    ],
    delivery: {
      mode: 'api',
      method: 'GET',
      path: '/query',
      contentType: 'application/json',
      parameters: [
        {
          name: 'company',
          in: 'query',
          type: 'string',
          isRequired: true,
          description: words('单位', 'Company'),
          example: '91421200MA4X00012B',
        },
      ],
      timeoutMs: 3000,
      responseBytesMax: 65_536,
    },
    resultRule: { kind: 'json', foundPointer: '/data' },
    updateFrequency: 'daily',
    coverage: { region: '示例市', time: '2020 至今' },
    dataSubject: 'enterprise',
    industry: '金融业',
    scale: '约 10 万条',
    processingMode: 'plain_api',
    useLimits: [words('仅限授信', 'Credit decisions only')],
    statements: {
      compliance: { fileName: 'compliance.pdf', fileDigest: digest },
      dataSource: { fileName: 'source.pdf', fileDigest: digest },
    },
    sampleRows: [{ level: 'A' }],
    ...overrides,
  }
}

/** A product with a drafted version in these scenarios. */
export async function draftVersion(
  city: OperatingCity,
  scenarioIds: readonly Id<'scenario'>[],
  overrides: Partial<DraftProductVersion> & Readonly<{ code?: string }> = {},
): Promise<Readonly<{ productId: Id<'product'>; productVersionId: Id<'pver'> }>> {
  const { code = 'housing-fund', ...version } = overrides
  const { productId } = await draftProduct(city.maker, {
    code,
    name: '住房公积金信贷',
    nameEn: 'Housing fund credit',
    kind: 'api',
    fieldCode: 'housing_fund',
    summary: '核验缴存',
    summaryEn: 'Checks contributions',
  })
  const { productVersionId } = await draftProductVersion(city.maker, {
    productId,
    content: contentInput(),
    containsPersonalInformation: false,
    lineage: [{ resourceId: city.resourceId, weight: new Decimal(1) }],
    scenarioIds,
    registrationNumber: 'DJ-001',
    ...version,
  })
  return { productId, productVersionId }
}

export const passedReview = {
  verdict: 'passed' as const,
  checklist: outboundChecklist.map((item) => ({ item, isMet: true, note: '' })),
  evidenceDigest: digest,
  reason: '符合要求',
}

/** Review and filing of a drafted version. */
export async function fileVersion(city: City, productVersionId: Id<'pver'>): Promise<void> {
  await submitForOutboundReview(city.maker, { productVersionId })
  await reviewOutbound(city.checker, { productVersionId, ...passedReview })
  await submitFiling(city.maker, { productVersionId })
  await decideFiling(city.dataBureau, { productVersionId, verdict: 'confirmed' })
}

/** A listed product. That its price is posted is taken as said, unless `pricing` says otherwise. */
export async function listProduct(
  city: OperatingCity,
  of: Readonly<{ scenarioIds: readonly Id<'scenario'>[]; code?: string }>,
): Promise<Readonly<{ productId: Id<'product'>; productVersionId: Id<'pver'> }>> {
  const drafted = await draftVersion(city, of.scenarioIds, of.code ? { code: of.code } : {})
  await fileVersion(city, drafted.productVersionId)
  await listProductVersion(city.head, {
    productVersionId: drafted.productVersionId,
    pricing: { chargeable: true, posted: true },
  })
  return drafted
}

export const declarations = {
  data_management_ability: { evidence: '制度' },
  security_ability: { evidence: '等保' },
  business_state: { evidence: '报表' },
  credit_standing: { evidence: '信用报告' },
  no_incident_in_three_years: { evidence: '承诺' },
  legal_conformity: { evidence: '承诺' },
}

/** A buyer's administrator whose organization is registered, and active unless told otherwise. */
export async function addBuyer(
  city: City,
  name: string,
  options: Readonly<{ isActive?: boolean }> = {},
): Promise<Context> {
  const buyer = await city.joining('buyer', name, 'buyer_admin')
  if (options.isActive === false) return buyer
  const { entryApplicationId } = await applyForEntry(buyer, {
    operatorId: city.operatorId,
    declarations,
    lastIncidentOn: null,
  })
  await decideEntry(city.checker, { entryApplicationId, verdict: 'approve', reason: '符合' })
  const { developmentAgreementId } = await offerDevelopmentAgreement(city.head, {
    entryApplicationId,
    startsOn: '2026-03-01',
    endsOn: '2027-02-28',
  })
  await signDevelopmentAgreement(buyer, { developmentAgreementId })
  return buyer
}

export const useTerms = {
  startsOn: '2026-03-01',
  endsOn: '2027-02-28',
  callsPerDayMax: null,
  callsPerMonthMax: '100000',
  callsPerSecondMax: 20,
  concurrentCallsMax: 5,
  networks: [],
}

/** A buyer's approved use of a product in a scenario: what a subscription is opened on. */
export async function approveUse(
  city: City,
  buyer: Context,
  of: Readonly<{ productId: Id<'product'>; scenarioId: Id<'scenario'> }>,
): Promise<Id<'application'>> {
  const { useApplicationId } = await applyForUse(buyer, {
    ...of,
    purpose: '授信决策',
    terms: useTerms,
  })
  await decideUseApplication(city.checker, {
    useApplicationId,
    verdict: 'approve',
    reason: '符合',
  })
  return useApplicationId
}
