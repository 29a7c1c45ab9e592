import type { DeliveryRequest, OpenUpstream } from '#api/gateway/connector.ts'
import type { ProductParameter } from '#governance/index.ts'
import type { Id } from '#kernel/ids.ts'

const words = { zh: '示例', en: 'Sample' }
let upstreams = 0

export function sampleParameter(
  name: string,
  place: ProductParameter['in'],
  more: Partial<ProductParameter> = {},
): ProductParameter {
  const common = { type: 'string', isRequired: true, description: words, example: '1' } as const
  return { name, in: place, ...common, ...more }
}

/** An upstream of its own, so that no test meets the circuit of another. */
export function sampleUpstream(
  more: Partial<Omit<OpenUpstream, 'delivery'>> &
    Readonly<{ address: string; delivery?: Partial<OpenUpstream['delivery']> }>,
): OpenUpstream {
  upstreams += 1
  return {
    upstreamId: `upstream_${String(upstreams).padStart(20, '0')}` as Id<'upstream'>,
    connector: 'http',
    settings: {},
    secret: 'the-credential',
    resultRule: { kind: 'json', foundPointer: '/data', notFoundStatuses: [404] },
    fields: ['band'],
    ...more,
    delivery: {
      mode: 'api',
      method: 'GET',
      path: '/query',
      contentType: 'application/json',
      parameters: [],
      timeoutMs: 1_000,
      responseBytesMax: 65_536,
      ...more.delivery,
    },
  }
}

export function sampleRequest(more: Partial<DeliveryRequest> = {}): DeliveryRequest {
  return {
    method: 'GET',
    path: '/query',
    query: new URLSearchParams(),
    body: new Uint8Array(),
    requestId: 'r1',
    ...more,
  }
}
