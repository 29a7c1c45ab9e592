import { beforeAll, expect, test } from 'vitest'
import { movableClock } from '#kernel/clock.ts'
import type { OrganizationKind, PersonActor } from '#kernel/context.ts'
import { makeCreditCode } from '#kernel/credit-code.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import { TEST_NOW, testContext, useDatabase } from '#tests/harness/index.ts'
import { addPerson, grantRole, registerOrganization } from '#governance/index.ts'
import { setPassword } from '#api/auth/accounts.ts'

const database = useDatabase('file')
const clock = movableClock(TEST_NOW)
const kinds = ['platform', 'operator', 'finance_bureau'] as const
const organizations = new Map<OrganizationKind, Id<'org'>>()

beforeAll(async () => {
  const ctx = testContext({ db: database.db, clock })
  for (const [at, kind] of kinds.entries()) {
    const creditCode = makeCreditCode({ head: '91421200', organization: `MA00000${at}` })
    const { organizationId } = await registerOrganization(ctx, {
      kind,
      name: `示例 ${kind}`,
      creditCode,
    })
    organizations.set(kind, organizationId)
  }
})

function idOf(kind: OrganizationKind): Id<'org'> {
  const id = organizations.get(kind)
  if (!id) throw new Error(`no ${kind}`)
  return id
}

function actor(kind: OrganizationKind, ...roles: Role[]): PersonActor {
  return {
    kind: 'person',
    personId: newId('person', clock),
    organizationId: idOf(kind),
    organizationKind: kind,
    roles,
    name: '示例',
  }
}

async function member(email: string, kind: OrganizationKind, role: Role) {
  const ctx = testContext({ db: database.db, clock })
  const { personId } = await addPerson(ctx, { name: '示例', email })
  await grantRole(ctx, { personId, organizationId: idOf(kind), role })
  await database.db
    .transaction()
    .execute((tx) => setPassword(tx, ctx, { personId, password: 'the old password' }))
  return personId
}

const as = (who?: PersonActor) => testApp({ db: database.db, clock, ...(who && { actor: who }) })

function invite(who: PersonActor, into: OrganizationKind, ...roles: Role[]) {
  return as(who).request(
    '/v1/invitations',
    jsonBody('POST', {
      email: `New.${roles.join('.')}.${into}@example.test`,
      name: '示例 新人',
      organization_id: idOf(into),
      roles,
    }),
  )
}

async function tokenOf(answer: Response): Promise<string> {
  const { link } = (await answer.json()) as { link: string }
  return /#token=(\S+)$/.exec(link)?.[1] ?? ''
}

function accept(token: string, password: string) {
  return as().request('/v1/invitations/accept', jsonBody('POST', { token, password }))
}

test('who is invited becomes a person with just these roles, once', async () => {
  const invited = await invite(
    actor('operator', 'organization_admin'),
    'operator',
    'operator_maker',
  )
  expect(invited.status).toBe(201)
  const token = await tokenOf(invited)
  const look = await as().request('/v1/invitations/look-up', jsonBody('POST', { token }))
  expect(await look.json()).toMatchObject({ organization_name: '示例 operator', name: '示例 新人' })
  expect((await accept(token, 'short')).status).toBe(422)
  expect((await accept(token, 'long enough to be good')).status).toBe(201)
  expect((await accept(token, 'long enough to be good')).status).toBe(410)
  const listed = await as(actor('operator', 'organization_admin')).request('/v1/people')
  expect(await listed.json()).toMatchObject({
    items: [
      {
        email: 'new.operator_maker.operator@example.test',
        memberships: [{ role: 'operator_maker' }],
      },
    ],
    has_more: false,
  })
})

test('two who accept at once make one person', async () => {
  const invited = await invite(
    actor('operator', 'organization_admin'),
    'operator',
    'operator_checker',
  )
  const token = await tokenOf(invited)
  const answers = await Promise.all([
    accept(token, 'long enough to be good'),
    accept(token, 'long enough to be good'),
  ])
  expect(answers.map((each) => each.status).toSorted((a, b) => a - b)).toEqual([201, 410])
})

test('an administrator invites into their own organization, with roles of its kind, only', async () => {
  const admin = actor('operator', 'organization_admin')
  expect((await invite(admin, 'finance_bureau', 'finance_bureau')).status).toBe(404)
  expect((await invite(admin, 'operator', 'finance_bureau')).status).toBe(422)
  expect(
    (await invite(actor('operator', 'operator_head'), 'operator', 'operator_head')).status,
  ).toBe(403)
  const system = actor('platform', 'system_admin')
  expect((await invite(system, 'finance_bureau', 'finance_bureau')).status).toBe(404)
  expect((await invite(system, 'finance_bureau', 'organization_admin')).status).toBe(201)
})

test('an invitation is no way to the account of somebody who has one', async () => {
  const email = 'new.organization_admin.operator@example.test'
  const personId = await member(email, 'operator', 'operator_head')
  const invited = await invite(
    actor('operator', 'organization_admin'),
    'operator',
    'organization_admin',
  )
  const token = await tokenOf(invited)
  expect((await accept(token, 'a password of my own')).status).toBe(403)
  expect((await accept(token, 'the old password')).status).toBe(201)
  const roles = await database.db
    .selectFrom('governance.membership')
    .select('role')
    .where('person_id', '=', personId)
    .execute()
  expect(roles.map((each) => each.role)).toEqual(['operator_head', 'organization_admin'])
})

test('an invitation ends after a week', async () => {
  const invited = await invite(
    actor('operator', 'organization_admin'),
    'operator',
    'operator_maker',
  )
  const token = await tokenOf(invited)
  clock.advance(7 * 86_400_000)
  expect((await accept(token, 'long enough to be good')).status).toBe(410)
})

test('a revoked invitation is worthless, and others cannot revoke it', async () => {
  const invited = await invite(actor('operator', 'organization_admin'), 'operator', 'operator_head')
  const { invitation_id: id } = (await invited.clone().json()) as { invitation_id: string }
  const token = await tokenOf(invited)
  const revoke = (who: PersonActor) =>
    as(who).request(`/v1/invitations/${id}`, { method: 'DELETE' })
  expect((await revoke(actor('finance_bureau', 'organization_admin'))).status).toBe(404)
  expect((await revoke(actor('operator', 'organization_admin'))).status).toBe(200)
  expect((await accept(token, 'long enough to be good')).status).toBe(410)
})

test('a removed person is without account and roles; a suspended one of others cannot be touched', async () => {
  const personId = await member('leaver@example.test', 'finance_bureau', 'finance_bureau')
  const change = (who: PersonActor, to: string) =>
    as(who).request(`/v1/people/${personId}/status`, jsonBody('PUT', { to, reason: '离职' }))
  expect((await change(actor('operator', 'organization_admin'), 'removed')).status).toBe(404)
  expect((await change(actor('finance_bureau', 'finance_bureau'), 'removed')).status).toBe(403)
  expect((await change(actor('finance_bureau', 'organization_admin'), 'removed')).status).toBe(200)
  const user = await database.db
    .selectFrom('auth.user')
    .select('id')
    .where('email', '=', 'leaver@example.test')
    .execute()
  expect(user).toEqual([])
})

test('only the security administrator ends a lock-out, and it is recorded', async () => {
  const personId = await member('locked@example.test', 'operator', 'operator_maker')
  await database.db
    .updateTable('governance.person')
    .set({ locked_until: new Date(clock.now().getTime() + 60_000), failed_sign_ins: 5 })
    .where('id', '=', personId)
    .execute()
  const unlock = (who: PersonActor) =>
    as(who).request(`/v1/people/${personId}/unlock`, { method: 'POST' })
  expect((await unlock(actor('operator', 'organization_admin'))).status).toBe(403)
  expect(await (await unlock(actor('platform', 'security_admin'))).json()).toEqual({
    kind: 'unlocked',
  })
  expect(await (await unlock(actor('platform', 'security_admin'))).json()).toEqual({
    kind: 'not_locked',
  })
  const trail = await as(actor('platform', 'audit_admin')).request(
    `/v1/audit?object_id=${personId}&limit=1`,
  )
  expect(await trail.json()).toMatchObject({
    items: [{ action: 'person:unlock', outcome: 'done' }],
  })
})

test('the audit log pages backwards without a gap, and refusals stand in it', async () => {
  const auditor = as(actor('platform', 'audit_admin'))
  const seen: string[] = []
  let cursor = ''
  do {
    const answer = await auditor.request(`/v1/audit?limit=3${cursor && `&cursor=${cursor}`}`)
    const page = (await answer.json()) as {
      items: { id: string; outcome: string }[]
      next_cursor: string | null
    }
    seen.push(...page.items.map((entry) => entry.id))
    cursor = page.next_cursor ?? ''
  } while (cursor !== '')
  const all = await database.db
    .selectFrom('kernel.audit_entry')
    .select('id')
    .orderBy('id', 'desc')
    .execute()
  expect(seen).toEqual(all.map((row) => String(row.id)))
  const refused = await auditor.request('/v1/audit?outcome=refused')
  expect(JSON.stringify(await refused.json())).toContain('person:invite')
  expect((await as(actor('operator', 'operator_head')).request('/v1/audit')).status).toBe(403)
})
