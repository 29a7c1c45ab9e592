import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { change } from '#governance/refusals.ts'
import type { AddPerson, AddPersonResult } from './contract.ts'
import { insertPerson, lockPersonByEmail, updateAuthUser } from './person.queries.ts'

/**
 * Records a person by e-mail address, in lower case. Somebody known already keeps the record and gets
 * the sign-in account, if it had none. Roles are granted apart, by grantRole.
 *
 * @throws CONFLICT where the person has another account
 */
export async function addPerson(ctx: Context, input: AddPerson): Promise<AddPersonResult> {
  requirePermission(ctx, 'person:invite')
  const email = input.email.trim().toLowerCase()
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) refuseValue('email', 'not_an_address')
  if (input.name.trim() === '') refuseValue('name', 'required')
  return change(ctx, async (tx) => {
    const id = newId('person', ctx.clock)
    const inserted = await insertPerson(tx, {
      id,
      auth_user_id: input.authUserId ?? null,
      name: input.name.trim(),
      email,
      status: 'active',
      registered_at: ctx.clock.now(),
    })
    if (inserted === undefined) return knownPerson(tx, { ...input, email })
    await audit(tx, ctx, { action: 'person:add', objectType: 'person', objectId: id })
    return { kind: 'added', personId: id }
  })
}

async function knownPerson(tx: Tx, input: AddPerson): Promise<AddPersonResult> {
  const known = await lockPersonByEmail(tx, input.email)
  const account = input.authUserId ?? null
  if (account !== null && known.authUserId === null)
    await updateAuthUser(tx, { personId: known.id, authUserId: account })
  else if (account !== null && known.authUserId !== account)
    throw new DomainError('CONFLICT', { reason: 'another_account' })
  return { kind: 'already_known', personId: known.id }
}
