import { setTimeout as pause } from 'node:timers/promises'
import type { Connector } from '#api/gateway/connector.ts'
import { createConnectors } from '#api/gateway/connectors/index.ts'
import { type Gateway, startGateway } from '#api/gateway/start-gateway.ts'
import { type Config, redisOptions } from '#kernel/config.ts'
import { createEgress, type Egress } from '#kernel/egress.ts'
import { monthPeriod } from '#kernel/period.ts'
import { shardCount } from '#metering/index.ts'
import { pino } from 'pino'
import { untilCommitted } from './city-gateway.ts'
import { initOf, shownSubscription } from './drive-calls.ts'
import { layRedisLine, type RedisLine } from './redis-line.ts'
import { requestFor } from './requests.ts'
import { of, type World } from './world.ts'

export type Happening = Readonly<{ at: Date; happen: () => Promise<void> }>

const product = 'finance-risk-model'
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
/** Redis is tried again every two seconds at the latest, and one try may take ten. */
const attemptsMax = 600

type LateGateway = Readonly<{ gateway: Gateway; line: RedisLine; egress: Egress }>

/**
 * A late item (design.md section 5, Metering 6): in the last minutes of the first month a second
 * gateway loses its line to Redis between delivering an answer and recording it. It falls silent, the
 * month is billed without it, and when the line is mended its event comes in for the next bill.
 */
export function prepareLateItem(world: World, config: Config): Happening[] {
  const endMs = monthPeriod(world.calendar.fullMonths[0]).to.getTime()
  let late: LateGateway | undefined
  return [
    {
      at: new Date(endMs - 10 * minuteMs),
      happen: async () => {
        late = await callAndLoseTheLine(world, config)
      },
    },
    {
      at: new Date(endMs + 2.5 * dayMs),
      happen: async () => {
        if (late) await mendTheLine(late)
      },
    },
  ]
}

async function callAndLoseTheLine(world: World, config: Config): Promise<LateGateway> {
  const line = await layRedisLine(redisOptions(config))
  const egress = createEgress({ allowedOrigins: config.egressOrigins })
  const delivered = Promise.withResolvers<void>()
  const gateway = await startGateway({
    db: world.db,
    redis: line.options,
    clock: world.clock,
    keys: world.keys,
    // A lost line is what this gateway is here for.
    log: pino({ level: 'silent' }),
    egressOrigins: config.egressOrigins,
    timers: false,
    connectors: {
      model: losingTheLine(createConnectors({ egress }).model, line, delivered.resolve),
    },
  })
  await gateway.recorder.heartbeat()
  await untilHeard(world, gateway.recorder.bootId)
  const subscription = shownSubscription(product)
  const month = world.calendar.fullMonths[0]
  const request = requestFor({ product, outcome: 'found', pick: 7, month })
  const init = initOf(of(world.apiKeys, subscription?.key ?? ''), request)
  // Its caller hears nothing for as long as the line is down; the seed goes on meanwhile.
  void world.clock
    .during(world.clock.now(), async () =>
      gateway.app.request(`/data/v1/${product}${request.path}`, init),
    )
    .catch(() => undefined)
  await delivered.promise
  return { gateway, line, egress }
}

/** The writer dates what it hears by its own clock: heard only after the clock moved on, the gateway would not be silent. */
async function untilHeard(world: World, bootId: string): Promise<void> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const heard = await world.db
      .selectFrom('metering.boot_progress')
      .select('shard')
      .where('boot_id', '=', bootId)
      .execute()
    if (heard.length === shardCount) return
    await pause(50)
  }
  throw new Error('the writer never heard of the second gateway')
}

function losingTheLine(
  connector: Connector | undefined,
  line: RedisLine,
  tell: () => void,
): Connector {
  if (connector === undefined) throw new Error('there is a connector for models')
  return {
    deliver: async (request, upstream, signal) => {
      const delivery = await connector.deliver(request, upstream, signal)
      await line.cut()
      tell()
      return delivery
    },
  }
}

async function mendTheLine({ gateway, line, egress }: LateGateway): Promise<void> {
  await line.restore()
  const { connection } = gateway.recorder
  for (let attempt = 0; connection.status !== 'ready'; attempt++) {
    if (attempt === attemptsMax)
      throw new Error(`the line to Redis cannot be mended: it is ${connection.status}`)
    await pause(50)
  }
  await gateway.recorder.heartbeat()
  await untilCommitted(gateway)
  await gateway.close()
  await egress.close()
  await line.close()
}
