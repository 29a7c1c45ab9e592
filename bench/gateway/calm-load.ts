import { z } from 'zod'
import { startChild } from '#bench/child.ts'

const report = z.object({
  calls: z.number(),
  broken: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
})
export type CalmReport = z.output<typeof report>

/** Calls at an even rate from a process of its own. Every answer must be a delivery. */
export async function putCalmLoad(
  load: Readonly<{
    url: string
    body: string
    headers: Readonly<Record<string, string>>
    rate: number
    seconds: number
  }>,
): Promise<CalmReport> {
  const { url, body, headers, rate, seconds } = load
  const child = await startChild('bench/gateway/calm-load-process.ts', [
    ...[url, body, JSON.stringify(headers), String(rate), String(seconds)],
  ])
  await child.end()
  const read = report.parse(JSON.parse(child.said))
  if (read.broken > 0) throw new Error(`${read.broken} calls were not delivered`)
  return read
}
