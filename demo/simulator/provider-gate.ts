import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import pg from 'pg'

export type ProviderGate = Readonly<{ port: number; close: () => Promise<void> }>

/**
 * The one port of the providers: their web services, and beside them the database of one, for the platform's
 * reader. Which of the two a connection is for, its first byte says: PostgreSQL begins with a length, HTTP
 * with a word. So the city keeps one address, wherever its database has its socket.
 */
export async function openProviderGate(
  input: Readonly<{ app: Hono; databaseUrl: string; port: number }>,
): Promise<ProviderGate> {
  const web = createAdaptorServer({ fetch: input.app.fetch })
  const open = new Set<Socket>()
  const gate = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.once('readable', () => {
      const first: unknown = socket.read()
      if (!Buffer.isBuffer(first)) return
      socket.unshift(first)
      if (first[0] === 0) passToDatabase(socket, input.databaseUrl)
      else web.emit('connection', socket)
    })
  })
  const port = await listen(gate, input.port)
  return {
    port,
    close: async () => {
      const closed = new Promise<void>((done) => gate.close(() => done()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

function listen(gate: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  gate.on('error', reject)
  gate.listen(port, '127.0.0.1', () => resolve((gate.address() as AddressInfo).port))
  return promise
}

function passToDatabase(socket: Socket, databaseUrl: string): void {
  const { host, port } = new pg.Client({ connectionString: databaseUrl })
  const database = host.startsWith('/')
    ? connect({ path: `${host}/.s.PGSQL.${port}` })
    : connect({ host, port })
  database.on('error', () => socket.destroy())
  socket.on('close', () => database.destroy())
  database.on('close', () => socket.destroy())
  socket.pipe(database)
  database.pipe(socket)
}
