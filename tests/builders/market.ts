import { sql } from 'kysely'
import type { MovableClock } from '#kernel/clock.ts'
import type { Context, OrganizationKind, PersonActor } from '#kernel/context.ts'
import { makeCreditCode } from '#kernel/credit-code.ts'
import type { Database } from '#kernel/database.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import type { TestDatabase } from '#tests/harness/index.ts'

/** The rows billing stands on, set down by the owner: what governance's own verbs would have made. */
export type Market = Readonly<{
  operatorId: Id<'org'>
  bureauId: Id<'org'>
  documentId: Id<'policy'>
  industryScenarioId: Id<'scenario'>
  publicScenarioId: Id<'scenario'>
}>

let organizations = 0

export async function insertOrganization(
  db: Database,
  clock: MovableClock,
  input: Readonly<{ kind: OrganizationKind; name: string }>,
): Promise<Id<'org'>> {
  organizations += 1
  const id = newId('org', clock)
  await db
    .insertInto('governance.organization')
    .values({
      id,
      kind: input.kind,
      name: input.name,
      credit_code: makeCreditCode({
        head: '91421200',
        organization: String(organizations).padStart(8, '0'),
      }),
      status: 'active',
      registered_at: clock.now(),
    })
    .execute()
  return id
}

export async function insertMarket(database: TestDatabase, clock: MovableClock): Promise<Market> {
  const db = database.ownerDb
  const operatorId = await insertOrganization(db, clock, { kind: 'operator', name: '示例运营公司' })
  const bureauId = await insertOrganization(db, clock, { kind: 'data_bureau', name: '市政数局' })
  const documentId = newId('policy', clock)
  await db
    .insertInto('governance.policy_document')
    .values({
      id: documentId,
      title: '示例批复',
      number: '示例〔2026〕1号',
      issuer: '示例机关',
      issued_on: '2026-01-04',
      valid_from: '2026-01-04',
      file_name: 'sample.pdf',
      file_digest: `sm3:${'0'.repeat(64)}`,
      registered_by: 'test',
      registered_at: clock.now(),
    })
    .execute()
  await insertAgreement(db, clock, { operatorId, documentId })
  return {
    operatorId,
    bureauId,
    documentId,
    industryScenarioId: await insertScenario(db, clock, operatorId, 'industry'),
    publicScenarioId: await insertScenario(db, clock, operatorId, 'public_interest'),
  }
}

async function insertAgreement(
  db: Database,
  clock: MovableClock,
  of: Readonly<{ operatorId: string; documentId: string }>,
): Promise<void> {
  const selectionId = newId('selection', clock)
  await db
    .insertInto('governance.operator_selection')
    .values({
      id: selectionId,
      operator_id: of.operatorId,
      method: 'open_tender',
      result: '中选',
      notice_from: '2025-12-01',
      notice_to: '2025-12-08',
      notice_link: 'https://example.test/notice',
      document_id: of.documentId,
      recorded_by: 'test',
      recorded_at: clock.now(),
    })
    .execute()
  await db
    .insertInto('governance.agreement')
    .values({
      id: newId('agreement', clock),
      number: 'XY-1',
      operator_id: of.operatorId,
      selection_id: selectionId,
      scope: '公积金',
      goals: '试点',
      starts_on: '2026-01-01',
      ends_on: '2028-12-31',
      document_id: of.documentId,
      status: 'in_force',
      signed_at: clock.now(),
      recorded_by: 'test',
      recorded_at: clock.now(),
    })
    .execute()
}

async function insertScenario(
  db: Database,
  clock: MovableClock,
  operatorId: string,
  purposeClass: 'industry' | 'public_interest',
): Promise<Id<'scenario'>> {
  const id = newId('scenario', clock)
  await db
    .insertInto('governance.scenario')
    .values({
      id,
      code: `CJ-${purposeClass}`,
      name: purposeClass === 'industry' ? '信贷核验' : '困难帮扶',
      name_en: purposeClass,
      operator_id: operatorId,
      description: '示例',
      purpose_class: purposeClass,
      purpose_evidence: '示例',
      status: 'approved',
      recorded_by: 'test',
      recorded_at: clock.now(),
      decided_by: 'test',
      decided_at: clock.now(),
      decision_reason: '同意',
    })
    .execute()
  return id
}

/** A listed product, without the approvals that listing needs: those are governance's to prove. */
export async function insertListedProduct(
  database: TestDatabase,
  clock: MovableClock,
  input: Readonly<{ operatorId: string; code: string; name: string }>,
): Promise<Id<'product'>> {
  const db = database.ownerDb
  const id = newId('product', clock)
  await db
    .insertInto('governance.product')
    .values({
      id,
      code: input.code,
      name: input.name,
      name_en: input.code,
      kind: 'api',
      operator_id: input.operatorId,
      field_code: 'housing_fund',
      summary: '示例',
      summary_en: 'sample',
      recorded_by: 'test',
      recorded_at: clock.now(),
    })
    .execute()
  await sql`alter table governance.product_version disable trigger product_version_listing`.execute(
    db,
  )
  await db
    .insertInto('governance.product_version')
    .values({
      id: newId('pver', clock),
      product_id: id,
      number: 1,
      content: '{}',
      content_digest: 'sm3:0',
      contains_personal_information: false,
      registration_state: 'to_be_registered',
      status: 'listed',
      status_changed_at: clock.now(),
      recorded_by: 'test',
      recorded_at: clock.now(),
    })
    .execute()
  return id
}

export type SubscriptionSeed = Readonly<{
  operatorId: Id<'org'>
  buyerId: Id<'org'>
  productId: Id<'product'>
  scenarioId: Id<'scenario'>
  purposeClass: 'industry' | 'public_interest'
  priceItemCode: string | null
  startsAt: Date
  endsAt: Date
}>

export const sampleTerms = {
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
  callsPerDayMax: null,
  callsPerMonthMax: null,
  callsPerSecondMax: 100,
  concurrentCallsMax: 10,
  networks: [],
}

/** An approved use application of an active buyer; what a subscription stands on. */
export async function insertApprovedUse(
  db: Database,
  clock: MovableClock,
  of: Pick<SubscriptionSeed, 'operatorId' | 'buyerId' | 'productId' | 'scenarioId'>,
): Promise<Readonly<{ applicationId: Id<'application'>; agreementId: Id<'devagr'> }>> {
  const agreementId = await developmentAgreement(db, clock, of)
  const applicationId = newId('application', clock)
  await db
    .insertInto('governance.use_application')
    .values({
      id: applicationId,
      number: `SY-${applicationId}`,
      buyer_id: of.buyerId,
      product_id: of.productId,
      scenario_id: of.scenarioId,
      purpose: '示例',
      requested_terms: JSON.stringify(sampleTerms),
      applied_by: 'test',
      applied_at: clock.now(),
      status: 'approved',
      decided_by: 'test',
      decided_at: clock.now(),
      reason: '同意',
    })
    .execute()
  return { applicationId, agreementId }
}

async function developmentAgreement(
  db: Database,
  clock: MovableClock,
  of: Readonly<{ operatorId: string; buyerId: string }>,
): Promise<Id<'devagr'>> {
  const known = await db
    .selectFrom('governance.development_agreement')
    .select('id')
    .where('buyer_id', '=', of.buyerId)
    .executeTakeFirst()
  if (known !== undefined) return known.id as Id<'devagr'>
  const entryId = newId('entry', clock)
  await db
    .insertInto('governance.entry_application')
    .values({
      id: entryId,
      number: `RZ-${entryId}`,
      buyer_id: of.buyerId,
      operator_id: of.operatorId,
      declarations: '{}',
      applied_by: 'test',
      applied_at: clock.now(),
      status: 'approved',
      decided_by: 'test',
      decided_at: clock.now(),
      reason: '同意',
    })
    .execute()
  const agreementId = newId('devagr', clock)
  await db
    .insertInto('governance.development_agreement')
    .values({
      id: agreementId,
      number: `KF-${agreementId}`,
      buyer_id: of.buyerId,
      operator_id: of.operatorId,
      entry_application_id: entryId,
      starts_on: '2026-01-01',
      ends_on: '2027-12-31',
      offered_by: 'test',
      offered_at: clock.now(),
      signed_by: 'test',
      signed_at: clock.now(),
      status: 'in_force',
    })
    .execute()
  return agreementId
}

let subscriptionsMade = 0

/** A subscription that runs, set down without its verb; numbered in the order of making as the verb does, in a year no verb numbers. */
export async function insertSubscription(
  db: Database,
  clock: MovableClock,
  seed: SubscriptionSeed,
): Promise<Id<'sub'>> {
  const { applicationId, agreementId } = await insertApprovedUse(db, clock, seed)
  const id = newId('sub', clock)
  subscriptionsMade += 1
  await db
    .insertInto('billing.subscription')
    .values({
      id,
      number: `DG-2025-${String(subscriptionsMade).padStart(6, '0')}`,
      buyer_id: seed.buyerId,
      operator_id: seed.operatorId,
      product_id: seed.productId,
      scenario_id: seed.scenarioId,
      purpose_class: seed.purposeClass,
      use_application_id: applicationId,
      development_agreement_id: agreementId,
      price_item_code: seed.priceItemCode,
      terms: JSON.stringify(sampleTerms),
      starts_at: seed.startsAt,
      ends_at: seed.endsAt,
      status: 'active',
      status_changed_at: clock.now(),
      opened_by: 'test',
      opened_at: clock.now(),
    })
    .execute()
  return id
}

/** Somebody of an organization; one person for each name. */
export function person(
  input: Readonly<{
    organizationId: Id<'org'>
    organizationKind: OrganizationKind
    role: Role
    name?: string
  }>,
): PersonActor {
  const name = input.name ?? input.role
  return {
    kind: 'person',
    personId: `person_${name}` as Id<'person'>,
    organizationId: input.organizationId,
    organizationKind: input.organizationKind,
    roles: [input.role],
    name,
  }
}

export function contextOf(db: Database, clock: MovableClock, actor: Context['actor']): Context {
  return { db, clock, actor, requestId: 'test-request' }
}
