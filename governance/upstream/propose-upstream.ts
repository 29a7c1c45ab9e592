import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { lockVersion } from '#governance/product/product.queries.ts'
import { change } from '#governance/refusals.ts'
import type { ProposeUpstream, ProposeUpstreamResult } from './contract.ts'
import { insertUpstream } from './upstream.queries.ts'

/**
 * Proposes where a product version is read from. The provider's credential is sealed at once, bound to
 * the upstream's id, and never shown again. It serves nothing until another person approves it.
 *
 * @throws VALIDATION_FAILED for an address that is not http(s), of a table not
 * `postgres://role@host/database`, or carries a credential itself
 */
export async function proposeUpstream(
  ctx: Context & Readonly<{ keys: KeyRing }>,
  input: ProposeUpstream,
): Promise<ProposeUpstreamResult> {
  requirePermission(ctx, 'upstream:propose')
  const now = ctx.clock.now()
  if (input.connector === 'table') checkDatabaseAddress(input.address)
  else checkAddress(input.address)
  return change(ctx, async (tx) => {
    const version = await lockVersion(tx, input.productVersionId)
    requireOwn(ctx, version.operatorId)
    await requireActiveOperator(tx, { operatorId: version.operatorId, at: now })
    const id = newId('upstream', ctx.clock)
    const secret = input.secret ?? null
    await insertUpstream(tx, {
      id,
      product_version_id: version.id,
      connector: input.connector,
      address: input.address,
      settings: JSON.stringify(input.settings),
      sealed_secret: secret && ctx.keys.closeSecret({ plain: secret, boundTo: id }),
      proposed_by: actorId(ctx.actor),
      proposed_at: now,
      status: 'proposed',
    })
    await audit(tx, ctx, {
      action: 'upstream:propose',
      objectType: 'upstream',
      objectId: id,
      detail: { productVersionId: version.id, address: input.address, hasSecret: secret !== null },
    })
    return { kind: 'proposed', upstreamId: id }
  })
}

function checkAddress(address: string): void {
  const url = URL.parse(address)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    refuseValue('address', 'not_an_http_address')
  if (url.username !== '' || url.password !== '') refuseValue('address', 'credential_in_address')
}

/** The role is part of the address, its password the sealed secret; nothing else may change the session. */
function checkDatabaseAddress(address: string): void {
  const url = URL.parse(address)
  const isDatabase = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:'
  if (url === null || !isDatabase || url.hostname === '' || url.username === '')
    refuseValue('address', 'not_a_database_address')
  if (!/^\/[^/]+$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    refuseValue('address', 'not_a_database_address')
  if (url.password !== '') refuseValue('address', 'credential_in_address')
}
