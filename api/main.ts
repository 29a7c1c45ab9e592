import { serve } from '@hono/node-server'
import { systemClock } from '#kernel/clock.ts'
import { readConfig } from '#kernel/config.ts'
import { openLog } from '#kernel/log.ts'
import { untilAskedToStop } from '#kernel/process/shutdown.ts'
import { createApp } from './app.ts'
import { openDoors } from './open-doors.ts'
import { offerFirstAdministrator } from './people/first-administrator.ts'

const stopPatienceMs = 10_000

async function main(): Promise<void> {
  const config = readConfig()
  const log = openLog(config, 'api')
  const { deps, close } = openDoors(config, { clock: systemClock, log })
  const link = await offerFirstAdministrator(deps)
  // For the eyes at the terminal only: the log may be read by others later.
  if (link !== undefined) process.stderr.write(`First administrator: ${link}\n`)
  const asked = untilAskedToStop()
  const server = serve(
    { fetch: createApp(deps).fetch, hostname: config.host, port: config.port },
    ({ port }) => log.info({ port }, 'serving'),
  )
  server.on('error', (error) => {
    log.fatal({ err: error }, 'cannot serve')
    process.exit(1)
  })
  log.info({ reason: await asked }, 'stopping')
  // Answers under way are finished; who stays connected beyond that is cut off.
  const cut = setTimeout(() => process.exit(0), stopPatienceMs)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  await close()
  clearTimeout(cut)
  process.exit(0)
}

await main()
