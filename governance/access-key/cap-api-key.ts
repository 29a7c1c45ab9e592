import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import { lockKeyOfLine, updateApiKeySpendMax } from './access-key.queries.ts'
import type { CapApiKey, CapApiKeyResult } from './contract.ts'
import { checkSpendMax } from './create-api-key.ts'

/**
 * The buyer's own limit on what a key spends in a business month (spend cap), for it and the keys that follow
 * each other with it; null takes the limit away. The gateway goes by it within a second; what was spent this month
 * counts.
 *
 * @throws NOT_FOUND for another's key; VALIDATION_FAILED for a key that spends nothing
 */
export async function capApiKey(ctx: Context, input: CapApiKey): Promise<CapApiKeyResult> {
  requirePermission(ctx, 'api_key:cap')
  const { keyId, monthlySpendMaxFen } = input
  return change(ctx, async (tx) => {
    const key = await lockKeyOfLine(tx, keyId)
    requireOwn(ctx, key.buyer_id)
    if (monthlySpendMaxFen !== null) checkSpendMax(key, monthlySpendMaxFen)
    const before = key.monthly_spend_max_fen
    if (before === monthlySpendMaxFen) return { kind: 'already_capped' }
    const spendKeyId = key.spend_key_id ?? key.id
    await updateApiKeySpendMax(tx, { spendKeyId, spendMaxFen: monthlySpendMaxFen })
    await audit(tx, ctx, {
      action: 'api_key:cap',
      objectType: 'api_key',
      objectId: keyId,
      detail: { spendKeyId, before, monthlySpendMaxFen },
    })
    return { kind: 'capped' }
  })
}
