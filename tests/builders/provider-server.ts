import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

export type Answerer = (incoming: IncomingMessage, outgoing: ServerResponse) => void

export type ProviderServer = Readonly<{
  origin: string
  port: number
  /** Requests so far. */
  served: () => number
  /** Connections open now. */
  connections: () => number
  /** How it answers from now on. */
  answer: (how: Answerer) => void
  /** Stops listening and cuts everybody off; `start` listens on the same port again. */
  stop: () => Promise<void>
  start: () => Promise<void>
}>

/** A provider's web service for the file it is called in. Call it outside of tests. */
export function useProviderServer(): ProviderServer {
  let server: Server | undefined
  let port = 0
  let served = 0
  let open = 0
  let how: Answerer = (_incoming, outgoing) => outgoing.writeHead(404).end()
  const start = async (): Promise<void> => {
    const made = createServer((incoming, outgoing) => {
      served += 1
      how(incoming, outgoing)
    })
    made.on('connection', (socket) => {
      open += 1
      socket.on('close', () => (open -= 1))
    })
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve))
    port = (made.address() as AddressInfo).port
    server = made
  }
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server?.close(() => resolve()))
    server?.closeAllConnections()
    await closed
  }
  beforeAll(start)
  afterAll(stop)
  return {
    get origin() {
      return `http://127.0.0.1:${port}`
    },
    get port() {
      return port
    },
    served: () => served,
    connections: () => open,
    answer: (next) => {
      how = next
    },
    stop,
    start,
  }
}
