import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { writeUsageArchive } from '#metering/index.ts'
import { writeCallsCsv } from './calls-csv.ts'
import { ownBuyer } from './own-buyer.ts'

/** The buyer's calls of a month. Errors: FORBIDDEN (not a buyer). */
export function readCallsCsv(ctx: Context, month: Month): AsyncGenerator<string> {
  const { from, to } = monthPeriod(month)
  return writeCallsCsv(ctx.db, { buyerId: requireOwnBuyer(ctx), from, to })
}

/** What proves the buyer's calls of a month to be sealed. Errors: FORBIDDEN (not a buyer). */
export function readUsageProof(ctx: Context, month: Month): AsyncGenerator<string> {
  return writeUsageArchive(ctx, { month, buyerId: requireOwnBuyer(ctx) })
}

/** Everybody's sealed events of a month, for who supervises. Errors: FORBIDDEN. */
export function readUsageExport(ctx: Context, month: Month): AsyncGenerator<string> {
  requirePermission(ctx, 'usage_export:read')
  return writeUsageArchive(ctx, { month })
}

function requireOwnBuyer(ctx: Context): Id<'org'> {
  requirePermission(ctx, 'usage:read')
  const own = ownBuyer(ctx)
  if (own === undefined) throw new DomainError('FORBIDDEN', { reason: 'buyers_only' })
  return own
}
