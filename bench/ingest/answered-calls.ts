import { startChild } from '#bench/child.ts'
import { prepareCity } from '#bench/gateway/city.ts'
import { startWorker } from '#bench/gateway/worker.ts'
import { putLoad } from '#bench/load.ts'
import type { Stage } from '#bench/stage.ts'
import { storedEvents } from './stored.ts'

const seconds = 8
const connections = 64

/** Answered calls a second from end to end, each of which is stored afterwards. */
export async function measureCalls(stage: Stage): Promise<number> {
  const before = await storedEvents(stage.database.db)
  const provider = await startChild('bench/gateway/provider-process.ts', [])
  const city = await prepareCity(stage, provider.said)
  const worker = await startWorker(stage)
  const gateway = await startChild('bench/gateway/gateway-process.ts', [
    ...['metered', provider.said, stage.database.url, stage.redisUrl, stage.keyFolder],
  ])
  const load = {
    url: `${gateway.said}/data/v1/housing-fund-credit/query`,
    body: JSON.stringify({ no: '42' }),
    headers: { authorization: `Bearer ${city.liveKey}`, 'content-type': 'application/json' },
    connections,
  }
  try {
    const reports = [await putLoad({ ...load, seconds: 2 }), await putLoad({ ...load, seconds })]
    const answered = reports.reduce((sum, report) => sum + report.calls, before)
    await storedAtLeast(stage, answered)
    return reports[1]?.perSecond ?? 0
  } finally {
    for (const child of [gateway, worker, provider]) await child.end()
  }
}

/** A call under way when the load ends may be stored without having been counted; none may be missing. */
async function storedAtLeast(stage: Stage, answered: number): Promise<void> {
  const until = performance.now() + 30_000
  for (;;) {
    const stored = await storedEvents(stage.database.db)
    if (stored >= answered) return
    if (performance.now() > until) throw new Error(`${answered} answered, ${stored} stored`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
