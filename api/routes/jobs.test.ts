import { expect, test } from 'vitest'
import { createApp } from '#api/app.ts'
import type { JobBoard } from '#api/deps.ts'
import { movableClock } from '#kernel/clock.ts'
import type { PersonActor } from '#kernel/context.ts'
import { newId } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import { testAppDeps } from '#tests/harness/app.ts'
import { TEST_NOW, useDatabase } from '#tests/harness/index.ts'

const database = useDatabase('file')
const clock = movableClock(TEST_NOW)

function board(): JobBoard & { retried: string[] } {
  const retried: string[] = []
  return {
    retried,
    read: () =>
      Promise.resolve({
        waiting: 1,
        active: 0,
        delayed: 2,
        failed: [
          {
            jobId: 'bill-run-2026-05',
            job: 'bill.run',
            payload: { operatorId: 'org_x' },
            attempts: 5,
            reason: 'the database was away',
            failedAt: TEST_NOW,
          },
        ],
        schedules: [{ job: 'audit.seal', pattern: '0 * * * * *', nextAt: undefined }],
      }),
    retry: (jobId) => {
      if (jobId !== 'bill-run-2026-05') return Promise.resolve(false)
      retried.push(jobId)
      return Promise.resolve(true)
    },
  }
}

function as(role: Role, jobs: JobBoard = board()) {
  const actor: PersonActor = {
    kind: 'person',
    personId: newId('person', clock),
    organizationId: newId('org', clock),
    organizationKind: 'operator',
    roles: [role],
    name: '示例',
  }
  return createApp({ ...testAppDeps({ db: database.db, actor, clock }), jobs })
}

test('the operator head sees what waits, what failed and why, and keys of a payload as they are', async () => {
  const answer = await as('operator_head').request('/v1/jobs')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    queue: {
      delayed: 2,
      failed: [
        { job: 'bill.run', payload: { operatorId: 'org_x' }, reason: 'the database was away' },
      ],
      schedules: [{ next_at: null }],
    },
    runs: [],
  })
  expect((await as('operator_maker').request('/v1/jobs')).status).toBe(403)
})

test('only the system administrator tries again, and each time is recorded', async () => {
  const jobs = board()
  const retry = (role: Role, id = 'bill-run-2026-05') =>
    as(role, jobs).request(`/v1/jobs/${id}/retry`, { method: 'POST' })
  expect((await retry('operator_head')).status).toBe(403)
  expect(jobs.retried).toEqual([])
  expect((await retry('system_admin', 'unknown')).status).toBe(404)
  expect((await retry('system_admin')).status).toBe(200)
  const trail = await database.db
    .selectFrom('kernel.audit_entry')
    .select(['object_id', 'outcome'])
    .where('action', '=', 'job:retry')
    .orderBy('id')
    .execute()
  expect(trail.map((entry) => entry.outcome)).toEqual(['refused', 'done'])
})

test('nobody deletes a job: there is no such route', async () => {
  const answer = await as('system_admin').request('/v1/jobs/bill-run-2026-05', { method: 'DELETE' })
  expect(answer.status).toBe(404)
})
