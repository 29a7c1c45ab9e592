import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { DomainError } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#governance/own.ts'
import { lockVersion } from '#governance/product/product.queries.ts'
import { change } from '#governance/refusals.ts'
import type {
  ApproveUpstream,
  ApproveUpstreamResult,
  InspectUpstream,
  UpstreamView,
} from './contract.ts'
import {
  getProposedUpstream,
  lockUpstream,
  selectUpstreams,
  updateActiveRetired,
  updateUpstreamApproved,
} from './upstream.queries.ts'

export type ApproveUpstreamContext = Context & Readonly<{ keys: Pick<KeyRing, 'openSecret'> }>

/**
 * Makes a proposed upstream the one a version is read from, in the place of the one before. Never by
 * the person who proposed it, and not one that `inspect` finds unfit, such as a database whose role can write
 * (R101). It is looked at before anything is locked, because that may take seconds.
 *
 * @throws SELF_APPROVAL, UPSTREAM_NOT_FIT, INVALID_TRANSITION for a retired one
 */
export async function approveUpstream(
  ctx: ApproveUpstreamContext,
  input: ApproveUpstream,
  inspect: InspectUpstream,
): Promise<ApproveUpstreamResult> {
  requirePermission(ctx, 'upstream:approve')
  await requireFit(ctx, input, inspect)
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const upstream = await lockUpstream(tx, input.upstreamId)
    const version = await lockVersion(tx, upstream.versionId)
    requireOwn(ctx, version.operatorId)
    if (upstream.status === 'active') return { kind: 'already_active', retiredUpstreamId: null }
    if (upstream.status === 'retired')
      throw new DomainError('INVALID_TRANSITION', { status: upstream.status })
    if (upstream.proposedBy === actorId(ctx.actor)) throw new DomainError('SELF_APPROVAL')
    const retiredUpstreamId = await updateActiveRetired(tx, upstream.versionId)
    await updateUpstreamApproved(tx, { id: input.upstreamId, by: actorId(ctx.actor), at: now })
    await audit(tx, ctx, {
      action: 'upstream:approve',
      objectType: 'upstream',
      objectId: input.upstreamId,
      detail: { productVersionId: upstream.versionId, retiredUpstreamId },
    })
    return { kind: 'active', retiredUpstreamId }
  })
}

async function requireFit(
  ctx: ApproveUpstreamContext,
  { upstreamId }: ApproveUpstream,
  inspect: InspectUpstream,
): Promise<void> {
  const { operatorId, proposedBy, status, sealedSecret, connector, address, settings } =
    await getProposedUpstream(ctx.db, upstreamId)
  requireOwn(ctx, operatorId)
  if (status !== 'proposed') return
  if (proposedBy === actorId(ctx.actor)) throw new DomainError('SELF_APPROVAL')
  const secret = sealedSecret && ctx.keys.openSecret({ text: sealedSecret, boundTo: upstreamId })
  const found = await inspect({ upstreamId, connector, address, settings, secret })
  if (found.kind === 'fit') return
  const { reason, rights } = found
  throw new DomainError('UPSTREAM_NOT_FIT', { reason, ...(rights ? { rights } : {}) })
}

/** The upstreams of a version, without their secrets; the operator's own. */
export async function listUpstreams(
  ctx: Context,
  input: Readonly<{ productVersionId: UpstreamView['productVersionId'] }>,
): Promise<readonly UpstreamView[]> {
  requirePermission(ctx, 'upstream:approve')
  const owner = await ctx.db
    .selectFrom('governance.product_version as v')
    .innerJoin('governance.product as p', 'p.id', 'v.product_id')
    .select('p.operator_id')
    .where('v.id', '=', input.productVersionId)
    .executeTakeFirst()
  requireOwn(ctx, owner?.operator_id ?? '')
  return selectUpstreams(ctx.db, input.productVersionId)
}
