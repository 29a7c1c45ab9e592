import { type Child, startChild } from '#bench/child.ts'
import type { Stage } from '#bench/stage.ts'

/** The whole worker process, as it runs beside a gateway: usage writer and jobs. */
export function startWorker(stage: Stage): Promise<Child> {
  return startChild('jobs/main.ts', [], {
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: stage.database.url,
      REDIS_URL: stage.redisUrl,
      KEY_DIR: stage.keyFolder,
      DATA_DIR: stage.folder,
      AUTH_SECRET: 'a secret of the benchmarks, which nobody signs in with',
    },
    until: '"working"',
    profileFolder: stage.options.profileFolder,
  })
}
