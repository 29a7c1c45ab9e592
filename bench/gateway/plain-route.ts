import { Hono } from 'hono'
import { readArrival, readBody } from '#api/gateway/arrival.ts'
import type { OpenUpstream } from '#api/gateway/connector.ts'
import { createHttpConnector } from '#api/gateway/connectors/http.ts'
import { createProviderLines, nobodyWatches } from '#api/gateway/connectors/provider-line.ts'
import type { Egress } from '#kernel/egress.ts'
import type { Id } from '#kernel/ids.ts'
import { sampleContent } from '#tests/builders/gateway.ts'

/** The gateway's route to the same provider, with key check, usage control and metering taken away. */
export function createPlainRoute(deps: Readonly<{ egress: Egress; provider: string }>): Hono {
  const connector = createHttpConnector({
    egress: deps.egress,
    lines: createProviderLines(nobodyWatches),
  })
  const upstream: OpenUpstream = {
    upstreamId: 'upstream_00000000000000000000' as Id<'upstream'>,
    connector: 'http',
    address: deps.provider,
    settings: {},
    secret: null,
    delivery: sampleContent.delivery,
    resultRule: sampleContent.resultRule,
    fields: sampleContent.dictionary.map((entry) => entry.name),
  }
  const app = new Hono()
  app.all('/data/v1/*', async (c) => {
    const arrival = readArrival(c)
    const body = await readBody(c)
    const delivery = await connector.deliver(
      {
        method: arrival.method,
        path: arrival.path,
        query: new URLSearchParams(arrival.search),
        body: body ?? new Uint8Array(),
        requestId: '-',
      },
      upstream,
      c.req.raw.signal,
    )
    if (!('body' in delivery)) return new Response(null, { status: 502 })
    return new Response(new Uint8Array(delivery.body), {
      status: delivery.status,
      headers: delivery.headers,
    })
  })
  return app
}
