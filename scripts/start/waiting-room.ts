import { createServer } from 'node:http'

export type WaitingRoom = Readonly<{
  /** The newest progress line, shown to whoever asks meanwhile. */
  tell: (line: string) => void
  close: () => Promise<void>
}>

/** Holds the platform's port while the demo city is built: everything is 503 with the progress so far. */
export async function openWaitingRoom(at: { host: string; port: number }): Promise<WaitingRoom> {
  let progress = 'starting'
  const server = createServer((_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '2' })
    response.end(JSON.stringify({ status: 'seeding', progress }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, resolve)
  })
  return {
    tell: (line) => {
      progress = line
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
