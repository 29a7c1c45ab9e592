import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { dayOf } from '#kernel/period.ts'
import type { GovernanceUseApplicationTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { ApprovedUse, UseApplicationView } from './contract.ts'
import type { UseTerms } from './terms.ts'

function selectUse(db: Database) {
  return db
    .selectFrom('governance.use_application as u')
    .innerJoin('governance.organization as b', 'b.id', 'u.buyer_id')
    .innerJoin('governance.product as p', 'p.id', 'u.product_id')
    .innerJoin('governance.scenario as s', 's.id', 'u.scenario_id')
    .select(['u.id', 'u.number', 'u.buyer_id', 'b.name as buyer_name', 'u.product_id'])
    .select(['p.code as product_code', 'p.name as product_name', 'p.operator_id'])
    .select(['u.scenario_id', 's.name as scenario_name', 's.purpose_class', 'u.purpose'])
    .select(['u.requested_terms', 'u.applied_at', 'u.status', 'u.decided_at', 'u.reason'])
    .select(['b.status as buyer_status'])
}
type Row = Awaited<ReturnType<ReturnType<typeof selectUse>['executeTakeFirstOrThrow']>>

export async function insertUseApplication(
  tx: Tx,
  row: Insertable<GovernanceUseApplicationTable>,
): Promise<void> {
  await tx.insertInto('governance.use_application').values(row).execute()
}

export async function findOpenUse(
  db: Database,
  of: Readonly<{ buyerId: Id<'org'>; productId: Id<'product'>; scenarioId: Id<'scenario'> }>,
): Promise<Readonly<{ id: Id<'application'>; number: string }> | undefined> {
  const row = await db
    .selectFrom('governance.use_application')
    .select(['id', 'number'])
    .where('buyer_id', '=', of.buyerId)
    .where('product_id', '=', of.productId)
    .where('scenario_id', '=', of.scenarioId)
    .where('status', '=', 'submitted')
    .executeTakeFirst()
  return row && { id: row.id as Id<'application'>, number: row.number }
}

/** Whether the product is on the market now for this scenario, and the scenario approved. */
export async function getProductUse(
  db: Database,
  of: Readonly<{ productId: Id<'product'>; scenarioId: Id<'scenario'> }>,
): Promise<Readonly<{ operatorId: Id<'org'>; isListed: boolean; isApprovedScenario: boolean }>> {
  const row = found(
    await db
      .selectFrom('governance.product as p')
      .leftJoin('governance.product_version as v', (join) =>
        join.onRef('v.product_id', '=', 'p.id').on('v.status', '=', 'listed'),
      )
      .leftJoin('governance.product_version_scenario as vs', (join) =>
        join.onRef('vs.product_version_id', '=', 'v.id').on('vs.scenario_id', '=', of.scenarioId),
      )
      .leftJoin('governance.scenario as s', (join) =>
        join.onRef('s.id', '=', 'vs.scenario_id').on('s.status', '=', 'approved'),
      )
      .select(['p.operator_id', 'v.id as version_id', 's.id as scenario_id'])
      .where('p.id', '=', of.productId)
      .executeTakeFirst(),
  )
  return {
    operatorId: row.operator_id as Id<'org'>,
    isListed: row.version_id !== null,
    isApprovedScenario: row.scenario_id !== null,
  }
}

export async function lockUseApplication(
  tx: Tx,
  id: Id<'application'>,
): Promise<UseApplicationView> {
  const row = await selectUse(tx).where('u.id', '=', id).forUpdate('u').executeTakeFirst()
  return useFromRow(found(row))
}

export async function updateUseApplication(
  tx: Tx,
  id: Id<'application'>,
  values: Pick<
    Insertable<GovernanceUseApplicationTable>,
    'status' | 'decided_by' | 'decided_at' | 'reason'
  >,
): Promise<void> {
  await tx.updateTable('governance.use_application').set(values).where('id', '=', id).execute()
}

export async function selectUseApplications(
  db: Database,
  filter: Readonly<{
    buyerId: Id<'org'> | undefined
    operatorId: Id<'org'> | undefined
    status: UseApplicationView['status'] | undefined
    before: string | undefined
    limit: number
  }>,
): Promise<UseApplicationView[]> {
  let query = selectUse(db)
  if (filter.buyerId !== undefined) query = query.where('u.buyer_id', '=', filter.buyerId)
  if (filter.operatorId !== undefined) query = query.where('p.operator_id', '=', filter.operatorId)
  if (filter.status !== undefined) query = query.where('u.status', '=', filter.status)
  if (filter.before !== undefined) query = query.where('u.id', '<', filter.before)
  const rows = await query.orderBy('u.id', 'desc').limit(filter.limit).execute()
  return rows.map(useFromRow)
}

/**
 * What an approved use gives to whoever opens a subscription on it. The buyer's organization is
 * active, its development agreement with the operator in force at that moment (R35).
 *
 * @throws NOT_FOUND, USE_NOT_APPROVED, BUYER_NOT_ACTIVE
 */
export async function getApprovedUse(
  db: Database,
  input: Readonly<{ useApplicationId: Id<'application'>; at: Date }>,
): Promise<ApprovedUse> {
  const row = found(
    await selectUse(db).where('u.id', '=', input.useApplicationId).executeTakeFirst(),
  )
  const use = useFromRow(row)
  if (use.status !== 'approved') throw new DomainError('USE_NOT_APPROVED', { status: use.status })
  const agreement = await findAgreementInForce(db, { ...use, at: input.at })
  if (row.buyer_status !== 'active' || agreement === undefined)
    throw new DomainError('BUYER_NOT_ACTIVE', { status: row.buyer_status })
  return {
    useApplicationId: use.id,
    buyerId: use.buyerId,
    operatorId: use.operatorId,
    productId: use.productId,
    scenarioId: use.scenarioId,
    purposeClass: use.purposeClass,
    developmentAgreementId: agreement,
    terms: use.terms,
  }
}

/** The development agreement of these two that holds on the day of that moment. */
export async function findAgreementInForce(
  db: Database,
  input: Readonly<{ buyerId: Id<'org'>; operatorId: Id<'org'>; at: Date }>,
): Promise<Id<'devagr'> | undefined> {
  const today = dayOf(input.at)
  const row = await db
    .selectFrom('governance.development_agreement')
    .select('id')
    .where('buyer_id', '=', input.buyerId)
    .where('operator_id', '=', input.operatorId)
    .where('status', '=', 'in_force')
    .where('starts_on', '<=', today)
    .where('ends_on', '>=', today)
    .executeTakeFirst()
  return row && (row.id as Id<'devagr'>)
}

function useFromRow(row: Row): UseApplicationView {
  return {
    id: row.id as Id<'application'>,
    number: row.number,
    buyerId: row.buyer_id as Id<'org'>,
    buyerName: row.buyer_name,
    productId: row.product_id as Id<'product'>,
    productCode: row.product_code,
    productName: row.product_name,
    operatorId: row.operator_id as Id<'org'>,
    scenarioId: row.scenario_id as Id<'scenario'>,
    scenarioName: row.scenario_name,
    purposeClass: row.purpose_class,
    purpose: row.purpose,
    terms: row.requested_terms as UseTerms,
    appliedAt: row.applied_at,
    status: row.status,
    decidedAt: row.decided_at,
    reason: row.reason,
  }
}
