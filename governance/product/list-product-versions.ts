import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { found, isOfKind, onlyOwn, requireOwn } from '#governance/own.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { ProductContent } from './content.ts'
import type { ProductVersionDetail, ProductVersionView } from './contract.ts'
import { movesOpenTo } from './lifecycle.ts'
import { listVersionResources } from './market.queries.ts'

/** Product versions in every status, the newest first; an operator sees its own. */
export async function listProductVersions(
  ctx: Context,
  input: PageRequest &
    Readonly<{
      status?: ProductVersionView['status'] | undefined
      productId?: Id<'product'> | undefined
    }>,
): Promise<Page<ProductVersionView>> {
  requirePermission(ctx, 'product:read')
  const limit = pageLimit(input)
  const before = readCursor(input, 1)?.[0]
  const operatorId = onlyOwn(ctx, 'operator')
  let query = selectVersions(ctx)
  if (operatorId !== undefined) query = query.where('p.operator_id', '=', operatorId)
  if (input.status !== undefined) query = query.where('v.status', '=', input.status)
  if (input.productId !== undefined) query = query.where('v.product_id', '=', input.productId)
  if (before !== undefined) query = query.where('v.id', '<', before)
  const rows = await query
    .orderBy('v.id', 'desc')
    .limit(limit + 1)
    .execute()
  return pageOf(rows.map(viewFromRow), limit, (row) => [row.id])
}

/** One version with its content, lineage, scenarios and history, and what the asker may do next. */
export async function getProductVersion(
  ctx: Context,
  input: Readonly<{ productVersionId: Id<'pver'> }>,
): Promise<ProductVersionDetail> {
  requirePermission(ctx, 'product:read')
  const id = input.productVersionId
  const row = found(await selectVersions(ctx).where('v.id', '=', id).executeTakeFirst())
  if (isOfKind(ctx, 'operator')) requireOwn(ctx, row.operator_id)
  const version = viewFromRow(row)
  const [content, resources, scenarios, moves] = await Promise.all([
    getContent(ctx.db, id),
    listVersionResources(ctx.db, id),
    listScenariosOf(ctx.db, id),
    listMoves(ctx.db, id),
  ])
  const nextMoves = movesOpenTo(ctx.actor, version.status)
  return { ...version, content, resources, scenarios, moves, nextMoves }
}

async function getContent(db: Database, id: Id<'pver'>): Promise<ProductContent> {
  const row = await db
    .selectFrom('governance.product_version')
    .select('content')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.content as ProductContent
}

async function listScenariosOf(
  db: Database,
  id: Id<'pver'>,
): Promise<ProductVersionDetail['scenarios']> {
  const rows = await db
    .selectFrom('governance.product_version_scenario as vs')
    .innerJoin('governance.scenario as s', 's.id', 'vs.scenario_id')
    .select(['s.id', 's.code', 's.name', 's.status', 's.purpose_class'])
    .where('vs.product_version_id', '=', id)
    .orderBy('s.code')
    .execute()
  return rows.map((row) => ({
    id: row.id as Id<'scenario'>,
    code: row.code,
    name: row.name,
    status: row.status,
    purposeClass: row.purpose_class,
  }))
}

async function listMoves(db: Database, id: Id<'pver'>): Promise<ProductVersionDetail['moves']> {
  const rows = await db
    .selectFrom('governance.product_version_move as m')
    .leftJoin('governance.organization as o', 'o.id', 'm.organization_id')
    .select(['m.move', 'm.from_status', 'm.to_status', 'm.reason', 'm.moved_at', 'o.name'])
    .where('m.product_version_id', '=', id)
    .orderBy('m.id')
    .execute()
  return rows.map((row) => ({
    move: row.move,
    fromStatus: row.from_status,
    toStatus: row.to_status,
    reason: row.reason,
    organizationName: row.name,
    movedAt: row.moved_at,
  }))
}

type Row = Awaited<ReturnType<ReturnType<typeof selectVersions>['executeTakeFirstOrThrow']>>

function selectVersions(ctx: Context) {
  return ctx.db
    .selectFrom('governance.product_version as v')
    .innerJoin('governance.product as p', 'p.id', 'v.product_id')
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('governance.filing as x')
          .select(['x.number', 'x.reason'])
          .whereRef('x.product_version_id', '=', 'v.id')
          // What is open now comes before what was decided in the same moment.
          .orderBy((eb) => eb('x.verdict', 'is', null), 'desc')
          .orderBy('x.submitted_at', 'desc')
          .orderBy('x.id', 'desc')
          .limit(1)
          .as('f'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('governance.outbound_review as y')
          .select(['y.verdict', 'y.reason'])
          .whereRef('y.product_version_id', '=', 'v.id')
          // What is open now comes before what was decided in the same moment.
          .orderBy((eb) => eb('y.verdict', 'is', null), 'desc')
          .orderBy('y.submitted_at', 'desc')
          .orderBy('y.id', 'desc')
          .limit(1)
          .as('r'),
      (join) => join.onTrue(),
    )
    .select(['v.id', 'v.product_id', 'p.code', 'p.name', 'p.kind', 'p.operator_id', 'v.number'])
    .select(['v.status', 'v.status_changed_at', 'v.content_digest'])
    .select(['v.contains_personal_information', 'v.registration_state', 'v.registration_number'])
    .select(['v.recorded_by', 'v.recorded_at', 'f.number as filing_number'])
    .select(['f.reason as filing_reason', 'r.verdict as review_verdict'])
    .select(['r.reason as review_reason'])
}

function viewFromRow(row: Row): ProductVersionView {
  return {
    id: row.id as Id<'pver'>,
    productId: row.product_id as Id<'product'>,
    productCode: row.code,
    productName: row.name,
    productKind: row.kind,
    operatorId: row.operator_id as Id<'org'>,
    number: row.number,
    status: row.status,
    statusChangedAt: row.status_changed_at,
    contentDigest: row.content_digest,
    containsPersonalInformation: row.contains_personal_information,
    registrationState: row.registration_state,
    registrationNumber: row.registration_number,
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at,
    filingNumber: row.filing_number,
    filingReason: row.filing_reason,
    reviewVerdict: row.review_verdict,
    reviewReason: row.review_reason,
  }
}
