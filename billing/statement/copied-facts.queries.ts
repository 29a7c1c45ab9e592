import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { Decimal } from '#kernel/decimal.ts'
import { formatYuan, moneyFromFen } from '#kernel/money.ts'
import { type Month, nextMonth } from '#kernel/period.ts'
import type { StatementContentHead } from './statement-content.ts'
import type { LineageFact, PermittedFact } from './statement-inputs.ts'

export async function getParties(
  db: Database,
  operatorId: string,
): Promise<Pick<StatementContentHead, 'operator' | 'dataBureau' | 'financeBureau'> | undefined> {
  const rows = await db
    .selectFrom('governance.organization')
    .select(['id', 'kind', 'name', 'credit_code'])
    .where((where) =>
      where.or([
        where('id', '=', operatorId),
        where('kind', 'in', ['data_bureau', 'finance_bureau']),
      ]),
    )
    .execute()
  const party = (row: (typeof rows)[number] | undefined) =>
    row && { id: row.id, name: row.name, creditCode: row.credit_code }
  const operator = party(rows.find((row) => row.id === operatorId && row.kind === 'operator'))
  return (
    operator && {
      operator,
      dataBureau: party(rows.find((row) => row.kind === 'data_bureau')) ?? null,
      financeBureau: party(rows.find((row) => row.kind === 'finance_bureau')) ?? null,
    }
  )
}

/** The agreement that covers the month, the signed one that began last. */
export async function findAgreement(
  db: Database,
  input: Readonly<{ operatorId: string; month: Month }>,
): Promise<StatementContentHead['agreement'] | undefined> {
  const row = await db
    .selectFrom('governance.agreement')
    .select(['id', 'number', 'starts_on', 'ends_on'])
    .where('operator_id', '=', input.operatorId)
    .where('status', '<>', 'draft')
    .where('starts_on', '<', `${nextMonth(input.month)}-01`)
    .orderBy('starts_on', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.id, number: row.number, startsOn: row.starts_on, endsOn: row.ends_on }
}

export async function listPriceListsOfBills(
  db: Database,
  billIds: readonly string[],
): Promise<StatementContentHead['priceLists']> {
  if (billIds.length === 0) return []
  const rows = await db
    .selectFrom('billing.bill_line as l')
    .innerJoin('billing.price_item as i', 'i.id', 'l.price_item_id')
    .innerJoin('billing.price_list as p', 'p.id', 'i.price_list_id')
    .select(['p.number', 'p.title', 'p.kind', 'p.is_sample'])
    .distinct()
    .where('l.bill_id', 'in', billIds)
    .orderBy('p.number')
    .execute()
  return rows.map((row) => ({
    number: row.number,
    title: row.title,
    kind: row.kind,
    isSample: row.is_sample,
  }))
}

export async function listProductNames(db: Database, productIds: readonly string[]) {
  if (productIds.length === 0) return []
  return db
    .selectFrom('governance.product')
    .select(['id', 'code', 'name'])
    .where('id', 'in', productIds)
    .orderBy('code')
    .execute()
}

export async function listBuyerNames(db: Database, buyerIds: readonly string[]) {
  if (buyerIds.length === 0) return []
  return db
    .selectFrom('governance.organization')
    .select(['id', 'name'])
    .where('id', 'in', buyerIds)
    .orderBy('id')
    .execute()
}

/** Resources of each product by the version that is listed, else by the last one there is. */
export async function listLineage(
  db: Database,
  productIds: readonly string[],
): Promise<LineageFact[]> {
  if (productIds.length === 0) return []
  const rows = await db
    .with('chosen', (query) =>
      query
        .selectFrom('governance.product_version as v')
        .distinctOn('v.product_id')
        .select(['v.id', 'v.product_id'])
        .where('v.product_id', 'in', productIds)
        .where((where) =>
          where.exists(
            where
              .selectFrom('governance.product_version_resource as r')
              .select('r.resource_id')
              .whereRef('r.product_version_id', '=', 'v.id'),
          ),
        )
        .orderBy('v.product_id')
        .orderBy(sql`v.status in ('listed', 'suspended')`, 'desc')
        .orderBy('v.number', 'desc'),
    )
    .selectFrom('chosen as c')
    .innerJoin('governance.product_version_resource as w', 'w.product_version_id', 'c.id')
    .innerJoin('governance.resource as r', 'r.id', 'w.resource_id')
    .innerJoin('governance.organization as o', 'o.id', 'r.provider_id')
    .select(['c.product_id', 'r.id', 'r.code', 'r.name', 'w.weight', 'o.id as provider_id'])
    .select('o.name as provider_name')
    .orderBy('c.product_id')
    .orderBy('r.code')
    .execute()
  return rows.map((row) => ({
    productId: row.product_id,
    resourceId: row.id,
    resourceCode: row.code,
    resourceName: row.name,
    providerId: row.provider_id,
    providerName: row.provider_name,
    weight: new Decimal(row.weight).toFixed(),
  }))
}

/** Lines under an objection nobody has decided; one without a line is about the whole bill. */
export async function listDisputedLines(
  db: Database,
  billIds: readonly string[],
): Promise<string[]> {
  if (billIds.length === 0) return []
  const rows = await db
    .selectFrom('billing.bill_objection as o')
    .innerJoin('billing.bill_line as l', (join) =>
      join
        .onRef('l.bill_id', '=', 'o.bill_id')
        .on(sql<boolean>`(o.bill_line_id is null or o.bill_line_id = l.id)`),
    )
    .select('l.id')
    .distinct()
    .where('o.bill_id', 'in', billIds)
    .where('o.verdict', 'is', null)
    .orderBy('l.id')
    .execute()
  return rows.map((row) => row.id)
}

export async function findPermittedRevenue(
  db: Database,
  input: Readonly<{ operatorId: string; month: Month }>,
): Promise<PermittedFact | null> {
  const row = await db
    .selectFrom('billing.permitted_revenue as r')
    .innerJoin('governance.policy_document as d', 'd.id', 'r.document_id')
    .select(['d.number', 'r.cycle_from', 'r.cycle_to', 'r.tax_inclusive', 'r.result_fen'])
    .where('r.operator_id', '=', input.operatorId)
    .where('r.cycle_from', '<=', `${input.month}-01`)
    .where('r.cycle_to', '>', `${input.month}-01`)
    .orderBy('r.recorded_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    documentNumber: row.number,
    cycleFrom: row.cycle_from,
    cycleTo: row.cycle_to,
    taxInclusive: row.tax_inclusive,
    permittedYuan: formatYuan(moneyFromFen(row.result_fen)),
  }
}
