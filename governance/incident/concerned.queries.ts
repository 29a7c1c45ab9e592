import type { Database } from '#kernel/database.ts'

/** The operators a buyer has an agreement with. */
export async function listOperatorsOfBuyer(db: Database, buyerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('governance.development_agreement')
    .select('operator_id')
    .distinct()
    .where('buyer_id', '=', buyerId)
    .where('status', '<>', 'ended')
    .execute()
  return rows.map((row) => row.operator_id)
}

/** Operators and users of products: those with an approved application to use one of them. */
export async function listConcernedByProducts(
  db: Database,
  productIds: readonly string[],
): Promise<string[]> {
  if (productIds.length === 0) return []
  const [operators, users] = await Promise.all([
    db
      .selectFrom('governance.product')
      .select('operator_id')
      .distinct()
      .where('id', 'in', productIds)
      .execute(),
    db
      .selectFrom('governance.use_application')
      .select('buyer_id')
      .distinct()
      .where('product_id', 'in', productIds)
      .where('status', '=', 'approved')
      .execute(),
  ])
  return [...operators.map((row) => row.operator_id), ...users.map((row) => row.buyer_id)]
}

/** Products on the market that are made of a resource, by name. */
export async function listProductsOfResource(
  db: Database,
  resourceId: string,
): Promise<Readonly<{ id: string; name: string }>[]> {
  return db
    .selectFrom('governance.product_version_resource as vr')
    .innerJoin('governance.product_version as v', 'v.id', 'vr.product_version_id')
    .innerJoin('governance.product as p', 'p.id', 'v.product_id')
    .select(['p.id', 'p.name'])
    .where('vr.resource_id', '=', resourceId)
    .where('v.status', 'in', ['listed', 'suspended'])
    .orderBy('p.code')
    .execute()
}

export async function getProductName(db: Database, productId: string): Promise<string> {
  const row = await db
    .selectFrom('governance.product')
    .select('name')
    .where('id', '=', productId)
    .executeTakeFirstOrThrow()
  return row.name
}

/** Versions a rule has suspended since a moment, made of a resource, and held by no stop of their own. */
export async function listSuspendedWithResource(
  db: Database,
  of: Readonly<{ resourceId: string; since: Date }>,
): Promise<string[]> {
  const rows = await db
    .selectFrom('governance.product_version_resource as vr')
    .innerJoin('governance.product_version as v', 'v.id', 'vr.product_version_id')
    .select('v.id')
    .where('vr.resource_id', '=', of.resourceId)
    .where('v.status', '=', 'suspended')
    .where('v.status_changed_at', '>=', of.since)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('governance.incident as i')
            .select('i.id')
            .where('i.object_kind', '=', 'product')
            .whereRef('i.object_id', '=', 'v.product_id')
            .where('i.lifted_at', 'is', null),
        ),
      ),
    )
    .orderBy('v.id')
    .execute()
  return rows.map((row) => row.id)
}
