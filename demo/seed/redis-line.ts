import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { RedisConnectionOptions } from '#kernel/config.ts'

/** A line to Redis of one gateway's own, which can be cut without anybody else noticing. */
export type RedisLine = Readonly<{
  options: RedisConnectionOptions
  cut: () => Promise<void>
  restore: () => Promise<void>
  close: () => Promise<void>
}>

export async function layRedisLine(redis: RedisConnectionOptions): Promise<RedisLine> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far =
      redis.path === undefined
        ? connect({ host: redis.host ?? '127.0.0.1', port: redis.port ?? 6379 })
        : connect({ path: redis.path })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  const port = await listen(server, 0)
  const cut = async (): Promise<void> => {
    if (!server.listening) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const { path: _path, tls: _tls, ...rest } = redis
  return {
    options: { ...rest, host: '127.0.0.1', port },
    cut,
    restore: async () => {
      await listen(server, port)
    },
    close: cut,
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
