import { createServer } from 'node:net'
import { SetupError } from './say.ts'

const TRIED_MAX = 200

type Taken = 'free' | 'taken' | 'forbidden' | 'no_such_address'

function tryPort(host: string, port: number): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve('taken')
      else if (error.code === 'EACCES') resolve('forbidden')
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        resolve('no_such_address')
      else reject(error)
    })
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('free')))
  })
}

function refusal(name: string, host: string, port: number, state: Taken): SetupError {
  switch (state) {
    case 'no_such_address':
      return new SetupError(`This machine has no address ${host}. Set HOST to one it has.`)
    case 'forbidden':
      return new SetupError(
        `Port ${port} (${name}) may not be opened by this user. Set ${name} to a port above 1023.`,
      )
    default:
      return new SetupError(
        `Port ${port} (${name}) is taken. Set ${name} to another port, or leave it unset and a free one is found.`,
      )
  }
}

export type PortWish = Readonly<{
  /** The variable that sets it, for messages. */
  name: string
  host: string
  /** What was set; undefined means the first free one from `usual` on. */
  wanted: number | undefined
  usual: number
  /** Ports already promised to others. */
  without?: readonly number[]
}>

/** The port to listen on. Errors: SetupError when a wanted port cannot be had. */
export async function choosePort(wish: PortWish): Promise<number> {
  if (wish.wanted !== undefined) {
    const state = await tryPort(wish.host, wish.wanted)
    if (state !== 'free') throw refusal(wish.name, wish.host, wish.wanted, state)
    return wish.wanted
  }
  for (let port = wish.usual; port < wish.usual + TRIED_MAX; port += 1) {
    if (wish.without?.includes(port)) continue
    const state = await tryPort(wish.host, port)
    if (state === 'free') return port
    if (state === 'no_such_address') throw refusal(wish.name, wish.host, port, state)
  }
  throw new SetupError(`No free port from ${wish.usual} on. Set ${wish.name} to one that is free.`)
}
