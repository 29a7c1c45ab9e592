import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { PurposeClass } from '#governance/scenario/contract.ts'
import type { ProductContent } from './content.ts'
import type { ProductKind, ProductPage, ProductSummary } from './contract.ts'

export type ProductFilter = PageRequest &
  Readonly<{
    /** Text in the names, the summaries or the code, in any case. */
    query?: string | undefined
    fieldCode?: string | undefined
    kind?: ProductKind | undefined
    purposeClass?: PurposeClass | undefined
    /** What a part above has chosen by facts of its own, such as prices. */
    productIds?: readonly Id<'product'>[] | undefined
  }>

/** Products on the market, or suspended from it, each with its confirmed filing. */
function selectMarket(db: Database) {
  return db
    .selectFrom('governance.product as p')
    .innerJoin('governance.product_version as v', (join) =>
      join.onRef('v.product_id', '=', 'p.id').on('v.status', 'in', ['listed', 'suspended']),
    )
    .innerJoin('governance.filing as f', (join) =>
      join.onRef('f.product_version_id', '=', 'v.id').on('f.verdict', '=', 'confirmed'),
    )
    .innerJoin('governance.field as d', 'd.code', 'p.field_code')
    .innerJoin('governance.organization as o', 'o.id', 'p.operator_id')
    .select(['p.id', 'p.code', 'p.name', 'p.name_en', 'p.kind', 'p.field_code', 'p.summary'])
    .select(['d.name as field_name', 'd.name_en as field_name_en', 'p.summary_en', 'p.is_sample'])
    .select(['p.operator_id', 'o.name as operator_name', 'v.id as version_id', 'v.number'])
    .select(['v.status', 'v.contains_personal_information', 'f.number as filing_number'])
    .select((eb) => [
      eb
        .selectFrom('governance.product_version_move as m')
        .select((inner) => inner.fn.min('m.moved_at').as('at'))
        .whereRef('m.product_version_id', '=', 'v.id')
        .where('m.move', '=', 'list')
        .as('listed_at'),
      eb
        .selectFrom('governance.product_version_scenario as vs')
        .innerJoin('governance.scenario as s', 's.id', 'vs.scenario_id')
        .select(sql<PurposeClass[]>`array_agg(distinct s.purpose_class)`.as('classes'))
        .whereRef('vs.product_version_id', '=', 'v.id')
        .where('s.status', '=', 'approved')
        .as('purpose_classes'),
    ])
}
type Row = Awaited<ReturnType<ReturnType<typeof selectMarket>['executeTakeFirstOrThrow']>>

/** Every listed product, by code, 50 on a page; without sign-in. */
export async function listProducts(
  db: Database,
  input: ProductFilter,
): Promise<Page<ProductSummary>> {
  const limit = pageLimit(input)
  const after = readCursor(input, 1)?.[0]
  let query = selectMarket(db).where('v.status', '=', 'listed')
  if (input.fieldCode !== undefined) query = query.where('p.field_code', '=', input.fieldCode)
  if (input.kind !== undefined) query = query.where('p.kind', '=', input.kind)
  if (input.productIds !== undefined)
    query = query.where((eb) => eb('p.id', '=', eb.fn.any(eb.val(input.productIds))))
  if (input.query?.trim()) {
    const like = `%${input.query.trim().replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((eb) =>
      eb.or(
        (['p.name', 'p.name_en', 'p.summary', 'p.summary_en', 'p.code'] as const).map((column) =>
          eb(column, 'ilike', like),
        ),
      ),
    )
  }
  const { purposeClass } = input
  if (purposeClass !== undefined)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('governance.product_version_scenario as x')
          .innerJoin('governance.scenario as y', 'y.id', 'x.scenario_id')
          .select('y.id')
          .whereRef('x.product_version_id', '=', 'v.id')
          .where('y.purpose_class', '=', purposeClass)
          .where('y.status', '=', 'approved'),
      ),
    )
  if (after !== undefined) query = query.where('p.code', '>', after)
  const rows = await query
    .orderBy('p.code')
    .limit(limit + 1)
    .execute()
  return pageOf(rows.map(summaryFromRow), limit, (product) => [product.code])
}

/** All that the public may know of a product on the market, or suspended from it. */
export async function findProductPage(
  db: Database,
  code: string,
): Promise<ProductPage | undefined> {
  const row = await selectMarket(db).where('p.code', '=', code).executeTakeFirst()
  if (row === undefined) return undefined
  const summary = summaryFromRow(row)
  const [version, suspension, review, scenarios, resources, versions] = await Promise.all([
    getVersionContent(db, summary.versionId),
    summary.status === 'suspended' ? findSuspension(db, summary.versionId) : null,
    getPassedReview(db, summary.versionId),
    listVersionScenarios(db, summary.versionId),
    listVersionResources(db, summary.versionId),
    listMarketVersions(db, summary.id),
  ])
  return { ...summary, ...version, suspension, review, scenarios, resources, versions }
}

async function findSuspension(db: Database, id: Id<'pver'>): Promise<ProductPage['suspension']> {
  const row = await db
    .selectFrom('governance.product_version_move')
    .select(['moved_at', 'reason'])
    .where('product_version_id', '=', id)
    .where('move', '=', 'suspend')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? { since: row.moved_at, reason: row.reason } : null
}

async function getVersionContent(
  db: Database,
  id: Id<'pver'>,
): Promise<
  Pick<
    ProductPage,
    'content' | 'contentDigest' | 'registrationState' | 'registrationNumber' | 'filing'
  >
> {
  const row = await db
    .selectFrom('governance.product_version as v')
    .innerJoin('governance.filing as f', 'f.product_version_id', 'v.id')
    .select(['v.content', 'v.content_digest', 'v.registration_state', 'v.registration_number'])
    .select(['f.number', 'f.decided_at'])
    .where('v.id', '=', id)
    .where('f.verdict', '=', 'confirmed')
    .executeTakeFirstOrThrow()
  return {
    content: row.content as ProductContent,
    contentDigest: row.content_digest,
    registrationState: row.registration_state,
    registrationNumber: row.registration_number,
    filing: { number: row.number ?? '', decidedAt: row.decided_at ?? new Date(0) },
  }
}

async function getPassedReview(db: Database, id: Id<'pver'>): Promise<ProductPage['review']> {
  const row = await db
    .selectFrom('governance.outbound_review')
    .select(['reviewed_at', 'evidence_digest'])
    .where('product_version_id', '=', id)
    .where('verdict', '=', 'passed')
    .orderBy('reviewed_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return {
    reviewedAt: row.reviewed_at ?? new Date(0),
    evidenceDigest: row.evidence_digest ?? '',
  }
}

async function listVersionScenarios(
  db: Database,
  id: Id<'pver'>,
): Promise<ProductPage['scenarios']> {
  const rows = await db
    .selectFrom('governance.product_version_scenario as vs')
    .innerJoin('governance.scenario as s', 's.id', 'vs.scenario_id')
    .select(['s.id', 's.code', 's.name', 's.name_en', 's.purpose_class', 's.description'])
    .where('vs.product_version_id', '=', id)
    .where('s.status', '=', 'approved')
    .orderBy('s.code')
    .execute()
  return rows.map((row) => ({
    id: row.id as Id<'scenario'>,
    code: row.code,
    name: row.name,
    nameEn: row.name_en,
    purposeClass: row.purpose_class,
    description: row.description,
  }))
}

/** The lineage of a version: each resource with its provider and weight, for pages and attribution (R77). */
export async function listVersionResources(
  db: Database,
  id: Id<'pver'>,
): Promise<ProductPage['resources']> {
  const rows = await db
    .selectFrom('governance.product_version_resource as vr')
    .innerJoin('governance.resource as r', 'r.id', 'vr.resource_id')
    .innerJoin('governance.organization as o', 'o.id', 'r.provider_id')
    .select(['r.id', 'r.code', 'r.name', 'r.provider_id', 'o.name as provider_name', 'vr.weight'])
    .where('vr.product_version_id', '=', id)
    .orderBy('r.code')
    .execute()
  return rows.map((row) => ({
    id: row.id as Id<'resource'>,
    code: row.code,
    name: row.name,
    providerId: row.provider_id as Id<'org'>,
    providerName: row.provider_name,
    weight: parseDecimal(row.weight),
  }))
}

// Drafts and reviews are the operator's business; the public sees what was on the market.
async function listMarketVersions(
  db: Database,
  id: Id<'product'>,
): Promise<ProductPage['versions']> {
  const rows = await db
    .selectFrom('governance.product_version')
    .select(['id', 'number', 'status', 'status_changed_at'])
    .where('product_id', '=', id)
    .where('status', 'in', ['listed', 'suspended', 'delisted'])
    .orderBy('number', 'desc')
    .execute()
  return rows.map((row) => ({
    id: row.id as Id<'pver'>,
    number: row.number,
    status: row.status,
    statusChangedAt: row.status_changed_at,
  }))
}

function summaryFromRow(row: Row): ProductSummary {
  return {
    id: row.id as Id<'product'>,
    code: row.code,
    name: row.name,
    nameEn: row.name_en,
    kind: row.kind,
    fieldCode: row.field_code,
    fieldName: row.field_name,
    fieldNameEn: row.field_name_en,
    summary: row.summary,
    summaryEn: row.summary_en,
    operatorId: row.operator_id as Id<'org'>,
    operatorName: row.operator_name,
    versionId: row.version_id as Id<'pver'>,
    versionNumber: row.number,
    status: row.status === 'suspended' ? 'suspended' : 'listed',
    listedAt: row.listed_at ?? new Date(0),
    filingNumber: row.filing_number ?? '',
    containsPersonalInformation: row.contains_personal_information,
    isSample: row.is_sample,
    purposeClasses: row.purpose_classes ?? [],
  }
}
