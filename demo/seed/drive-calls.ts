import { type CitySubscription, subscriptions } from '#demo/city/subscriptions.ts'
import { monthOf, startOfDay } from '#kernel/period.ts'
import { type CallRequest, requestFor } from './requests.ts'
import { type PlannedCall, planHour } from './traffic.ts'
import { of, type World } from './world.ts'

/** The gateway as its callers see it, and what the seed does between two stretches of calls. */
export type CityGateway = Readonly<{
  send: (path: string, init: RequestInit) => Promise<Response>
  /** Everything answered so far is written to PostgreSQL, and the gateway says what time it is. */
  settle: () => Promise<void>
}>

const hourMs = 3_600_000
/** A call is answered, and repeated, before the stretch is over. */
const marginMs = 30_000
/** Enough that one flush of the usage stream carries many calls. */
const atOnce = 64

/** A stretch of one day in which nothing but calls happens. */
export type CallSpan = Readonly<{ day: string; from: Date; to: Date; volume: number }>

/** Makes the calls planned for a stretch of a day. Gives how many. */
export async function driveCalls(
  world: World,
  gateway: CityGateway,
  span: CallSpan,
): Promise<number> {
  world.clock.moveTo(span.from)
  const planned = planSpan(world.clock.now(), span)
  let next = 0
  const work = async (): Promise<void> => {
    for (let call = planned[next++]; call !== undefined; call = planned[next++])
      await makeCall(world, gateway, call)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  world.clock.moveTo(span.to)
  await gateway.settle()
  return planned.length
}

/** The offices may have reached into the stretch; the calls of what they took come at its beginning. */
function planSpan(now: Date, span: CallSpan): PlannedCall[] {
  const midnightMs = startOfDay(span.day).getTime()
  const nowMs = now.getTime()
  const calls = [...planDay(span), ...oddities(span.day, midnightMs)]
  return calls
    .filter((call) => call.at >= span.from && call.at.getTime() < span.to.getTime() - marginMs)
    .map((call) => (call.at.getTime() > nowMs ? call : { ...call, at: now }))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

function planDay(span: CallSpan): PlannedCall[] {
  return Array.from({ length: 24 }, (_, hour) => planHour({ ...span, hour }, subscriptions)).flat()
}

/** Every day somebody tries the sandbox, and now and then a provider keeps its caller waiting. */
function oddities(day: string, midnightMs: number): PlannedCall[] {
  const [subscription] = subscriptions
  if (subscription === undefined) return []
  const at = (hour: number): Date => new Date(midnightMs + hour * hourMs)
  return [
    { at: at(10), subscription, outcome: 'sandbox', pick: 1 },
    ...(day.endsWith('-17')
      ? [{ at: at(11), subscription, outcome: 'slow' as const, pick: 0 }]
      : []),
  ]
}

async function makeCall(world: World, gateway: CityGateway, call: PlannedCall): Promise<void> {
  const { subscription, at, outcome, pick } = call
  const request = requestFor({
    product: subscription.product,
    outcome,
    pick,
    month: monthOf(at),
  })
  const once = (after: number, extra: Record<string, string>): Promise<Response> =>
    world.clock.during(new Date(at.getTime() + after), () =>
      gateway.send(
        `/data/v1/${subscription.product}${request.path}`,
        initOf(
          of(world.apiKeys, outcome === 'sandbox' ? outcome : subscription.key),
          request,
          extra,
        ),
      ),
    )
  if (outcome !== 'repeat') return drain(await once(0, {}))
  const key = { 'idempotency-key': `order-${at.getTime()}-${pick}` }
  await drain(await once(0, key))
  await drain(await once(5_000, key))
}

async function drain(response: Response): Promise<void> {
  await response.arrayBuffer()
}

export function initOf(
  key: string,
  request: CallRequest,
  extra: Readonly<Record<string, string>> = {},
): RequestInit {
  return {
    method: request.method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...extra,
    },
    ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
  }
}

/** The subscription whose key demo.json names for a product: the first that pays for it. */
export function shownSubscription(product: string): CitySubscription | undefined {
  return subscriptions.find((each) => each.product === product && each.priceItem !== undefined)
}
