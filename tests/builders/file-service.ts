import { createHash, randomBytes } from 'node:crypto'
import {
  createReadStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type ProviderServer, useProviderServer } from './provider-server.ts'

export type FileService = ProviderServer &
  Readonly<{
    /** Puts a file of random bytes there, under its name. */
    put: (name: string, bytes: number) => Buffer
    etagOf: (name: string) => string
    /** How it behaves: with ranges, as if there were none, or with bodies of unknown length. */
    behave: (how: 'ranges' | 'no_ranges' | 'chunked') => void
    /** Header fields of the requests, newest last. */
    asked: () => readonly IncomingMessage[]
  }>

/** A provider's file service: real files of a folder by HTTP, with ETag and byte ranges. */
export function useFileService(): FileService {
  const server = useProviderServer()
  let folder = ''
  let how: Parameters<FileService['behave']>[0] = 'ranges'
  const asked: IncomingMessage[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'files-'))
    server.answer(serve)
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const etagOf = (name: string): string =>
    `"${createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
      .slice(0, 16)}"`

  function serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    asked.push(incoming)
    const name = (incoming.url ?? '').slice(1)
    const path = join(folder, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) {
      outgoing.writeHead(404).end('no such file in /srv/files')
      return
    }
    const etag = etagOf(name)
    const headers = { 'content-type': 'text/csv', etag, 'x-internal-host': 'nas3' }
    const ifRange = incoming.headers['if-range']
    const range = /^bytes=(\d*)-(\d*)$/.exec(incoming.headers.range ?? '')
    if (how === 'ranges' && range && (ifRange === undefined || ifRange === etag)) {
      const [, from = '', to = ''] = range
      const first = from === '' ? Math.max(0, stat.size - Number(to)) : Number(from)
      const last = from === '' || to === '' ? stat.size - 1 : Math.min(Number(to), stat.size - 1)
      if (first > last) {
        outgoing.writeHead(416, { 'content-range': `bytes */${stat.size}` }).end()
        return
      }
      const sized = {
        'content-range': `bytes ${first}-${last}/${stat.size}`,
        'content-length': last - first + 1,
      }
      outgoing.writeHead(206, { ...headers, ...sized })
      send(createReadStream(path, { start: first, end: last }))
      return
    }
    outgoing.writeHead(
      200,
      how === 'chunked' ? headers : { ...headers, 'content-length': stat.size },
    )
    send(createReadStream(path))

    function send(file: ReturnType<typeof createReadStream>): void {
      if (incoming.method === 'HEAD') file.destroy()
      if (incoming.method === 'HEAD') outgoing.end()
      else file.pipe(outgoing)
      outgoing.on('close', () => file.destroy())
    }
  }

  return {
    ...server,
    get origin() {
      return server.origin
    },
    get port() {
      return server.port
    },
    put: (name, bytes) => {
      const content = randomBytes(bytes)
      writeFileSync(join(folder, name), content)
      return content
    },
    etagOf,
    behave: (next) => {
      how = next
      server.answer(serve)
    },
    asked: () => asked,
  }
}
