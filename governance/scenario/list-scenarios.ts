import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { onlyOwn } from '#governance/own.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { ScenarioStatus, ScenarioView } from './contract.ts'
import { selectScenarios } from './scenario.queries.ts'

/** Scenarios by code: an operator its own, a provider those that name its data (R94). */
export async function listScenarios(
  ctx: Context,
  input: PageRequest & Readonly<{ status?: ScenarioStatus | undefined }>,
): Promise<Page<ScenarioView>> {
  requirePermission(ctx, 'scenario:read')
  const limit = pageLimit(input)
  const rows = await selectScenarios(ctx.db, {
    operatorId: onlyOwn(ctx, 'operator'),
    providerId: onlyOwn(ctx, 'provider'),
    status: input.status,
    after: readCursor(input, 1)?.[0],
    limit: limit + 1,
  })
  return pageOf(rows, limit, (row) => [row.code])
}

/** What the public sees: approved scenarios, no others (R26). */
export async function listPublicScenarios(
  db: Database,
  input: PageRequest,
): Promise<Page<ScenarioView>> {
  const limit = pageLimit(input)
  const rows = await selectScenarios(db, {
    operatorId: undefined,
    providerId: undefined,
    status: 'approved',
    after: readCursor(input, 1)?.[0],
    limit: limit + 1,
  })
  return pageOf(rows, limit, (row) => [row.code])
}
