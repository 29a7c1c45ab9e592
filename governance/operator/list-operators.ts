import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { onlyOwn } from '#governance/own.ts'
import type { AuthorizationView, OperatorPage } from './contract.ts'

/** Operators as the public sees them: how they were chosen, and their agreement (R10). */
export async function listOperatorPages(db: Database): Promise<readonly OperatorPage[]> {
  const rows = await db
    .selectFrom('governance.organization as o')
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('governance.agreement as x')
          .selectAll('x')
          .whereRef('x.operator_id', '=', 'o.id')
          .orderBy('x.starts_on', 'desc')
          .limit(1)
          .as('a'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('governance.operator_selection as y')
          .selectAll('y')
          .whereRef('y.operator_id', '=', 'o.id')
          .orderBy('y.recorded_at', 'desc')
          .limit(1)
          .as('s'),
      (join) => join.onTrue(),
    )
    .select(['o.id', 'o.name', 'o.name_en', 'o.status'])
    .select(['a.id as agreement_id', 'a.number', 'a.starts_on', 'a.ends_on'])
    .select(['a.status as agreement_status', 'a.scope', 'a.goals'])
    .select(['s.method', 's.method_note', 's.result', 's.notice_from', 's.notice_to'])
    .select(['s.notice_link'])
    .where('o.kind', '=', 'operator')
    .orderBy('o.id')
    .execute()
  return rows.map((row) => ({
    organizationId: row.id as Id<'org'>,
    name: row.name,
    nameEn: row.name_en,
    status: row.status,
    selection: row.method && {
      method: row.method,
      methodNote: row.method_note,
      result: row.result ?? '',
      noticeFrom: row.notice_from ?? '',
      noticeTo: row.notice_to ?? '',
      noticeLink: row.notice_link ?? '',
    },
    agreement: row.agreement_status && {
      id: row.agreement_id as Id<'agreement'>,
      number: row.number ?? '',
      startsOn: row.starts_on ?? '',
      endsOn: row.ends_on ?? '',
      status: row.agreement_status,
      scope: row.scope ?? '',
      goals: row.goals ?? '',
    },
  }))
}

/** Authorizations with their resources; an operator sees its own. */
export async function listAuthorizations(
  ctx: Context,
  input: Readonly<{ operatorId?: Id<'org'> | undefined }>,
): Promise<readonly AuthorizationView[]> {
  requirePermission(ctx, 'resource:read')
  const operatorId = onlyOwn(ctx, 'operator') ?? input.operatorId
  let query = ctx.db
    .selectFrom('governance.authorization as z')
    .innerJoin('governance.organization as o', 'o.id', 'z.operator_id')
    .innerJoin('governance.policy_document as d', 'd.id', 'z.document_id')
    .select(['z.id', 'z.operator_id', 'o.name', 'z.mode', 'z.field_or_scenario', 'z.necessity'])
    .select(['z.reason', 'd.number', 'z.effective_from', 'z.effective_to', 'z.revoked_at'])
  if (operatorId !== undefined) query = query.where('z.operator_id', '=', operatorId)
  const rows = await query.orderBy('z.id').execute()
  const resources = await ctx.db
    .selectFrom('governance.authorization_resource as zr')
    .innerJoin('governance.resource as r', 'r.id', 'zr.resource_id')
    .select(['zr.authorization_id', 'r.id', 'r.code', 'r.name'])
    .orderBy('r.code')
    .execute()
  const byAuthorization = Map.groupBy(resources, (each) => each.authorization_id)
  return rows.map((row) => ({
    id: row.id as Id<'authz'>,
    operatorId: row.operator_id as Id<'org'>,
    operatorName: row.name,
    mode: row.mode,
    fieldOrScenario: row.field_or_scenario,
    necessity: row.necessity,
    reason: row.reason,
    documentNumber: row.number,
    effectiveFrom: row.effective_from,
    effectiveTo: row.effective_to,
    revokedAt: row.revoked_at,
    resources: (byAuthorization.get(row.id) ?? []).map((each) => ({
      id: each.id as Id<'resource'>,
      code: each.code,
      name: each.name,
    })),
  }))
}
