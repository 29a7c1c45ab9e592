import { expect, test } from 'vitest'
import { newRouter } from '#api/deps.ts'
import { carriesSecret } from '#api/context.ts'
import { onError } from '#api/on-error.ts'
import { movableClock } from '#kernel/clock.ts'
import type { Actor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { testAppDeps } from '#tests/harness/app.ts'
import { TEST_NOW, useDatabase } from '#tests/harness/index.ts'
import { idempotentPosts } from './idempotency.ts'
import { prepare } from './prepare.ts'

const database = useDatabase('file')
const clock = movableClock(TEST_NOW)

function person(): Actor {
  return {
    kind: 'person',
    personId: newId('person', clock),
    organizationId: newId('org', clock),
    organizationKind: 'buyer',
    roles: ['buyer_admin'],
    name: '示例',
  }
}

/** A door behind which things are counted, with a gate that holds the work up. */
function counter(actor: Actor, gate: Promise<void> = Promise.resolve()) {
  let done = 0
  const app = newRouter()
  app.onError(onError)
  app.use(prepare(testAppDeps({ db: database.db, actor, clock })), idempotentPosts)
  app.post('/things', async (c) => {
    const wanted = await c.req.json<{ fail?: boolean; secret?: boolean }>()
    await gate
    if (wanted.fail) throw new DomainError('CONFLICT')
    if (wanted.secret) carriesSecret(c)
    done += 1
    return c.json({ thing: done }, 201)
  })
  const post = (key: string, body: object = {}) =>
    app.request('/things', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'idempotency-key': key },
    })
  return { post, done: () => done }
}

test('the same request again is not done again and gets the same answer', async () => {
  const door = counter(person())
  const first = await door.post('a')
  const again = await door.post('a')
  expect([first.status, again.status]).toEqual([201, 201])
  expect(await again.json()).toEqual({ thing: 1 })
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(door.done()).toBe(1)
})

test('ten at once are done once', async () => {
  const door = counter(person())
  const answers = await Promise.all(Array.from({ length: 10 }, () => door.post('race')))
  expect(door.done()).toBe(1)
  for (const answer of answers) expect([201, 409]).toContain(answer.status)
})

test('while the first still runs, the second is told to wait', async () => {
  const gate = Promise.withResolvers<void>()
  const door = counter(person(), gate.promise)
  const both = [door.post('slow'), door.post('slow')]
  expect((await Promise.race(both)).status).toBe(409)
  gate.resolve()
  const statuses = (await Promise.all(both)).map((answer) => answer.status)
  expect(statuses.toSorted((one, other) => one - other)).toEqual([201, 409])
  expect(door.done()).toBe(1)
})

test('another body under the same key is a conflict', async () => {
  const door = counter(person())
  await door.post('b', { name: 'one' })
  const other = await door.post('b', { name: 'two' })
  expect(other.status).toBe(409)
  expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_BODY_CONFLICT' })
})

test('the same key of another person is another key', async () => {
  expect((await counter(person()).post('shared')).status).toBe(201)
  const other = await counter(person()).post('shared', { name: 'other' })
  expect(other.status).toBe(201)
})

test('what was refused may be corrected under the same key', async () => {
  const door = counter(person())
  expect((await door.post('c', { fail: true })).status).toBe(409)
  expect((await door.post('c', {})).status).toBe(201)
})

test('an answer with a secret is never kept, and not done again', async () => {
  const actor = person()
  const door = counter(actor)
  expect((await door.post('d', { secret: true })).status).toBe(201)
  const again = await door.post('d', { secret: true })
  expect(await again.json()).toMatchObject({ code: 'IDEMPOTENCY_SECRET_SHOWN_ONCE' })
  expect(door.done()).toBe(1)
  const kept = await database.db
    .selectFrom('kernel.idempotency')
    .select(['status', 'response'])
    .where('key', '=', 'd')
    .executeTakeFirstOrThrow()
  expect(kept).toEqual({ status: 201, response: null })
})

test('a file comes to its route byte by byte', async () => {
  const app = newRouter()
  app.onError(onError)
  app.use(prepare(testAppDeps({ db: database.db, actor: person(), clock })), idempotentPosts)
  app.post('/files', async (c) => {
    const { file } = await c.req.parseBody()
    return c.json({
      bytes: file instanceof File ? [...new Uint8Array(await file.arrayBuffer())] : [],
    })
  })
  const form = new FormData()
  form.set('file', new File([new Uint8Array([0, 255, 128, 10])], 'bank.xlsx'))
  const answer = await app.request('/files', {
    method: 'POST',
    body: form,
    headers: { 'idempotency-key': 'file' },
  })
  expect(await answer.json()).toEqual({ bytes: [0, 255, 128, 10] })
})
