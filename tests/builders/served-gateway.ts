import { request as httpRequest, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve, type ServerType } from '@hono/node-server'
import type { Gateway } from '#api/gateway/start-gateway.ts'

export type ServedGateway = Readonly<{
  origin: string
  close: () => Promise<void>
}>

/** A gateway behind a real port, as its process serves it. */
export async function serveGateway(gateway: Pick<Gateway, 'app'>): Promise<ServedGateway> {
  const { promise, resolve } = Promise.withResolvers<AddressInfo>()
  const server: ServerType = serve(
    { fetch: gateway.app.fetch, hostname: '127.0.0.1', port: 0 },
    resolve,
  )
  const { port } = await promise
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise<void>((done) => {
        server.close(() => done())
      })
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}

export type RawCall = Readonly<{
  method?: string
  url: string
  headers: Readonly<Record<string, string>>
  body?: string
}>

/** A call whose answer is taken piece by piece, and whose line can be cut. */
export async function openCall(call: RawCall): Promise<IncomingMessage> {
  const { method = 'GET', headers } = call
  // A line of its own: one that an earlier call cut is not taken again.
  const asked = httpRequest(call.url, { method, headers, agent: false })
  asked.end(call.body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  for (const end of [asked, answer]) end.on('error', () => undefined)
  return answer
}
