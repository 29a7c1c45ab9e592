import { expect, test } from 'vitest'
import { deliverNotice } from '#governance/index.ts'
import { movableClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { announce } from '#kernel/outbox.ts'
import { buildCity } from '#tests/builders/governance.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase()

test('a notice is answered with when it happened and when it was told, to the organization it concerns', async () => {
  const clock = movableClock('2026-03-02T04:00:00Z')
  const city = await buildCity(database.db, { clock })
  const payload = { number: 'ZD-1', operatorId: city.operatorId }
  const event = { kind: 'bill.composed', jobId: 'bill-1', payload }
  await inTransaction(city.db, (tx) => announce(tx, clock, event))
  clock.set(new Date('2026-06-15T04:00:00Z'))
  await deliverNotice(city.system, { kind: event.kind, source: event.jobId, payload })
  const ask = async (ctx: Context, path = '', init: RequestInit = {}): Promise<unknown> =>
    (
      await testApp({ db: city.db, clock, actor: ctx.actor }).request(`/v1/notices${path}`, init)
    ).json()

  const notice = {
    kind: 'bill.composed',
    payload,
    occurred_at: '2026-03-02T04:00:00.000Z',
    recorded_at: '2026-06-15T04:00:00.000Z',
    read_at: null,
  }
  expect(await ask(city.maker)).toMatchObject({ items: [notice] })
  expect(await ask(city.provider)).toEqual({ items: [] })
  expect(await ask(city.maker, '/read', jsonBody('POST', {}))).toEqual({ marked: 1 })
  const read = { ...notice, read_at: '2026-06-15T04:00:00.000Z' }
  expect(await ask(city.checker)).toMatchObject({ items: [read] })
})
