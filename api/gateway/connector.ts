import type { ConnectorKind, ProductContent } from '#governance/index.ts'
import type { Id } from '#kernel/ids.ts'

/** What a caller sent, below `/data/v1/{product}`. Nothing of it is kept. */
export type DeliveryRequest = Readonly<{
  method: string
  /** `/query`, still encoded, without the product. */
  path: string
  query: URLSearchParams
  /** The body as it came; empty when there was none. */
  body: Uint8Array
  requestId: string
  /** The caller's Range and If-Range, which files answer to. */
  range?: string | null
  ifRange?: string | null
}>

/** The provider's service as the operator bound it to a product version, with its credential opened. */
export type OpenUpstream = Readonly<{
  upstreamId: Id<'upstream'>
  connector: ConnectorKind
  address: string
  settings: unknown
  secret: string | null
  delivery: ProductContent['delivery']
  resultRule: ProductContent['resultRule']
  /** What the reviewed dictionary of the version knows: nothing else may come out. */
  fields: readonly string[]
}>

/** An answer that is here as a whole. */
export type HeldDelivery = Readonly<{
  resultClass: 'found' | 'not_found'
  status: number
  headers: Readonly<Record<string, string>>
  body: Buffer
  records: bigint
}>

/**
 * A found file larger than one buffer, still to be read. `chunks` throws what the egress throws; whoever
 * does not read it discards it.
 */
export type StreamedDelivery = Readonly<{
  resultClass: 'streamed'
  status: number
  headers: Readonly<Record<string, string>>
  chunks: AsyncIterable<Buffer>
  discard: () => void
}>

/** The provider did not deliver; the caller is told by a problem of this code and pays nothing. */
export type FailedDelivery = Readonly<{
  resultClass: 'failed'
  problem: 'UPSTREAM_FAILED' | 'UPSTREAM_TIMEOUT'
  /** For the log and the counters; `aborted` and `circuit_open` are told apart in the event too. */
  why: string
}>

export type Delivery = HeldDelivery | StreamedDelivery | FailedDelivery

export interface Connector {
  /**
   * Fetches from where the data is. Throws DomainError for a call the product version does not offer
   * (VALIDATION_FAILED, CONSENT_REFERENCE_REQUIRED, RANGE_NOT_SATISFIABLE); everything that goes wrong
   * behind is a `failed` delivery.
   */
  deliver(request: DeliveryRequest, upstream: OpenUpstream, signal: AbortSignal): Promise<Delivery>
  /** Ends the connections it holds itself. */
  close?(): Promise<void>
}

export function failedDelivery(why: string): FailedDelivery {
  return {
    resultClass: 'failed',
    problem: why === 'timed_out' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_FAILED',
    why,
  }
}
