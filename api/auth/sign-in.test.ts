import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '#api/app.ts'
import type { Context } from '#kernel/context.ts'
import { movableClock } from '#kernel/clock.ts'
import { makeCreditCode } from '#kernel/credit-code.ts'
import { newId } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import { jsonBody, testAppDeps } from '#tests/harness/app.ts'
import { TEST_NOW, testContext, useDatabase } from '#tests/harness/index.ts'
import { setPassword } from './accounts.ts'
import { checkPassword } from './check-password.ts'
import { identifyBy } from './identify.ts'
import { openSessionService, type SessionService } from './session-service.ts'

const database = useDatabase('file')
const clock = movableClock(TEST_NOW)
const password = 'long enough to be good'
let sessions: SessionService

beforeAll(() => {
  sessions = openSessionService({
    databaseUrl: database.url,
    secret: 'a secret of the tests, forty characters..',
    publicUrl: 'http://platform.test',
  })
})
afterAll(() => sessions.close())

function app() {
  const deps = testAppDeps({ db: database.db, clock })
  const { db } = database
  return createApp({
    ...deps,
    sessions,
    checkPassword,
    identify: identifyBy({ db, clock, sessions }),
  })
}

async function person(email: string, ...roles: Role[]) {
  const { db } = database
  const personId = newId('person', clock)
  await db
    .insertInto('governance.person')
    .values({ id: personId, name: '示例', email, status: 'active', registered_at: clock.now() })
    .execute()
  const organization = await db
    .selectFrom('governance.organization')
    .select('id')
    .executeTakeFirst()
  const organizationId = organization?.id ?? newId('org', clock)
  if (!organization)
    await db
      .insertInto('governance.organization')
      .values({
        id: organizationId,
        kind: 'operator',
        name: '示例运营机构',
        credit_code: '91350100M000100Y43',
        status: 'active',
        registered_at: clock.now(),
      })
      .execute()
  for (const role of roles)
    await db
      .insertInto('governance.membership')
      .values({
        id: newId('membership', clock),
        person_id: personId,
        organization_id: organizationId,
        role,
        granted_by: 'test',
        granted_at: clock.now(),
      })
      .execute()
  const ctx: Context = testContext({ db, clock })
  await db.transaction().execute((tx) => setPassword(tx, ctx, { personId, password }))
  return { personId, organizationId }
}

function signIn(email: string, tried = password) {
  return app().request('/v1/session', jsonBody('POST', { email, password: tried }))
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

function me(cookie: string) {
  return app().request('/v1/me', { headers: { cookie } })
}

test('a person signs in, is known by the cookie, and signs out for good', async () => {
  await person('head@example.test', 'operator_head')
  const signedIn = await signIn('Head@Example.test')
  expect(signedIn.status).toBe(204)
  expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly/)
  const cookie = cookiesOf(signedIn)
  expect(await (await me(cookie)).json()).toMatchObject({ roles: ['operator_head'] })
  const signedOut = await app().request('/v1/session', { method: 'DELETE', headers: { cookie } })
  expect(signedOut.status).toBe(204)
  expect((await me(cookie)).status).toBe(401)
})

test('an unknown address, a wrong password and a suspended person are told alike', async () => {
  const { personId } = await person('gone@example.test', 'operator_maker')
  await database.db
    .updateTable('governance.person')
    .set({ status: 'suspended' })
    .where('id', '=', personId)
    .execute()
  await person('there@example.test', 'operator_maker')
  for (const answer of [
    await signIn('nobody@example.test'),
    await signIn('gone@example.test'),
    await signIn('there@example.test', 'a wrong password'),
  ]) {
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'SIGN_IN_FAILED' })
    expect(answer.headers.getSetCookie()).toEqual([])
  }
})

test('a suspended person is out at once', async () => {
  const { personId } = await person('soon@example.test', 'operator_maker')
  const cookie = cookiesOf(await signIn('soon@example.test'))
  expect((await me(cookie)).status).toBe(200)
  await database.db
    .updateTable('governance.person')
    .set({ status: 'suspended' })
    .where('id', '=', personId)
    .execute()
  expect((await me(cookie)).status).toBe(401)
})

test('an ended role is gone with the next request', async () => {
  const { personId } = await person('two@example.test', 'operator_checker', 'organization_admin')
  const cookie = cookiesOf(await signIn('two@example.test'))
  await database.db
    .updateTable('governance.membership')
    .set({ ended_at: clock.now(), ended_by: 'test' })
    .where('person_id', '=', personId)
    .where('role', '=', 'operator_checker')
    .execute()
  expect(await (await me(cookie)).json()).toMatchObject({ roles: ['organization_admin'] })
})

test('a changed password ends every session, and the old one opens nothing', async () => {
  await person('change@example.test', 'operator_maker')
  const cookie = cookiesOf(await signIn('change@example.test'))
  const change = (current: string) =>
    app().request('/v1/me/password', {
      ...jsonBody('PUT', { current_password: current, new_password: 'another good password' }),
      headers: { cookie, 'content-type': 'application/json' },
    })
  expect((await change('not the password')).status).toBe(403)
  expect((await change(password)).status).toBe(204)
  expect((await me(cookie)).status).toBe(401)
  expect((await signIn('change@example.test')).status).toBe(401)
  expect((await signIn('change@example.test', 'another good password')).status).toBe(204)
})

test('a person of two organizations says for which they act, and for no other', async () => {
  const { personId } = await person('both@example.test', 'operator_maker')
  const other = newId('org', clock)
  const { db } = database
  await db
    .insertInto('governance.organization')
    .values({
      id: other,
      kind: 'provider',
      name: '示例提供单位',
      credit_code: makeCreditCode({ head: '11421200', organization: 'MA000009' }),
      status: 'active',
      registered_at: clock.now(),
    })
    .execute()
  await db
    .insertInto('governance.membership')
    .values({
      id: newId('membership', clock),
      person_id: personId,
      organization_id: other,
      role: 'provider',
      granted_by: 'test',
      granted_at: new Date(clock.now().getTime() + 1),
    })
    .execute()
  const cookie = cookiesOf(await signIn('both@example.test'))
  expect(await (await me(cookie)).json()).toMatchObject({ roles: ['operator_maker'] })
  const choose = (organizationId: string) =>
    app().request('/v1/session/organization', {
      ...jsonBody('PUT', { organization_id: organizationId }),
      headers: { cookie, 'content-type': 'application/json' },
    })
  expect((await choose(newId('org', clock))).status).toBe(404)
  const chosen = cookiesOf(await choose(other))
  expect(await (await me(`${cookie}; ${chosen}`)).json()).toMatchObject({ roles: ['provider'] })
  const byHeader = await app().request('/v1/me', {
    headers: { cookie, 'x-organization': newId('org', clock) },
  })
  expect(byHeader.status).toBe(404)
})

test('five wrong passwords lock the account, also when they come at once', async () => {
  const { personId } = await person('target@example.test', 'operator_maker')
  const guesses = await Promise.all(
    Array.from({ length: 9 }, (_each, at) => signIn('target@example.test', `wrong guess ${at}`)),
  )
  expect(guesses.map((guess) => guess.status).toSorted((one, other) => one - other)).toEqual([
    ...Array.from({ length: 5 }, () => 401),
    ...Array.from({ length: 4 }, () => 423),
  ])
  expect((await signIn('target@example.test')).status).toBe(423)
  const trail = await database.db
    .selectFrom('kernel.audit_entry')
    .select(['action', 'outcome'])
    .where('object_id', '=', personId)
    .where('outcome', '=', 'refused')
    .execute()
  expect(trail).toHaveLength(10)
  clock.advance(15 * 60_000)
  expect((await signIn('target@example.test')).status).toBe(204)
})

test('who guesses many addresses from one place is slowed down', async () => {
  const answers: number[] = []
  for (let at = 0; at < 31; at++) answers.push((await signIn(`guess${at}@example.test`)).status)
  expect(answers.at(-1)).toBe(429)
})
