import { z } from 'zod'
import { DomainError } from '#kernel/errors.ts'
import { type Egress, EgressError, type EgressRequest, type EgressStream } from '#kernel/egress.ts'
import {
  type Connector,
  type Delivery,
  type DeliveryRequest,
  failedDelivery,
  type OpenUpstream,
} from '#api/gateway/connector.ts'
import {
  type AskedRange,
  type ByteSpan,
  isAnswerTo,
  parseContentRange,
  parseRange,
  spanOf,
} from './byte-range.ts'
import { peek, slice } from './byte-chunks.ts'
import { onceEach } from './once-each.ts'
import { type ParameterValues, readParameters } from './parameters.ts'
import { isFailed, type ProviderLines } from './provider-line.ts'
import { composeRequest, passedOn, sendSafely, webSettings } from './web-request.ts'

/** What is longer is handed over piece by piece, with an opening and a closing record. */
export const oneBufferBytes = 1_048_576
/** Where the product version does not say how long handing over may take. */
export const defaultStreamSeconds = 600

/** A file of the provider's file service, or a report of it, which is an attachment with a name of its own. */
const fileSettings = webSettings.extend({
  /** The name the file is saved under, with `{name}` for parameters: `visitors-{month}.csv`. */
  fileName: z.string().min(1).max(120).optional(),
})

const settingsOf = onceEach((upstream) => fileSettings.safeParse(upstream.settings))

type Deps = Readonly<{ egress: Egress; lines: ProviderLines }>

/** Reads a file by its HTTP service: whole or one byte range of it, in pieces where it is large. */
export function createFileConnector(deps: Deps): Connector {
  const sending = {
    send: (wanted: EgressRequest) => deps.egress.open(wanted),
    drop: (answer: EgressStream) => answer.discard(),
  }
  return {
    deliver: async (request, upstream, signal) => {
      const values = readParameters(upstream.delivery, request)
      const settings = settingsOf(upstream)
      if (!settings.success) return failedDelivery('settings')
      // What is read piece by piece cannot be looked into before it is answered.
      if (upstream.resultRule.kind !== 'status') return failedDelivery('result_rule')
      const outgoing = composeRequest({ request, upstream, values, settings: settings.data })
      const asked = request.method === 'GET' ? parseRange(request.range) : undefined
      const streamMs = 1_000 * (upstream.delivery.streamSecondsMax ?? defaultStreamSeconds)
      const wanted = {
        ...outgoing,
        method: request.method === 'HEAD' ? ('HEAD' as const) : outgoing.method,
        headers: { ...outgoing.headers, ...rangeHeaders(request, asked) },
        headersTimeoutMs: outgoing.headersTimeoutMs ?? outgoing.timeoutMs,
        bodyTimeoutMs: outgoing.bodyTimeoutMs ?? outgoing.timeoutMs,
        timeoutMs: outgoing.timeoutMs + streamMs,
        signal,
      }
      const name = attachmentName(settings.data.fileName, values)
      return deps.lines.pass(upstream.upstreamId, async () => {
        const answer = await sendSafely(sending, wanted, outgoing.timeoutMs)
        if (isFailed(answer)) return answer
        const file: OpenFile = { request, upstream, asked, answer, name }
        try {
          return await deliveryOf(file)
        } catch (error) {
          answer.discard()
          if (!(error instanceof EgressError)) throw error
          return failedDelivery(error.failure)
        }
      })
    },
  }
}

type OpenFile = Readonly<{
  request: DeliveryRequest
  upstream: OpenUpstream
  asked: AskedRange | undefined
  answer: EgressStream
  name: string | undefined
}>

function rangeHeaders(
  request: DeliveryRequest,
  asked: AskedRange | undefined,
): Record<string, string> {
  if (asked === undefined) return {}
  const range =
    asked.kind === 'suffix' ? `bytes=-${asked.bytes}` : `bytes=${asked.first}-${asked.last ?? ''}`
  return { range, ...(request.ifRange ? { 'if-range': request.ifRange } : {}) }
}

async function deliveryOf(file: OpenFile): Promise<Delivery> {
  const { answer, upstream, asked } = file
  const { status } = answer
  if (upstream.resultRule.notFoundStatuses.includes(status)) {
    answer.discard()
    const body = Buffer.alloc(0)
    return { resultClass: 'not_found', status, headers: {}, body, records: 0n }
  }
  if (status === 416 && asked) throw notSatisfiable(answer.headers['content-range'])
  if ((status !== 200 && status !== 206) || !isOfDeclaredType(file)) {
    answer.discard()
    return failedDelivery(`answered ${status}`)
  }
  const part = status === 206 ? partAnswered(file) : partOfWhole(file)
  if (part === 'wrong') {
    answer.discard()
    return failedDelivery('answered 206')
  }
  return handOver(file, part)
}

/** The bytes of the file that are handed over; `undefined`: all there are, however many. */
type Part = (ByteSpan & Readonly<{ total: number | null; skip: number }>) | undefined

function partAnswered({ asked, answer }: OpenFile): Part | 'wrong' {
  const range = parseContentRange(answer.headers['content-range'])
  if (!asked || !range || !isAnswerTo(asked, range)) return 'wrong'
  return { ...range, skip: 0 }
}

/** The whole file came. Where only a part of it is wanted and it is still the same, we cut it out. */
function partOfWhole({ asked, answer, request }: OpenFile): Part {
  const length = lengthOf(answer)
  if (!asked || length === undefined || !isUnchanged(request.ifRange, answer)) return undefined
  const span = spanOf(asked, length)
  if (!span) throw notSatisfiable(`bytes */${length}`)
  return { ...span, total: length, skip: span.first }
}

/** If-Range (RFC 9110, 13.1.5): only by a strong ETag or the very date. */
function isUnchanged(ifRange: string | null | undefined, { headers }: EgressStream): boolean {
  if (!ifRange) return true
  if (ifRange.startsWith('"')) return ifRange === headers['etag']
  return !ifRange.startsWith('W/') && ifRange === headers['last-modified']
}

function notSatisfiable(contentRange: string | undefined): DomainError {
  return new DomainError('RANGE_NOT_SATISFIABLE', { contentRange: contentRange ?? 'bytes */*' })
}

async function handOver(file: OpenFile, part: Part): Promise<Delivery> {
  const { answer, request, upstream } = file
  const status = part ? 206 : 200
  const length = part ? part.last - part.first + 1 : lengthOf(answer)
  const headers = headersOf(file, part)
  const isHead = request.method === 'HEAD'
  const sized = length === undefined ? {} : { 'content-length': String(length) }
  if (isHead) {
    answer.discard()
    return found({ status, headers: { ...headers, ...sized }, body: Buffer.alloc(0) })
  }
  if (length !== undefined && length > upstream.delivery.responseBytesMax)
    throw new EgressError('too_large', 'a file')
  const skip = part?.skip ?? 0
  // An announced length is kept by the connection itself; only what differs from it is cut by us.
  const isAsItCame = length === undefined || (skip === 0 && length === lengthOf(answer))
  const chunks = isAsItCame ? answer.body : slice(answer.body, { skip, count: length })
  const peeked = await peek(chunks, oneBufferBytes)
  if (peeked.kind === 'whole') {
    answer.discard()
    return found({ status, headers, body: peeked.body })
  }
  return {
    resultClass: 'streamed',
    status,
    headers: { ...headers, ...sized },
    chunks: peeked.chunks,
    discard: answer.discard,
  }
}

function found(
  answer: Readonly<{ status: number; headers: Record<string, string>; body: Buffer }>,
) {
  return { resultClass: 'found', records: 1n, ...answer } as const
}

function headersOf({ answer, upstream, name }: OpenFile, part: Part): Record<string, string> {
  const shown = ['content-type', 'last-modified', 'etag', 'content-disposition']
  return {
    'content-type': upstream.delivery.contentType,
    ...passedOn(answer.headers, shown),
    'accept-ranges': 'bytes',
    ...(part ? { 'content-range': `bytes ${part.first}-${part.last}/${part.total ?? '*'}` } : {}),
    ...(name === undefined ? {} : { 'content-disposition': dispositionOf(name) }),
  }
}

/** A report is what it says it is: a page about an error is not one, whatever its status. */
function isOfDeclaredType({ answer, upstream }: OpenFile): boolean {
  if (upstream.connector !== 'report') return true
  const bare = (type: string): string => (type.split(';')[0] ?? '').trim().toLowerCase()
  return bare(answer.headers['content-type'] ?? '') === bare(upstream.delivery.contentType)
}

function lengthOf({ headers }: EgressStream): number | undefined {
  const text = headers['content-length'] ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function attachmentName(template: string | undefined, values: ParameterValues): string | undefined {
  return template?.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values.path.get(name) ?? values.query.get(name) ?? values.body.get(name)
    return typeof value === 'string' ? value.replaceAll(/[^\p{L}\p{N}._-]/gu, '_') : ''
  })
}

/** A name in any script (RFC 6266 with RFC 8187), and one for those who read ASCII only. */
function dispositionOf(name: string): string {
  const ascii = name.replaceAll(/[^\w.-]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
