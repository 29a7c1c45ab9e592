import { setTimeout as pause } from 'node:timers/promises'
import { allShards, streamKey } from '#metering/index.ts'
import type { Fault, Pausable, PlannedFault } from './plan.ts'
import { until } from './until.ts'
import type { UsageCity } from './usage-city.ts'

/**
 * Whom a fault concerns until it is over. Faults of different targets overlap, those of one wait for each
 * other. A gateway that was killed is over when what only Redis had of it is in PostgreSQL, so that Redis is
 * not emptied in the same moment: that loss is real, and has a test of its own.
 */
function targetsOf(fault: Fault): readonly Pausable[] {
  switch (fault.kind) {
    case 'paused':
      return [fault.who]
    case 'gateway_killed':
      return ['gateway']
    case 'writer_killed':
      return ['writer']
    case 'redis_killed':
    case 'redis_disk_full':
      return ['redis']
    case 'redis_emptied':
      return ['gateway', 'redis']
    case 'entries_delivered_again':
      return ['writer', 'redis']
    case 'postgres_away':
      return ['postgres']
    case 'clock_stepped':
      return ['gateway', 'writer']
  }
}

/** Lets the faults of a plan happen as calls are answered. */
export function inflictPlan(city: UsageCity, plan: readonly PlannedFault[]) {
  const planned = [...plan]
  const over = new Map<Pausable, Promise<unknown>>()
  const works: Promise<void>[] = []
  let left = plan.length
  return {
    onCall: (answered: number): void => {
      while (planned[0] && planned[0].atCall <= answered) {
        const { fault } = planned.shift() as PlannedFault
        const targets = targetsOf(fault)
        const work = Promise.all(targets.map((target) => over.get(target))).then(() =>
          inflict(city, fault),
        )
        for (const target of targets) over.set(target, work)
        work.catch(() => undefined).finally(() => (left -= 1))
        works.push(work)
      }
    },
    isOver: () => left === 0,
    /** Errors: those of a fault that could not be inflicted or did not pass. */
    done: () => Promise.all(works),
  }
}

async function inflict(city: UsageCity, fault: Fault): Promise<void> {
  const { redis, postgres } = city.servers
  switch (fault.kind) {
    case 'writer_killed':
      return city.restartWriter()
    case 'gateway_killed':
      await city.restartGateway()
      return city.untilWritten()
    case 'redis_killed':
      await redis.kill()
      await pause(300)
      return redis.start()
    case 'redis_emptied':
      await redis.kill()
      redis.wipe()
      await redis.start()
      return city.untilReady()
    case 'redis_disk_full':
      // Whoever starts it again before there is room sees it end at its next write.
      for (const roomBytes of [700, 0]) {
        await redis.fillDisk(roomBytes)
        await redis.start()
      }
      return
    case 'entries_delivered_again':
      return deliverAgain(city)
    case 'postgres_away':
      await postgres.kill()
      await pause(fault.forMs)
      return postgres.start()
    case 'paused':
      return pauseFor(city, fault)
    case 'clock_stepped':
      return stepClocks(city, fault)
  }
}

async function pauseFor(
  city: UsageCity,
  { who, forMs }: Readonly<{ who: Pausable; forMs: number }>,
): Promise<void> {
  const paused = {
    gateway: city.gateway,
    writer: city.writer,
    redis: () => city.servers.redis,
    postgres: () => city.servers.postgres,
  }[who]()
  paused.pause()
  await pause(forMs)
  paused.resume()
}

/** The gateway's clock goes wrong, one way and then the other, the writer's after it; both are set right together. */
async function stepClocks(
  city: UsageCity,
  { byMs, forMs }: Readonly<{ byMs: number; forMs: number }>,
): Promise<void> {
  for (const wrongByMs of [byMs, -byMs]) {
    city.gateway().stepClock(wrongByMs)
    await pause(forMs / 2)
    city.writer().stepClock(wrongByMs)
    await pause(forMs / 2)
  }
  city.gateway().stepClock(0)
  city.writer().stepClock(0)
}

const copiesMax = 200

/** Puts entries that a stopped writer has not read back into the stream, the last first, each twice. */
async function deliverAgain(city: UsageCity): Promise<void> {
  const redis = city.redis()
  city.writer().pause()
  let copied = 0
  await until('there are entries to deliver again', async () => {
    for (const shard of allShards) {
      const key = streamKey(shard)
      const entries = await redis.xrange(key, '-', '+', 'COUNT', copiesMax)
      const copies = redis.pipeline()
      for (const [, fields] of entries.toReversed())
        copies.xadd(key, '*', ...fields).xadd(key, '*', ...fields)
      await copies.exec()
      copied += entries.length
    }
    return copied > allShards.length
  })
  city.writer().resume()
}
