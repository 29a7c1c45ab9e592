import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { dyingWithParent, exited, spawnCommand } from '#kernel/process/spawn.ts'

const report = z.object({
  requests: z.object({ total: z.number() }),
  latency: z.object({ p99: z.number() }),
  errors: z.number(),
  timeouts: z.number(),
  non2xx: z.number(),
})

export type Load = Readonly<{
  url: string
  body: string
  headers: Readonly<Record<string, string>>
  connections: number
  seconds: number
}>
export type LoadReport = Readonly<{
  perSecond: number
  calls: number
  p99Ms: number
}>

/** Loads an address with as many calls as go, from a process of its own. Every answer must be a delivery. */
export async function putLoad(load: Load): Promise<LoadReport> {
  const headers = Object.entries(load.headers).flatMap(([name, value]) => [
    '-H',
    `${name}=${value}`,
  ])
  const child = spawnCommand(
    dyingWithParent(
      [
        ...[process.execPath, resolve('node_modules/autocannon/autocannon.js'), '--json'],
        ...['-n', '-c', String(load.connections), '-d', String(load.seconds), '-m', 'POST'],
        ...[...headers, '-b', load.body, load.url],
      ],
      'SIGTERM',
    ),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  if (!child.stdout) throw new Error('its report is read')
  const [output] = await Promise.all([text(child.stdout), exited(child)])
  const read = report.parse(JSON.parse(output))
  if (read.errors + read.timeouts + read.non2xx > 0)
    throw new Error(`${read.errors} errors, ${read.timeouts} timeouts, ${read.non2xx} refusals`)
  return {
    perSecond: read.requests.total / load.seconds,
    calls: read.requests.total,
    p99Ms: read.latency.p99,
  }
}
