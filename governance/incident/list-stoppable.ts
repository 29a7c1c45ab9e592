import { type RawBuilder, sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { assertNever } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { onlyOwn } from '#governance/own.ts'
import type { StoppableKind, StoppableView } from './contract.ts'
import { stopActions } from './who-may-lift.ts'

const itemsMax = 50

type Filter = Readonly<{ like: string; operatorId: Id<'org'> | undefined }>

/** What the actor may stop, of one kind, by a part of its name or code: at most fifty. */
export async function listStoppable(
  ctx: Context,
  input: Readonly<{ objectKind: StoppableKind; query?: string | undefined }>,
): Promise<StoppableView[]> {
  const { objectKind } = input
  requirePermission(ctx, stopActions[objectKind])
  const like = `%${(input.query ?? '').trim().replace(/[\\%_]/g, '\\$&')}%`
  const operatorId = onlyOwn(ctx, 'operator')
  const filter = { like, operatorId }
  switch (objectKind) {
    case 'product':
      return listProducts(ctx.db, filter)
    case 'buyer':
      return listBuyers(ctx.db, filter)
    case 'resource':
      return listResources(ctx.db, filter)
    case 'api_key':
      return listKeys(ctx.db, { ...filter, buyerId: onlyOwn(ctx, 'buyer') })
    default:
      return assertNever(objectKind)
  }
}

/** Whether a buyer has an agreement with the operator. */
function isBuyerOf(operatorId: Id<'org'>, buyer: 'b.id' | 'k.buyer_id'): RawBuilder<boolean> {
  return sql<boolean>`exists (select from governance.development_agreement d
    where d.buyer_id = ${sql.ref(buyer)} and d.operator_id = ${operatorId} and d.status <> 'ended')`
}

async function listProducts(db: Database, { like, operatorId }: Filter): Promise<StoppableView[]> {
  let query = db
    .selectFrom('governance.product as p')
    .innerJoin('governance.product_version as v', 'v.product_id', 'p.id')
    .innerJoin('governance.organization as o', 'o.id', 'p.operator_id')
    .select(['p.id', 'p.name', 'p.code', 'o.name as owner', 'v.status'])
    .where('v.status', 'in', ['listed', 'suspended'])
    .where((eb) => eb.or([eb('p.name', 'ilike', like), eb('p.code', 'ilike', like)]))
  if (operatorId !== undefined) query = query.where('p.operator_id', '=', operatorId)
  const rows = await query.orderBy('p.code').limit(itemsMax).execute()
  return rows.map((row) => ({
    kind: 'product',
    id: row.id,
    name: row.name,
    mark: row.code,
    ownerName: row.owner,
    isStopped: row.status === 'suspended',
  }))
}

async function listBuyers(db: Database, { like, operatorId }: Filter): Promise<StoppableView[]> {
  let query = db
    .selectFrom('governance.organization as b')
    .select(['b.id', 'b.name', 'b.credit_code', 'b.status'])
    .where('b.kind', '=', 'buyer')
    .where('b.status', '<>', 'exited')
    .where((eb) => eb.or([eb('b.name', 'ilike', like), eb('b.credit_code', 'ilike', like)]))
  if (operatorId !== undefined) query = query.where(isBuyerOf(operatorId, 'b.id'))
  const rows = await query.orderBy('b.name').limit(itemsMax).execute()
  return rows.map((row) => ({
    kind: 'buyer',
    id: row.id,
    name: row.name,
    mark: row.credit_code,
    ownerName: null,
    isStopped: row.status === 'suspended',
  }))
}

async function listResources(db: Database, { like }: Filter): Promise<StoppableView[]> {
  const rows = await db
    .selectFrom('governance.resource as r')
    .innerJoin('governance.organization as o', 'o.id', 'r.provider_id')
    .leftJoin('governance.incident as i', (join) =>
      join
        .onRef('i.object_id', '=', 'r.id')
        .on('i.object_kind', '=', 'resource')
        .on('i.lifted_at', 'is', null),
    )
    .select(['r.id', 'r.name', 'r.code', 'o.name as owner', 'i.id as incident_id'])
    .where('r.status', '=', 'published')
    .where((eb) => eb.or([eb('r.name', 'ilike', like), eb('r.code', 'ilike', like)]))
    .orderBy('r.code')
    .limit(itemsMax)
    .execute()
  return rows.map((row) => ({
    kind: 'resource',
    id: row.id,
    name: row.name,
    mark: row.code,
    ownerName: row.owner,
    isStopped: row.incident_id !== null,
  }))
}

async function listKeys(
  db: Database,
  { like, operatorId, buyerId }: Filter & Readonly<{ buyerId: Id<'org'> | undefined }>,
): Promise<StoppableView[]> {
  let query = db
    .selectFrom('governance.api_key as k')
    .innerJoin('governance.organization as b', 'b.id', 'k.buyer_id')
    .select(['k.id', 'k.name', 'k.prefix', 'k.last_four', 'b.name as owner', 'k.suspended_at'])
    .where('k.revoked_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('k.name', 'ilike', like),
        eb('b.name', 'ilike', like),
        eb('k.prefix', 'ilike', like),
        eb('k.last_four', 'ilike', like),
      ]),
    )
  if (buyerId !== undefined) query = query.where('k.buyer_id', '=', buyerId)
  if (operatorId !== undefined) query = query.where(isBuyerOf(operatorId, 'k.buyer_id'))
  const rows = await query.orderBy('k.id', 'desc').limit(itemsMax).execute()
  return rows.map((row) => ({
    kind: 'api_key',
    id: row.id,
    name: row.name,
    mark: `${row.prefix}…${row.last_four}`,
    ownerName: row.owner,
    isStopped: row.suspended_at !== null,
  }))
}
