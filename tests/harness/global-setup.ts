import type { TestProject } from 'vitest/node'
import { startPrivateServices } from '#scripts/services/private-services.ts'
import { say } from '#scripts/services/say.ts'
import { withDatabase } from './services.ts'
import { makeTemplate } from './template.ts'

const REDIS_DATABASES = 4096
const PARENT_CHECK_MS = 500

/** Ends the run when whoever started it is gone, so that nothing goes on unseen. */
function endWithParent(): NodeJS.Timeout {
  const first = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== first) process.exit(1)
  }, PARENT_CHECK_MS)
  timer.unref()
  return timer
}

/** Real PostgreSQL and Redis for the whole run, in a private folder, gone with the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const watch = endWithParent()
  const services = await startPrivateServices({
    durable: false,
    redisDatabases: REDIS_DATABASES,
    say,
  })
  const { postgres, redis, runFolder, toolsFolder } = services
  try {
    await makeTemplate(postgres)
  } catch (error) {
    await services.stop()
    throw error
  }
  project.provide('services', {
    runFolder,
    toolsFolder,
    superuserUrl: postgres.url('postgres', 'postgres'),
    ownerUrl: withDatabase(postgres.url('owner'), 'postgres'),
    appUrl: withDatabase(postgres.url('app'), 'postgres'),
    redisUrl: redis.url(),
    redisDatabases: REDIS_DATABASES,
  })
  return async () => {
    clearInterval(watch)
    await services.stop()
  }
}
