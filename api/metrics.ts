import { timingSafeEqual } from 'node:crypto'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { PlatformState } from './operations/platform-state.ts'

export interface Metrics {
  observe(request: Readonly<{ method: string; status: number; ms: number }>): void
  /** The text a Prometheus reads, with the state of what runs by itself as it is now. */
  text(state: PlatformState): Promise<string>
  readonly contentType: string
}

/** Few labels on purpose: a path or a buyer in a label would make a series of each. */
export function openMetrics(options: Readonly<{ process: boolean }> = { process: true }): Metrics {
  const registry = new Registry()
  if (options.process) collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'api_requests_total',
    help: 'Requests answered by the api',
    labelNames: ['method', 'status'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'api_request_seconds',
    help: 'Time to the answer of the api',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const showState = stateGauges(registry)
  return {
    observe: ({ method, status, ms }) => {
      requests.inc({ method, status: String(status) })
      duration.observe(ms / 1000)
    },
    text: (state) => {
      showState(state)
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

function stateGauges(registry: Registry): (state: PlatformState) => void {
  const registers = [registry]
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers })
  const age = gauge('usage_watermark_age_seconds', 'Age of the stored usage of a shard', ['shard'])
  const parked = gauge('usage_parked_entries', 'Usage that could not be read', ['shard'])
  const open = gauge('announcements_open', 'Work announced and not yet done')
  const oldest = gauge('announcements_oldest_seconds', 'Age of the oldest announced work')
  const failed = gauge('jobs_failed', 'Jobs that failed and wait for somebody')
  const waiting = gauge('jobs_waiting', 'Jobs in the queue')
  const unsealed = gauge('audit_unsealed_oldest_seconds', 'Age of the oldest unsealed audit row')
  return (state) => {
    for (const { shard, watermarkAgeSeconds, parkedEntries } of state.shards) {
      const labels = { shard: String(shard) }
      if (watermarkAgeSeconds !== null) age.set(labels, watermarkAgeSeconds)
      parked.set(labels, parkedEntries)
    }
    open.set(state.openAnnouncements)
    oldest.set(state.oldestAnnouncementSeconds)
    failed.set(state.failedJobs)
    waiting.set(state.waitingJobs)
    unsealed.set(state.oldestUnsealedAuditSeconds)
  }
}

/** Compares in constant time; without a token set, nobody may look. */
export function mayReadMetrics(
  token: string | undefined,
  authorization: string | undefined,
): boolean {
  const given = Buffer.from(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '')
  const expected = Buffer.from(token ?? '')
  return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected)
}
