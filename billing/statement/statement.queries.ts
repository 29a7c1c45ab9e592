import { sql } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { moneyFromFen } from '#kernel/money.ts'
import { type Day, type Month, monthPeriod } from '#kernel/period.ts'
import type { StatementContent } from './statement-content.ts'
import { nextSigning, signingSteps, type StatementStatus } from './statement-lifecycle.ts'
import type { StatementWarning } from './statement-readiness.ts'
import type {
  StatementDocument,
  StatementHead,
  StatementReturn,
  StatementSignature,
  TreasuryPayment,
} from './statement.ts'

type HeadFilter = Readonly<{
  versionId?: string
  statementId?: string
  operatorId?: string
  month?: string
}>

function selectHeads(db: Database, filter: HeadFilter) {
  return db
    .selectFrom('billing.statement as s')
    .innerJoin('billing.statement_version as v', 'v.statement_id', 's.id')
    .innerJoin('billing.statement_standing as st', 'st.version_id', 'v.id')
    .innerJoin('governance.organization as o', 'o.id', 's.operator_id')
    .select(['s.id', 'v.id as version_id', 's.number', 'v.version', 's.month', 's.operator_id'])
    .select(['o.name', 'st.status', 'st.status_changed_at', 'v.generated_at', 'v.content_digest'])
    .select(['v.rule_id', 'v.base_fen', 'v.government_share_fen', 'v.operator_share_fen'])
    .$if(filter.versionId !== undefined, (query) =>
      query.where('v.id', '=', filter.versionId ?? ''),
    )
    .$if(filter.statementId !== undefined, (query) =>
      query.where('s.id', '=', filter.statementId ?? ''),
    )
    .$if(filter.operatorId !== undefined, (query) =>
      query.where('s.operator_id', '=', filter.operatorId ?? ''),
    )
    .$if(filter.month !== undefined, (query) => query.where('s.month', '=', filter.month ?? ''))
    .orderBy('s.month', 'desc')
    .orderBy('s.operator_id')
    .orderBy('v.version', 'desc')
}

/** All versions, the newest month and the newest version first. */
export async function findStatementHeads(
  db: Database,
  filter: HeadFilter,
): Promise<StatementHead[]> {
  const rows = await selectHeads(db, filter).execute()
  return rows.map((row) => ({
    statementId: row.id as Id<'stmt'>,
    versionId: row.version_id as Id<'sver'>,
    number: row.number,
    version: row.version,
    month: row.month as Month,
    operatorId: row.operator_id as Id<'org'>,
    operatorName: row.name,
    status: row.status,
    statusChangedAt: row.status_changed_at,
    nextStep: nextSigning(row.status)?.step ?? null,
    generatedAt: row.generated_at,
    contentDigest: row.content_digest,
    ruleId: row.rule_id as Id<'rule'>,
    baseFen: moneyFromFen(row.base_fen),
    governmentShareFen: moneyFromFen(row.government_share_fen),
    operatorShareFen: moneyFromFen(row.operator_share_fen),
  }))
}

export async function listSignatures(
  db: Database,
  versionId: string,
): Promise<StatementSignature[]> {
  const rows = await db
    .selectFrom('billing.statement_signature')
    .select(['step', 'person_id', 'person_name', 'organization_id', 'organization_name'])
    .select(['opinion', 'signed_at', 'content_digest', 'key_id', 'signature'])
    .where('version_id', '=', versionId)
    .orderBy(sql`array_position(${[...signingSteps]}::text[], step)`)
    .execute()
  return rows.map((row) => ({
    step: row.step,
    personId: row.person_id as Id<'person'>,
    personName: row.person_name,
    organizationId: row.organization_id as Id<'org'>,
    organizationName: row.organization_name,
    opinion: row.opinion,
    signedAt: row.signed_at,
    contentDigest: row.content_digest,
    keyId: row.key_id,
    signature: row.signature,
  }))
}

export async function findReturn(
  db: Database,
  versionId: string,
): Promise<StatementReturn | undefined> {
  const row = await db
    .selectFrom('billing.statement_return')
    .select(['returned_from', 'reason', 'person_id', 'person_name', 'organization_name'])
    .select('returned_at')
    .where('version_id', '=', versionId)
    .executeTakeFirst()
  return (
    row && {
      returnedFrom: row.returned_from as StatementStatus,
      reason: row.reason,
      personId: row.person_id as Id<'person'>,
      personName: row.person_name,
      organizationName: row.organization_name,
      returnedAt: row.returned_at,
    }
  )
}

export async function findTreasuryPayments(
  db: Database,
  filter: Readonly<{ statementId?: string; operatorId?: string }>,
): Promise<
  (TreasuryPayment & Readonly<{ statementNumber: string; month: string; operatorName: string }>)[]
> {
  const rows = await db
    .selectFrom('billing.treasury_payment as t')
    .innerJoin('billing.statement as s', 's.id', 't.statement_id')
    .innerJoin('governance.organization as o', 'o.id', 's.operator_id')
    .select(['t.id', 't.statement_id', 't.version_id', 't.amount_fen', 't.item_name'])
    .select(['t.payment_code', 't.due_on', 't.notified_at', 't.paid_on', 't.paid_fen'])
    .select(['t.receipt_number', 't.recorded_at', 's.number', 's.month', 'o.name'])
    .$if(filter.statementId !== undefined, (query) =>
      query.where('t.statement_id', '=', filter.statementId ?? ''),
    )
    .$if(filter.operatorId !== undefined, (query) =>
      query.where('s.operator_id', '=', filter.operatorId ?? ''),
    )
    .orderBy('s.month', 'desc')
    .orderBy('t.id', 'desc')
    .execute()
  return rows.map((row) => ({
    treasuryPaymentId: row.id as Id<'treasury'>,
    statementId: row.statement_id as Id<'stmt'>,
    versionId: row.version_id as Id<'sver'>,
    amountFen: moneyFromFen(row.amount_fen),
    itemName: row.item_name,
    paymentCode: row.payment_code,
    dueOn: row.due_on as Day,
    notifiedAt: row.notified_at,
    paidOn: row.paid_on as Day | null,
    paidFen: row.paid_fen === null ? null : moneyFromFen(row.paid_fen),
    receiptNumber: row.receipt_number,
    recordedAt: row.recorded_at,
    statementNumber: row.number,
    month: row.month,
    operatorName: row.name,
  }))
}

export async function getVersionContent(
  db: Database,
  versionId: string,
): Promise<Pick<StatementDocument, 'contentText'>> {
  const row = await db
    .selectFrom('billing.statement_version')
    .select('content')
    .where('id', '=', versionId)
    .executeTakeFirstOrThrow()
  return { contentText: row.content }
}

/** One maker of statements of an operator at a time: order and membership depend on what is there. */
export async function lockStatementsOf(tx: Tx, operatorId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext(${`statements:${operatorId}`}))`.execute(tx)
}

/** Locks the standing of a version, which is what changes. */
export async function lockStanding(
  tx: Tx,
  versionId: string,
): Promise<Readonly<{ statementId: Id<'stmt'>; status: StatementStatus }> | undefined> {
  const row = await tx
    .selectFrom('billing.statement_standing')
    .select(['statement_id', 'status'])
    .where('version_id', '=', versionId)
    .forUpdate()
    .executeTakeFirst()
  return row && { statementId: row.statement_id as Id<'stmt'>, status: row.status }
}

export async function saveStatus(
  tx: Tx,
  input: Readonly<{ versionId: string; status: StatementStatus; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('billing.statement_standing')
    .set({ status: input.status, status_changed_at: input.at })
    .where('version_id', '=', input.versionId)
    .execute()
}

/** Months that have a statement which was not returned. */
export async function listStatementMonths(
  db: Database,
  operatorId: string,
): Promise<Readonly<{ month: Month; status: StatementStatus }>[]> {
  const rows = await db
    .selectFrom('billing.statement as s')
    .innerJoin('billing.statement_standing as st', 'st.statement_id', 's.id')
    .select(['s.month', 'st.status'])
    .where('s.operator_id', '=', operatorId)
    .where('st.status', '<>', 'returned')
    .orderBy('s.month')
    .execute()
  return rows.map((row) => ({ month: row.month as Month, status: row.status }))
}

/** When the first bill was issued or receipt matched that no statement carries. */
export async function findFirstOpenTime(
  db: Database,
  operatorId: string,
): Promise<Date | undefined> {
  const result = await sql<{ at: Date | null }>`
    select min(at) as at from (
      select 'bill' as kind, s.bill_id as id, s.issued_at as at
      from billing.bill_standing s where s.operator_id = ${operatorId} and s.issued_at is not null
      union all
      select 'payment_allocation', a.id, a.allocated_at
      from billing.payment_allocation a join billing.bill b on b.id = a.bill_id
      where b.operator_id = ${operatorId}) as open
    where not exists (
      select 1 from billing.statement_member m
      join billing.statement_standing st on st.version_id = m.version_id
      where m.kind = open.kind and m.member_id = open.id and st.status <> 'returned')`.execute(db)
  return result.rows[0]?.at ?? undefined
}

/** What a person should look at before the statement of a month is made. */
export async function countWarnings(
  db: Database,
  input: Readonly<{ operatorId: string; month: Month; before: Date }>,
): Promise<StatementWarning[]> {
  const { from } = monthPeriod(input.month)
  const result = await sql<Record<'entries' | 'bills' | 'parked' | 'objections', number>>`
    select
      (select count(*)::int from billing.bank_entry e where e.operator_id = ${input.operatorId}
        and e.status = 'unmatched' and e.paid_on < (${input.before}::timestamptz at time zone 'Asia/Shanghai')::date
      ) as entries,
      (select count(*)::int from billing.bill_standing s where s.operator_id = ${input.operatorId}
        and s.status in ('draft', 'operator_confirmed') and s.month < ${input.month}) as bills,
      (select count(*)::int from billing.bill_parking p where p.operator_id = ${input.operatorId}
        and p.resolved_at is null and p.month < ${input.month}) as parked,
      (select count(*)::int from billing.bill_objection o join billing.bill b on b.id = o.bill_id
        where b.operator_id = ${input.operatorId} and o.verdict is null
        and o.objected_at < ${input.before} and o.objected_at >= ${from}) as objections`.execute(db)
  const counts = result.rows[0]
  return [
    { reason: 'bank_entries_unmatched', count: counts?.entries ?? 0 },
    { reason: 'bills_not_issued', count: counts?.bills ?? 0 },
    { reason: 'bills_parked', count: counts?.parked ?? 0 },
    { reason: 'objections_open', count: counts?.objections ?? 0 },
  ]
}

/** Contents of the locked statements of an operator, by month. */
export async function listSettledContents(
  db: Database,
  operatorId: string,
): Promise<StatementContent[]> {
  const rows = await db
    .selectFrom('billing.statement as s')
    .innerJoin('billing.statement_version as v', 'v.statement_id', 's.id')
    .innerJoin('billing.statement_standing as st', 'st.version_id', 'v.id')
    .select('v.content')
    .where('s.operator_id', '=', operatorId)
    .where('st.status', 'in', ['locked', 'treasury_paid'])
    .orderBy('s.month')
    .execute()
  return rows.map((row) => JSON.parse(row.content) as StatementContent)
}
