import { redisOptions } from '#kernel/config.ts'
import { openPool } from '#kernel/database.ts'
import { shardCount, startUsageWriter } from '#metering/index.ts'
import { steppedClock } from './stepped-clock.ts'

/** A usage writer in a process of its own, to be killed. */
const [databaseUrl = '', redisUrl = ''] = process.argv.slice(2)
startUsageWriter({
  pool: openPool({ connectionString: databaseUrl, poolSize: shardCount + 1 }),
  redis: redisOptions({ redisUrl }),
  clock: steppedClock(),
  onError: () => undefined,
})
process.stdout.write('writing\n')
