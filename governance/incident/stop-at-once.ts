import { suspendApiKey } from '#governance/access-key/suspend-api-key.ts'
import { stopResource } from '#governance/catalogue/stop-resource.ts'
import { suspendBuyer } from '#governance/organization/suspend-buyer.ts'
import { found, isOfKind, requireOwn } from '#governance/own.ts'
import { lockListedVersion } from '#governance/product/product.queries.ts'
import { suspendVersion } from '#governance/product/suspend-version.ts'
import { change } from '#governance/refusals.ts'
import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { assertNever, refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import type { StopAtOnce, StopAtOnceResult } from './contract.ts'
import { stopActions } from './who-may-lift.ts'

/**
 * Stops a product, a key, a buyer or a resource at once (R87): the gateway refuses calls within seconds,
 * meters them and charges none; calls under way end as they would. An incident is opened, and those
 * concerned are told.
 *
 * @throws NOT_FOUND for what is not there, or not the actor's to stop
 */
export async function stopAtOnce(ctx: Context, input: StopAtOnce): Promise<StopAtOnceResult> {
  requirePermission(ctx, stopActions[input.object.kind])
  if (input.reason.trim() === '') refuseValue('reason', 'required')
  return change(ctx, (tx) => stop(tx, ctx, input))
}

function stop(tx: Tx, ctx: Context, input: StopAtOnce): Promise<StopAtOnceResult> {
  const { object, ...why } = input
  switch (object.kind) {
    case 'product':
      return stopProduct(tx, ctx, input, object.productId)
    case 'api_key':
      return suspendApiKey(tx, ctx, { ...why, keyId: object.keyId, operatorId: object.operatorId })
    case 'buyer':
      return suspendBuyer(tx, ctx, { ...why, buyerId: object.buyerId })
    case 'resource':
      return stopResource(tx, ctx, { ...why, resourceId: object.resourceId })
    default:
      return assertNever(object)
  }
}

async function stopProduct(
  tx: Tx,
  ctx: Context,
  { reason, level }: StopAtOnce,
  productId: Parameters<typeof lockListedVersion>[1],
): Promise<StopAtOnceResult> {
  const version = found(await lockListedVersion(tx, productId))
  if (!isOfKind(ctx, 'data_bureau')) requireOwn(ctx, version.operatorId)
  return suspendVersion(tx, ctx, { version, reason, level })
}
