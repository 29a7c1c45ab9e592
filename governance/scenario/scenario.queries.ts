import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceScenarioOpinionTable, GovernanceScenarioTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { ScenarioStatus, ScenarioView } from './contract.ts'

type Row = Awaited<ReturnType<ReturnType<typeof selectScenario>['executeTakeFirstOrThrow']>>

function selectScenario(db: Database) {
  return db
    .selectFrom('governance.scenario as s')
    .innerJoin('governance.organization as o', 'o.id', 's.operator_id')
    .select(['s.id', 's.code', 's.name', 's.name_en', 's.operator_id', 'o.name as operator_name'])
    .select(['s.description', 's.purpose_class', 's.purpose_evidence', 's.status'])
    .select(['s.submitted_at', 's.decided_at', 's.decision_reason'])
}

/** The id, or undefined where the code exists. */
export async function insertScenario(
  tx: Tx,
  row: Insertable<GovernanceScenarioTable>,
  resourceIds: readonly Id<'resource'>[],
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.scenario')
    .values(row)
    .onConflict((conflict) => conflict.constraint('scenario_code_unique').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined)
    await tx
      .insertInto('governance.scenario_resource')
      .values(resourceIds.map((id) => ({ scenario_id: row.id, resource_id: id })))
      .execute()
  return inserted?.id
}

export async function getScenarioByCode(
  db: Database,
  code: string,
): Promise<Readonly<{ id: Id<'scenario'>; operatorId: string }>> {
  const row = await selectScenario(db).where('s.code', '=', code).executeTakeFirst()
  const { id, operator_id } = found(row)
  return { id: id as Id<'scenario'>, operatorId: operator_id }
}

export async function lockScenario(
  tx: Tx,
  id: Id<'scenario'>,
): Promise<Readonly<{ operatorId: Id<'org'>; status: ScenarioStatus }>> {
  const row = found(
    await tx
      .selectFrom('governance.scenario')
      .select(['operator_id', 'status'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
  return { operatorId: row.operator_id as Id<'org'>, status: row.status }
}

export async function updateScenario(
  tx: Tx,
  id: Id<'scenario'>,
  values: Partial<
    Pick<
      Insertable<GovernanceScenarioTable>,
      'status' | 'submitted_by' | 'submitted_at' | 'decided_by' | 'decided_at' | 'decision_reason'
    >
  >,
): Promise<void> {
  await tx.updateTable('governance.scenario').set(values).where('id', '=', id).execute()
}

/** Whether the opinion is new: a provider gives one, once. */
export async function insertOpinion(
  tx: Tx,
  row: Insertable<GovernanceScenarioOpinionTable>,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('governance.scenario_opinion')
    .values(row)
    .onConflict((conflict) => conflict.columns(['scenario_id', 'provider_id']).doNothing())
    .returning('provider_id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Every provider whose resource the scenario names, with its opinion if it gave one (R25). */
export async function listConcernedProviders(
  db: Database,
  ids: readonly string[],
): Promise<(ScenarioView['opinions'][number] & Readonly<{ scenarioId: string }>)[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('governance.scenario_resource as sr')
    .innerJoin('governance.resource as r', 'r.id', 'sr.resource_id')
    .innerJoin('governance.organization as o', 'o.id', 'r.provider_id')
    .leftJoin('governance.scenario_opinion as p', (join) =>
      join
        .onRef('p.scenario_id', '=', 'sr.scenario_id')
        .onRef('p.provider_id', '=', 'r.provider_id'),
    )
    .distinct()
    .select(['sr.scenario_id', 'o.id', 'o.name', 'p.verdict', 'p.opinion', 'p.opined_at'])
    .where('sr.scenario_id', 'in', ids)
    .orderBy('o.id')
    .execute()
  return rows.map((row) => ({
    scenarioId: row.scenario_id,
    providerId: row.id as Id<'org'>,
    providerName: row.name,
    verdict: row.verdict,
    opinion: row.opinion,
    opinedAt: row.opined_at,
  }))
}

export async function selectScenarios(
  db: Database,
  filter: Readonly<{
    operatorId: Id<'org'> | undefined
    providerId: Id<'org'> | undefined
    status: ScenarioStatus | undefined
    after: string | undefined
    limit: number
  }>,
): Promise<ScenarioView[]> {
  let query = selectScenario(db)
  if (filter.operatorId !== undefined) query = query.where('s.operator_id', '=', filter.operatorId)
  if (filter.status !== undefined) query = query.where('s.status', '=', filter.status)
  if (filter.after !== undefined) query = query.where('s.code', '>', filter.after)
  const { providerId } = filter
  if (providerId !== undefined)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('governance.scenario_resource as sr')
          .innerJoin('governance.resource as r', 'r.id', 'sr.resource_id')
          .select('r.id')
          .whereRef('sr.scenario_id', '=', 's.id')
          .where('r.provider_id', '=', providerId),
      ),
    )
  const rows = await query.orderBy('s.code').limit(filter.limit).execute()
  return withDetails(db, rows)
}

async function withDetails(db: Database, rows: readonly Row[]): Promise<ScenarioView[]> {
  const ids = rows.map((row) => row.id)
  const resources = Map.groupBy(await listScenarioResources(db, ids), (each) => each.scenario_id)
  const opinions = Map.groupBy(await listConcernedProviders(db, ids), (each) => each.scenarioId)
  return rows.map((row) => ({
    id: row.id as Id<'scenario'>,
    code: row.code,
    name: row.name,
    nameEn: row.name_en,
    operatorId: row.operator_id as Id<'org'>,
    operatorName: row.operator_name,
    description: row.description,
    purposeClass: row.purpose_class,
    purposeEvidence: row.purpose_evidence,
    status: row.status,
    submittedAt: row.submitted_at,
    decidedAt: row.decided_at,
    decisionReason: row.decision_reason,
    resources: (resources.get(row.id) ?? []).map((each) => ({
      id: each.id as Id<'resource'>,
      code: each.code,
      name: each.name,
      providerId: each.provider_id as Id<'org'>,
      providerName: each.provider_name,
    })),
    opinions: (opinions.get(row.id) ?? []).map(opinionOf),
  }))
}

function opinionOf(concerned: ScenarioView['opinions'][number]): ScenarioView['opinions'][number] {
  const { providerId, providerName, verdict, opinion, opinedAt } = concerned
  return { providerId, providerName, verdict, opinion, opinedAt }
}

async function listScenarioResources(db: Database, ids: readonly string[]) {
  if (ids.length === 0) return []
  return db
    .selectFrom('governance.scenario_resource as sr')
    .innerJoin('governance.resource as r', 'r.id', 'sr.resource_id')
    .innerJoin('governance.organization as o', 'o.id', 'r.provider_id')
    .select(['sr.scenario_id', 'r.id', 'r.code', 'r.name', 'r.provider_id'])
    .select('o.name as provider_name')
    .where('sr.scenario_id', 'in', ids)
    .orderBy('r.code')
    .execute()
}
