import { expect, test } from 'vitest'
import type { Actor } from '#kernel/context.ts'
import { movableClock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { testApp } from '#tests/harness/app.ts'
import { TEST_NOW, useDatabase } from '#tests/harness/index.ts'

const database = useDatabase('file')
const clock = movableClock(TEST_NOW)

const head: Actor = {
  kind: 'person',
  personId: newId('person', clock),
  organizationId: newId('org', clock),
  organizationKind: 'operator',
  roles: ['operator_head'],
  name: '示例 负责人',
}

test('a person is told who they are and what they may do', async () => {
  const answer = await testApp({ db: database.db, actor: head }).request('/v1/me')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    person_id: head.personId,
    name: '示例 负责人',
    organization_id: head.organizationId,
    organization_kind: 'operator',
    roles: ['operator_head'],
    actions: expect.arrayContaining(['statement:submit']),
  })
})

test('nobody in particular is refused with a problem in the language they read', async () => {
  const app = testApp({ db: database.db })
  const answer = await app.request('/v1/me', { headers: { 'accept-language': 'en-GB,en' } })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(await answer.json()).toMatchObject({
    code: 'UNAUTHENTICATED',
    title: 'Not signed in, or the credential is not valid',
    billed: false,
    request_id: answer.headers.get('x-request-id'),
  })
  const chinese = await app.request('/v1/me')
  expect(await chinese.json()).toMatchObject({ title: '未登录或凭证无效' })
})
