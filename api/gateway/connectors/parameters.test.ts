import { describe, expect, test } from 'vitest'
import type { ProductParameter } from '#governance/index.ts'
import type { DeliveryRequest } from '#api/gateway/connector.ts'
import { DomainError } from '#kernel/errors.ts'
import { readParameters } from './parameters.ts'

const words = { zh: '说明', en: 'text' }

function parameter(more: Partial<ProductParameter> & { name: string }): ProductParameter {
  return { in: 'body', type: 'string', isRequired: true, description: words, example: 'x', ...more }
}

function deliveryOf(method: 'GET' | 'POST', path: string, parameters: ProductParameter[]) {
  return {
    mode: 'api' as const,
    method,
    path,
    contentType: 'application/json',
    parameters,
    timeoutMs: 1_000,
    responseBytesMax: 1_024,
  }
}

function call(more: Partial<DeliveryRequest> & { json?: unknown }): DeliveryRequest {
  const { json, ...rest } = more
  return {
    method: 'POST',
    path: '/query',
    query: new URLSearchParams(),
    body: json === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(json)),
    requestId: 'r1',
    ...rest,
  }
}

function faultsOf(work: () => unknown): unknown {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'VALIDATION_FAILED') throw error
    return error.detail?.['fields']
  }
}

describe('parameters in the body', () => {
  const delivery = deliveryOf('POST', '/query', [
    parameter({ name: 'id_number', pattern: '[0-9]{17}[0-9X]' }),
    parameter({ name: 'years', type: 'integer', isRequired: false }),
  ])

  test('are read by name', () => {
    const values = readParameters(
      delivery,
      call({ json: { id_number: '42129919900101001X', years: 3 } }),
    )
    expect(Object.fromEntries(values.body)).toEqual({ id_number: '42129919900101001X', years: 3 })
  })

  test.each([
    [{}, [{ field: 'body.id_number', reason: 'required' }]],
    [{ id_number: 1 }, [{ field: 'body.id_number', reason: 'not_string' }]],
    [{ id_number: 'x42129919900101001X' }, [{ field: 'body.id_number', reason: 'pattern' }]],
    [
      { id_number: '42129919900101001X', years: '3' },
      [{ field: 'body.years', reason: 'not_integer' }],
    ],
    [{ id_number: '42129919900101001X', raw: true }, [{ field: 'body.raw', reason: 'unknown' }]],
  ])('%j is refused', (json, faults) => {
    expect(faultsOf(() => readParameters(delivery, call({ json })))).toEqual(faults)
  })

  test.each(['{', '[]', 'null', '"a"'])('a body of %s is refused', (text) => {
    expect(
      faultsOf(() => readParameters(delivery, call({ body: Buffer.from(text) }))),
    ).toContainEqual({ field: 'body', reason: 'not_a_json_object' })
  })

  test('an identifier in the query is refused, not passed on', () => {
    const query = new URLSearchParams({ id_number: '42129919900101001X' })
    expect(faultsOf(() => readParameters(delivery, call({ query })))).toEqual([
      { field: 'query.id_number', reason: 'unknown' },
      { field: 'body.id_number', reason: 'required' },
    ])
  })
})

describe('parameters in path and query', () => {
  const delivery = deliveryOf('GET', '/lots/{lot}', [
    parameter({ name: 'lot', in: 'path', maxLength: 5 }),
    parameter({ name: 'day', in: 'query', type: 'date', isRequired: false }),
  ])
  const get = (path: string, query = ''): unknown =>
    faultsOf(() =>
      readParameters(delivery, call({ method: 'GET', path, query: new URLSearchParams(query) })),
    )

  test.each([
    ['/lots/P0001', ''],
    ['/lots/%E5%81%9C', 'day=2026-08-01'],
  ])('%s?%s is read', (path, query) => {
    expect(get(path, query)).toEqual([])
  })

  test.each([
    ['/lots', '', 'path', 'not_offered'],
    ['/lots/P0001/owner', '', 'path', 'not_offered'],
    ['/lots/..', '', 'path', 'not_offered'],
    ['/lots/%2e%2e', '', 'path', 'not_offered'],
    ['/lots/%ff', '', 'path', 'not_offered'],
    ['/lots/P00012', '', 'path.lot', 'too_long'],
    ['/lots/P0001', 'day=tomorrow', 'query.day', 'not_date'],
    ['/lots/P0001', 'day=2026-08-01&day=2026-08-02', 'query.day', 'given_twice'],
  ])('%s?%s is refused', (path, query, field, reason) => {
    expect(get(path, query)).toContainEqual({ field, reason })
  })

  test('another method is not offered', () => {
    expect(
      faultsOf(() => readParameters(delivery, call({ method: 'POST', path: '/lots/P0001' }))),
    ).toEqual([{ field: 'method', reason: 'not_offered' }])
  })
})
