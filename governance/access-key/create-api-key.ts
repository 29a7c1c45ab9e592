import { type ApiKeyMode, displayApiKey, hashApiKey, makeApiKey } from '#kernel/api-key-format.ts'
import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOrganization } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import { useTermsSchema } from '#governance/use-application/terms.ts'
import { insertApiKey } from './access-key.queries.ts'
import type { CreateApiKey, CreateApiKeyResult } from './contract.ts'
import { requireBuyer } from './require-buyer.ts'

/**
 * Makes an access key; its text is in the result, this once, and only its digest is kept. Sandbox keys
 * are free to any registered organization. Live ones need an active buyer, and with `data:call`
 * exactly one subscription of its own (R35): product and scenario come from the key, never the request.
 *
 * @throws BUYER_NOT_ACTIVE, SUBSCRIPTION_SUSPENDED, SUBSCRIPTION_EXPIRED; NOT_FOUND for another's
 * subscription; VALIDATION_FAILED for scopes, networks or an expiry that cannot be
 */
export async function createApiKey(ctx: Context, input: CreateApiKey): Promise<CreateApiKeyResult> {
  requirePermission(ctx, 'api_key:create')
  const buyerId = ownOrganization(ctx)
  const now = ctx.clock.now()
  checkKey(input, now)
  const subscriptionId = checkSubscription(input, { buyerId, now })
  return change(ctx, async (tx) => {
    await requireBuyer(tx, { buyerId, mode: input.mode })
    const id = newId('key', ctx.clock)
    const key = makeApiKey(input.mode)
    const { prefix, lastFour } = displayApiKey(key)
    await insertApiKey(tx, {
      id,
      buyer_id: buyerId,
      mode: input.mode,
      scopes: [...input.scopes],
      subscription_id: subscriptionId,
      name: input.name.trim(),
      prefix,
      last_four: lastFour,
      secret_digest: hashApiKey(key),
      networks: [...(input.networks ?? [])],
      expires_at: input.expiresAt ?? null,
      monthly_spend_max_fen: input.monthlySpendMaxFen ?? null,
      created_by: actorId(ctx.actor),
      created_at: now,
    })
    await audit(tx, ctx, {
      action: 'api_key:create',
      objectType: 'api_key',
      objectId: id,
      detail: { mode: input.mode, scopes: input.scopes, subscriptionId, prefix },
    })
    return { kind: 'created', keyId: id, key }
  })
}

function checkKey(input: CreateApiKey, now: Date): void {
  if (input.name.trim() === '') refuseValue('name', 'required')
  if (input.scopes.length === 0) refuseValue('scopes', 'required')
  // Usage and bills are facts of live use; a key of the sandbox reads none (R35).
  if (input.mode === 'sandbox' && input.scopes.some((scope) => scope !== 'data:call'))
    refuseValue('scopes', 'not_for_the_sandbox')
  if (new Set(input.scopes).size !== input.scopes.length) refuseValue('scopes', 'repeated')
  if (!useTermsSchema.shape.networks.safeParse(input.networks ?? []).success)
    refuseValue('networks', 'not_a_network')
  const spendMaxFen = input.monthlySpendMaxFen ?? null
  if (spendMaxFen !== null) checkSpendMax(input, spendMaxFen)
  if (input.expiresAt && input.expiresAt <= now) refuseValue('expiresAt', 'in_the_past')
}

/** Only a live key that calls data spends anything. */
export function checkSpendMax(
  key: Readonly<{ mode: ApiKeyMode; scopes: readonly string[] }>,
  spendMaxFen: Money,
): void {
  if (key.mode !== 'live' || !key.scopes.includes('data:call'))
    refuseValue('monthlySpendMaxYuan', 'not_for_this_key')
  if (spendMaxFen < 0n) refuseValue('monthlySpendMaxYuan', 'negative')
}

/** The subscription a live key that calls data is bound to; null for every other key. */
function checkSubscription(
  input: CreateApiKey,
  at: Readonly<{ buyerId: Id<'org'>; now: Date }>,
): Id<'sub'> | null {
  const needsOne = input.mode === 'live' && input.scopes.includes('data:call')
  const { subscription } = input
  if (needsOne && subscription === null) refuseValue('subscription', 'required')
  if (!needsOne && subscription !== null) refuseValue('subscription', 'not_for_this_key')
  if (subscription === null) return null
  if (subscription.buyerId !== at.buyerId) throw new DomainError('NOT_FOUND')
  if (subscription.status === 'suspended') throw new DomainError('SUBSCRIPTION_SUSPENDED')
  if (subscription.status === 'ended' || subscription.endsAt <= at.now)
    throw new DomainError('SUBSCRIPTION_EXPIRED')
  return subscription.id
}
