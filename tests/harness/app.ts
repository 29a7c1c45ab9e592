import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createApp } from '#api/app.ts'
import type { AppDeps } from '#api/deps.ts'
import { openMetrics } from '#api/metrics.ts'
import { type Clock, movableClock } from '#kernel/clock.ts'
import type { Actor } from '#kernel/context.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { TEST_NOW } from './context.ts'

export type TestAppOptions = Readonly<{ db: Database; actor?: Actor; clock?: Clock }>

/** The password that everybody has before `testApp`. */
export const TEST_PASSWORD = 'a password of the tests'

const noSessions: AppDeps['sessions'] = {
  open: () => Promise.resolve({ kind: 'refused' }),
  userIdOf: () => Promise.resolve(undefined),
  end: () => Promise.resolve([]),
  close: () => Promise.resolve(),
}

const noJobs: AppDeps['jobs'] = {
  read: () => Promise.resolve({ waiting: 0, active: 0, delayed: 0, failed: [], schedules: [] }),
  retry: () => Promise.resolve(false),
}

let keyFolder: string | undefined

/** What `createApp` takes, where every request comes from `actor` (nobody, unless given). */
export function testAppDeps(options: TestAppOptions): AppDeps {
  const clock = options.clock ?? movableClock(TEST_NOW)
  keyFolder ??= mkdtempSync(join(tmpdir(), 'test-keys-'))
  return {
    db: options.db,
    clock,
    keys: loadKeyRing(keyFolder, { clock }),
    log: pino({ level: 'silent' }),
    identify: () => Promise.resolve(options.actor ?? { kind: 'anonymous' }),
    sessions: noSessions,
    checkPassword: (ctx, password) => {
      if (password !== TEST_PASSWORD) throw new DomainError('PASSWORD_RECHECK_FAILED')
      return Promise.resolve({ reauthenticatedAt: ctx.clock.now() })
    },
    publicUrl: 'http://platform.test',
    readiness: () => Promise.resolve({ ready: true, checks: {} }),
    metrics: openMetrics({ process: false }),
    metricsToken: undefined,
    jobs: noJobs,
    usageStream: { readLag: () => Promise.resolve(null) },
    dataProxy: {
      pass: () => Promise.resolve(new Response(null, { status: 502 })),
      close: () => Promise.resolve(),
    },
    inspectUpstream: () => Promise.resolve({ kind: 'fit' }),
    renderPdf: () => Promise.resolve(Buffer.from('%PDF-1.4 of the tests')),
    consoleFolder: 'web/console/dist',
  }
}

/** The doors as one person or key stands before them: `await testApp({ db, actor }).request('/v1/me')`. */
export function testApp(options: TestAppOptions): ReturnType<typeof createApp> {
  return createApp(testAppDeps(options))
}

/** A JSON body for `app.request`. */
export function jsonBody(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', body: unknown): RequestInit {
  return {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }
}
