import { beforeAll, expect, test } from 'vitest'
import { createApp } from '#api/app.ts'
import { hashApiKey, makeApiKey } from '#kernel/api-key-format.ts'
import { movableClock } from '#kernel/clock.ts'
import type { KeyScope } from '#kernel/context.ts'
import { makeCreditCode } from '#kernel/credit-code.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { registerOrganization } from '#governance/index.ts'
import { testAppDeps } from '#tests/harness/app.ts'
import { TEST_NOW, testContext, useDatabase } from '#tests/harness/index.ts'
import { identifyBy } from './identify.ts'

const database = useDatabase('file')
const clock = movableClock(TEST_NOW)
let buyerId: Id<'org'>

beforeAll(async () => {
  const registered = await registerOrganization(testContext({ db: database.db, clock }), {
    kind: 'buyer',
    name: '示例银行',
    creditCode: makeCreditCode({ head: '91421200', organization: 'MA000001' }),
  })
  buyerId = registered.organizationId
})

async function key(...scopes: KeyScope[]) {
  const text = makeApiKey('live')
  const id = newId('key', clock)
  await database.db
    .insertInto('governance.api_key')
    .values({
      id,
      buyer_id: buyerId,
      mode: 'live',
      scopes,
      name: 'key of the tests',
      prefix: text.slice(0, 12),
      last_four: text.slice(-4),
      secret_digest: hashApiKey(text),
      expires_at: new Date(clock.now().getTime() + 86_400_000),
      created_by: 'test',
      created_at: clock.now(),
    })
    .execute()
  return { text, id }
}

function ask(path: string, authorization: string, method = 'GET') {
  const deps = testAppDeps({ db: database.db, clock })
  const identify = identifyBy({ db: database.db, clock, sessions: deps.sessions })
  return createApp({ ...deps, identify }).request(path, { method, headers: { authorization } })
}

test('a key is told what it is refused for: form, unknown, scope, revoked, expired', async () => {
  const { text, id } = await key('usage:read')
  const code = async (answer: Response | Promise<Response>) =>
    ((await (await answer).json()) as { code: string }).code
  expect(await code(ask('/v1/audit', 'Basic eA=='))).toBe('UNAUTHENTICATED')
  expect(await code(ask('/v1/audit', `Bearer ${text}x`))).toBe('UNAUTHENTICATED')
  expect(await code(ask('/v1/audit', `Bearer ${makeApiKey('live')}`))).toBe('UNAUTHENTICATED')
  expect(await code(ask('/v1/audit', `Bearer ${text}`))).toBe('KEY_WRONG_SCOPE')
  expect(await code(ask('/v1/me', `Bearer ${text}`))).toBe('KEY_WRONG_SCOPE')
  await database.db
    .updateTable('governance.api_key')
    .set({ revoked_at: clock.now(), revoked_by: 'test' })
    .where('id', '=', id)
    .execute()
  expect(await code(ask('/v1/audit', `Bearer ${text}`))).toBe('KEY_REVOKED')
  const other = await key('bill:read')
  clock.advance(86_400_000)
  expect(await code(ask('/v1/audit', `Bearer ${other.text}`))).toBe('KEY_EXPIRED')
})

test('a key only reads, whatever its scopes', async () => {
  const { text } = await key('usage:read', 'bill:read')
  const answer = await ask('/v1/organizations', `Bearer ${text}`, 'POST')
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ code: 'KEY_WRONG_SCOPE' })
})

test('the text of a key stands nowhere in the database', async () => {
  const { text } = await key('usage:read')
  await ask('/v1/audit', `Bearer ${text}`)
  const keys = await database.db.selectFrom('governance.api_key').selectAll().execute()
  const trail = await database.db.selectFrom('kernel.audit_entry').selectAll().execute()
  const everything = JSON.stringify([keys, trail], (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  expect(everything).not.toContain(text)
})
