import { expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { type Role, roles } from '#kernel/permissions.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { buildCity, organizationOf } from '#tests/builders/governance.ts'
import { addPerson } from './add-person.ts'
import { changePersonStatus } from './change-person-status.ts'
import { endRole } from './end-role.ts'
import { grantRole } from './grant-role.ts'
import { listOrganizations } from './list-organizations.ts'
import { findPersonByAuthUser, listMemberships } from './person.queries.ts'
import { registerOrganization } from './register-organization.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })

test('an organization is registered under its credit code once, in upper case (R5)', async () => {
  const city = await buildCity(database.db)
  const input = { kind: 'buyer' as const, name: '甲公司', creditCode: '91430105750602924h' }
  const first = await registerOrganization(city.maker, input)
  expect(first.kind).toBe('registered')
  expect(await registerOrganization(city.maker, input)).toEqual({
    kind: 'already_registered',
    organizationId: first.organizationId,
  })
  await expect(registerOrganization(city.maker, { ...input, name: '乙公司' })).rejects.toEqual(
    refused('CREDIT_CODE_TAKEN'),
  )
})

test.each(['91440300MA5H7K2P6D', '9143010575060292', '9143010575060292OH'])(
  'the credit code %s is refused',
  async (creditCode) => {
    const city = await buildCity(database.db)
    await expect(
      registerOrganization(city.system, { kind: 'buyer', name: '甲', creditCode }),
    ).rejects.toEqual(refused('INVALID_CREDIT_CODE'))
  },
)

test('the city has one data bureau, and operators register buyers only (R3)', async () => {
  const city = await buildCity(database.db)
  const creditCode = '91430105750602924H'
  const register = (ctx: typeof city.maker, kind: 'data_bureau' | 'provider') =>
    registerOrganization(ctx, { kind, name: '第二局', creditCode })
  await expect(register(city.dataBureau, 'data_bureau')).rejects.toEqual(
    refused('SINGLE_BODY_EXISTS'),
  )
  await expect(register(city.maker, 'provider')).rejects.toEqual(refused('FORBIDDEN'))
})

test('two who register one organization at once get the same one', async () => {
  const city = await buildCity(database.db)
  const input = { kind: 'buyer' as const, name: '甲公司', creditCode: '91430105750602924H' }
  const results = await Promise.all([1, 2, 3, 4].map(() => registerOrganization(city.maker, input)))
  expect(new Set(results.map((each) => each.organizationId)).size).toBe(1)
  expect(results.filter((each) => each.kind === 'registered')).toHaveLength(1)
})

test('a person is known by the address, gets an account once, and holds each role once', async () => {
  const city = await buildCity(database.db)
  const added = await addPerson(city.system, { name: '张', email: ' Zhang@Example.test ' })
  const again = await addPerson(city.system, {
    name: '张',
    email: 'zhang@example.test',
    authUserId: 'account-1',
  })
  expect(again).toEqual({ kind: 'already_known', personId: added.personId })
  await expect(
    addPerson(city.system, { name: '张', email: 'zhang@example.test', authUserId: 'account-2' }),
  ).rejects.toEqual(refused('CONFLICT'))
  const grant = {
    personId: added.personId,
    organizationId: city.operatorId,
    role: 'operator_maker' as const,
  }
  const granted = await grantRole(city.system, grant)
  expect(await grantRole(city.system, grant)).toEqual({ ...granted, kind: 'already_granted' })
  const known = await findPersonByAuthUser(city.db, 'account-1')
  expect(known?.memberships.map((each) => each.role)).toEqual(['operator_maker'])
  await expect(grantRole(city.system, { ...grant, role: 'operator_head' })).rejects.toEqual(
    refused('DUTIES_SEPARATED'),
  )
})

test('nobody holds two administrator duties (R92)', async () => {
  const city = await buildCity(database.db)
  const platform = await city.organization('platform', '平台')
  const { personId } = await addPerson(city.system, { name: '李', email: 'li@example.test' })
  const grant = (role: Role) => grantRole(city.system, { personId, organizationId: platform, role })
  await grant('system_admin')
  await expect(grant('audit_admin')).rejects.toEqual(refused('DUTIES_SEPARATED'))
})

test('a role fits the kind of organization, and is granted by its own administrator', async () => {
  const city = await buildCity(database.db)
  const operatorAdmin = await city.person(
    { id: city.operatorId, kind: 'operator' },
    'organization_admin',
  )
  const { personId } = await addPerson(operatorAdmin, { name: '王', email: 'w@example.test' })
  const grant = (organizationId: Id<'org'>, role: Role) =>
    grantRole(operatorAdmin, { personId, organizationId, role })
  await expect(grant(city.operatorId, 'data_bureau')).rejects.toEqual(
    refused('ROLE_NOT_FOR_ORGANIZATION'),
  )
  await expect(grant(organizationOf(city.provider), 'provider')).rejects.toEqual(
    refused('NOT_FOUND'),
  )
  expect((await grant(city.operatorId, 'operator_maker')).kind).toBe('granted')
  await expect(addPerson(city.maker, { name: 'x', email: 'x@example.test' })).rejects.toEqual(
    refused('FORBIDDEN'),
  )
})

test('the system administrator makes administrators elsewhere and no business roles', async () => {
  const city = await buildCity(database.db)
  const admin = await city.joining('platform', '平台', 'system_admin')
  const { personId } = await addPerson(admin, { name: '王', email: 'w@example.test' })
  const grant = (role: Role) =>
    grantRole(admin, { personId, organizationId: city.operatorId, role })
  expect((await grant('organization_admin')).kind).toBe('granted')
  for (const role of roles.filter((each) => each.startsWith('operator_')))
    await expect(grant(role)).rejects.toEqual(refused('NOT_FOUND'))
})

test('a role ends once, and a removed person has none', async () => {
  const city = await buildCity(database.db)
  const admin = await city.person({ id: city.operatorId, kind: 'operator' }, 'organization_admin')
  const { personId } = await addPerson(admin, { name: '王', email: 'w@example.test' })
  const grant = { personId, organizationId: city.operatorId, role: 'operator_maker' as const }
  const { membershipId } = await grantRole(admin, grant)
  const stranger = await city.joining('buyer', '外', 'organization_admin')
  await expect(endRole(stranger, { membershipId })).rejects.toEqual(refused('NOT_FOUND'))
  expect(await endRole(admin, { membershipId })).toEqual({ kind: 'ended' })
  expect(await endRole(admin, { membershipId })).toEqual({ kind: 'already_ended' })
  await grantRole(admin, grant)
  const remove = { personId, to: 'removed' as const, reason: '离职' }
  await expect(changePersonStatus(stranger, remove)).rejects.toEqual(refused('NOT_FOUND'))
  expect(await changePersonStatus(admin, remove)).toEqual({ kind: 'changed' })
  expect(await listMemberships(city.db, personId)).toEqual([])
})

test('the list of organizations is paged without gap or repetition', async () => {
  const city = await buildCity(database.db)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listOrganizations(city.dataBureau, { limit: 2, cursor })
    seen.push(...page.items.map((each) => each.id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toHaveLength(5)
  expect(new Set(seen).size).toBe(5)
  await expect(listOrganizations(city.dataBureau, { cursor: 'nonsense' })).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
})
