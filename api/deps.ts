import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import type { InspectUpstream } from '#governance/index.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Actor } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { JobQueueState } from '#kernel/job-queue.ts'
import type { UsageStream } from '#metering/index.ts'
import type { CheckPassword } from './auth/check-password.ts'
import type { SessionService } from './auth/session-service.ts'
import type { DataProxy } from './data-proxy.ts'
import type { Metrics } from './metrics.ts'
import type { ReadReadiness } from './readiness.ts'

/** Who is asking: the person of a session cookie, the bearer of a key, or nobody in particular. */
export type Identify = (request: Request) => Promise<Actor>

/** What the doors stand on. The process gives it real things, a test its own. */
export type AppDeps = Readonly<{
  db: Database
  clock: Clock
  keys: KeyRing
  log: Logger
  identify: Identify
  sessions: SessionService
  checkPassword: CheckPassword
  /** The platform's address as people type it, without a closing slash. */
  publicUrl: string
  readiness: ReadReadiness
  metrics: Metrics
  metricsToken: string | undefined
  jobs: JobBoard
  usageStream: Pick<UsageStream, 'readLag'>
  dataProxy: DataProxy
  /** Looks at an upstream before somebody approves it. */
  inspectUpstream: InspectUpstream
  /** A whole page of ours as PDF. */
  renderPdf: (html: string) => Promise<Uint8Array>
  /** Where the built console lies. */
  consoleFolder: string
}>

/** The job queue as far as the doors show it and let a failed job be tried again. */
export interface JobBoard {
  read(): Promise<JobQueueState>
  retry(jobId: string): Promise<boolean>
}

export type Language = 'zh' | 'en'

export type AppEnv = {
  Variables: {
    deps: AppDeps
    requestId: string
    language: Language
    /** Found out at the first question, once for each request; see context.ts. */
    actor?: Actor
    /** The answer carries a secret, so it is never stored for a repeated request. */
    carriesSecret?: boolean
  }
}

/** A sub-app of one area. Values that do not fit the contract become one problem that names each field. */
export function newRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return
      // An address with an ill-formed id names nothing, as one with an unknown id does.
      if (result.target === 'param') throw new DomainError('NOT_FOUND')
      throw new DomainError('VALIDATION_FAILED', {
        fields: result.error.issues.map((issue) => ({
          field: issue.path.join('.'),
          reason: issue.message,
        })),
      })
    },
  })
}
