import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceProductTable, GovernanceProductVersionTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { ProductContent } from './content.ts'
import type { ProductKind } from './contract.ts'
import type { ProductVersionStatus } from './lifecycle.ts'

export type ProductRecord = Readonly<{
  id: Id<'product'>
  code: string
  kind: ProductKind
  operatorId: Id<'org'>
}>

/** A version as verbs need it: its standing, and whose it is. */
export type VersionRecord = Readonly<{
  id: Id<'pver'>
  productId: Id<'product'>
  operatorId: Id<'org'>
  number: number
  contentDigest: string
  status: ProductVersionStatus
  registrationNumber: string | null
  registrationWaiverDocumentId: string | null
}>

/** The id, or undefined where the code exists. */
export async function insertProduct(
  tx: Tx,
  row: Insertable<GovernanceProductTable>,
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.product')
    .values(row)
    .onConflict((conflict) => conflict.constraint('product_code_unique').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function getProduct(
  db: Database,
  by: Readonly<{ id: Id<'product'> } | { code: string }>,
): Promise<ProductRecord> {
  const query = db
    .selectFrom('governance.product')
    .select(['id', 'code', 'kind', 'operator_id'])
    .where((eb) => ('id' in by ? eb('id', '=', by.id) : eb('code', '=', by.code)))
  const row = found(await query.executeTakeFirst())
  return {
    id: row.id as Id<'product'>,
    code: row.code,
    kind: row.kind,
    operatorId: row.operator_id as Id<'org'>,
  }
}

export async function insertVersion(
  tx: Tx,
  row: Insertable<GovernanceProductVersionTable>,
  parts: Readonly<{
    lineage: readonly Readonly<{ resourceId: Id<'resource'>; weight: string }>[]
    scenarioIds: readonly Id<'scenario'>[]
  }>,
): Promise<void> {
  await tx.insertInto('governance.product_version').values(row).execute()
  await tx
    .insertInto('governance.product_version_resource')
    .values(
      parts.lineage.map(({ resourceId, weight }) => ({
        product_version_id: row.id,
        resource_id: resourceId,
        weight,
      })),
    )
    .execute()
  await tx
    .insertInto('governance.product_version_scenario')
    .values(parts.scenarioIds.map((id) => ({ product_version_id: row.id, scenario_id: id })))
    .execute()
}

/** The content of a version that contains personal information; undefined for any other. */
export async function findPersonalContent(
  db: Database,
  id: Id<'pver'>,
): Promise<ProductContent | undefined> {
  const row = await db
    .selectFrom('governance.product_version')
    .select('content')
    .where('id', '=', id)
    .where('contains_personal_information', '=', true)
    .executeTakeFirst()
  return row && (row.content as ProductContent)
}

function selectVersion(db: Database) {
  return db
    .selectFrom('governance.product_version as v')
    .innerJoin('governance.product as p', 'p.id', 'v.product_id')
    .select(['v.id', 'v.product_id', 'p.operator_id', 'v.number', 'v.content_digest', 'v.status'])
    .select(['v.registration_number', 'v.registration_waiver_document_id'])
}
type VersionRow = Awaited<ReturnType<ReturnType<typeof selectVersion>['executeTakeFirstOrThrow']>>

export async function lockVersion(tx: Tx, id: Id<'pver'>): Promise<VersionRecord> {
  const row = await selectVersion(tx).where('v.id', '=', id).forUpdate('v').executeTakeFirst()
  return versionFromRow(found(row))
}

/** The newest version of a product, locked, so that numbers are given one after another. */
export async function lockLatestVersion(
  tx: Tx,
  productId: Id<'product'>,
): Promise<VersionRecord | undefined> {
  const row = await selectVersion(tx)
    .where('v.product_id', '=', productId)
    .orderBy('v.number', 'desc')
    .limit(1)
    .forUpdate('v')
    .executeTakeFirst()
  return row && versionFromRow(row)
}

/** The version that is on the market now, or suspended from it. */
export async function lockListedVersion(
  tx: Tx,
  productId: Id<'product'>,
): Promise<VersionRecord | undefined> {
  const row = await selectVersion(tx)
    .where('v.product_id', '=', productId)
    .where('v.status', 'in', ['listed', 'suspended'])
    .forUpdate('v')
    .executeTakeFirst()
  return row && versionFromRow(row)
}

/** Every version on the market, locked in one order. */
export async function lockListedVersions(tx: Tx): Promise<VersionRecord[]> {
  const rows = await selectVersion(tx)
    .where('v.status', '=', 'listed')
    .orderBy('v.id')
    .forUpdate('v')
    .execute()
  return rows.map(versionFromRow)
}

export async function updateVersionStatus(
  tx: Tx,
  change: Readonly<{ id: Id<'pver'>; status: ProductVersionStatus; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('governance.product_version')
    .set({ status: change.status, status_changed_at: change.at })
    .where('id', '=', change.id)
    .execute()
}

/** The kind of organization that suspended a version last; null for a job of the platform. */
export async function findSuspender(
  db: Database,
  id: Id<'pver'>,
): Promise<Readonly<{ organizationKind: string | null }> | undefined> {
  const row = await db
    .selectFrom('governance.product_version_move as m')
    .leftJoin('governance.organization as o', 'o.id', 'm.organization_id')
    .select('o.kind')
    .where('m.product_version_id', '=', id)
    .where('m.move', '=', 'suspend')
    .orderBy('m.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { organizationKind: row.kind }
}

export type LineageStanding = Readonly<{
  versionId: string
  code: string
  isPublished: boolean
  isProhibited: boolean
  /** By an emergency stop that is in force (R87). */
  isStopped: boolean
  isAuthorized: boolean
}>

/** For each resource of these versions, whether it may be used at this moment (R7, R17). */
export async function listLineageStandings(
  db: Database,
  input: Readonly<{ versionIds: readonly string[]; at: Date }>,
): Promise<LineageStanding[]> {
  if (input.versionIds.length === 0) return []
  const rows = await db
    .selectFrom('governance.product_version_resource as vr')
    .innerJoin('governance.product_version as v', 'v.id', 'vr.product_version_id')
    .innerJoin('governance.product as p', 'p.id', 'v.product_id')
    .innerJoin('governance.resource as r', 'r.id', 'vr.resource_id')
    .select(['v.id', 'r.code', 'r.status', 'r.opening'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('governance.authorization as z')
            .innerJoin('governance.authorization_resource as zr', 'zr.authorization_id', 'z.id')
            .select('z.id')
            .whereRef('zr.resource_id', '=', 'r.id')
            .whereRef('z.operator_id', '=', 'p.operator_id')
            .where('z.revoked_at', 'is', null)
            .where('z.effective_from', '<=', input.at)
            .where('z.effective_to', '>', input.at),
        )
        .as('is_authorized'),
    )
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('governance.incident as i')
            .select('i.id')
            .where('i.object_kind', '=', 'resource')
            .whereRef('i.object_id', '=', 'r.id')
            .where('i.lifted_at', 'is', null),
        )
        .as('is_stopped'),
    )
    .where('v.id', 'in', input.versionIds)
    .orderBy('r.code')
    .execute()
  return rows.map((row) => ({
    versionId: row.id,
    code: row.code,
    isPublished: row.status === 'published',
    isProhibited: row.opening === 'prohibited',
    isStopped: Boolean(row.is_stopped),
    isAuthorized: Boolean(row.is_authorized),
  }))
}

/** The scenarios of a version with their status, and its resources that each of them does not name. */
export async function listScenarioStandings(
  db: Database,
  versionId: Id<'pver'>,
): Promise<Readonly<{ code: string; operatorId: string; status: string; foreign: bigint }>[]> {
  const rows = await db
    .selectFrom('governance.product_version_scenario as vs')
    .innerJoin('governance.scenario as s', 's.id', 'vs.scenario_id')
    .select(['s.code', 's.operator_id', 's.status'])
    .select((eb) =>
      eb
        .selectFrom('governance.product_version_resource as vr')
        .leftJoin('governance.scenario_resource as sr', (join) =>
          join.onRef('sr.resource_id', '=', 'vr.resource_id').onRef('sr.scenario_id', '=', 's.id'),
        )
        .select(eb.fn.countAll<bigint>().as('n'))
        .whereRef('vr.product_version_id', '=', 'vs.product_version_id')
        .where('sr.resource_id', 'is', null)
        .as('foreign'),
    )
    .where('vs.product_version_id', '=', versionId)
    .orderBy('s.code')
    .execute()
  return rows.map((row) => ({
    code: row.code,
    operatorId: row.operator_id,
    status: row.status,
    foreign: row.foreign ?? 0n,
  }))
}

function versionFromRow(row: VersionRow): VersionRecord {
  return {
    id: row.id as Id<'pver'>,
    productId: row.product_id as Id<'product'>,
    operatorId: row.operator_id as Id<'org'>,
    number: row.number,
    contentDigest: row.content_digest,
    status: row.status,
    registrationNumber: row.registration_number,
    registrationWaiverDocumentId: row.registration_waiver_document_id,
  }
}
