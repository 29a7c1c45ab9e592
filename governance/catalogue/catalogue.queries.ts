import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceCatalogueTable } from '#migrations/tables.ts'
import type { CatalogueDifference, CatalogueItem, CatalogueVersion, Field } from './contract.ts'

function selectVersion(db: Database) {
  return db
    .selectFrom('governance.catalogue as c')
    .select(['c.id', 'c.version', 'c.note', 'c.difference', 'c.digest'])
    .select(['c.published_by', 'c.published_at'])
    .select((eb) =>
      eb
        .selectFrom('governance.catalogue_resource as cr')
        .select(eb.fn.countAll<bigint>().as('n'))
        .whereRef('cr.catalogue_id', '=', 'c.id')
        .as('item_count'),
    )
}
type Row = Awaited<ReturnType<ReturnType<typeof selectVersion>['executeTakeFirstOrThrow']>>

export async function insertCatalogue(
  tx: Tx,
  row: Insertable<GovernanceCatalogueTable>,
  items: readonly CatalogueItem[],
): Promise<void> {
  await tx.insertInto('governance.catalogue').values(row).execute()
  await tx
    .insertInto('governance.catalogue_resource')
    .values(
      items.map((item) => ({
        catalogue_id: row.id,
        resource_id: item.resourceId,
        content: JSON.stringify(item),
      })),
    )
    .execute()
}

export async function findLatestCatalogue(db: Database): Promise<CatalogueVersion | undefined> {
  const row = await selectVersion(db).orderBy('c.version', 'desc').limit(1).executeTakeFirst()
  return row && versionFromRow(row)
}

export async function listCatalogueItems(
  db: Database,
  id: Id<'catalogue'>,
): Promise<CatalogueItem[]> {
  const rows = await db
    .selectFrom('governance.catalogue_resource as cr')
    .innerJoin('governance.resource as r', 'r.id', 'cr.resource_id')
    .select('cr.content')
    .where('cr.catalogue_id', '=', id)
    .orderBy('r.code')
    .execute()
  return rows.map((row) => row.content as CatalogueItem)
}

/** Every published version, the newest first; each stays readable for ever (R14). */
export async function listCatalogueVersions(db: Database): Promise<readonly CatalogueVersion[]> {
  const rows = await selectVersion(db).orderBy('c.version', 'desc').execute()
  return rows.map(versionFromRow)
}

/** One version with all it lists. */
export async function findCatalogueVersion(
  db: Database,
  version: number,
): Promise<(CatalogueVersion & Readonly<{ items: readonly CatalogueItem[] }>) | undefined> {
  const row = await selectVersion(db).where('c.version', '=', version).executeTakeFirst()
  if (row === undefined) return undefined
  const found = versionFromRow(row)
  return { ...found, items: await listCatalogueItems(db, found.id) }
}

/** The fields the plan names, in its order, and the rest (R18). */
export async function listFields(db: Database): Promise<readonly Field[]> {
  const rows = await db
    .selectFrom('governance.field')
    .select(['code', 'name', 'name_en', 'position', 'is_priority'])
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    code: row.code,
    name: row.name,
    nameEn: row.name_en,
    position: row.position,
    isPriority: row.is_priority,
  }))
}

function versionFromRow(row: Row): CatalogueVersion {
  return {
    id: row.id as Id<'catalogue'>,
    version: row.version,
    note: row.note,
    difference: row.difference as CatalogueDifference,
    digest: row.digest,
    publishedBy: row.published_by,
    publishedAt: row.published_at,
    itemCount: Number(row.item_count),
  }
}
