import { describe, expect, test } from 'vitest'
import { type ProductContent, productContentSchema } from '#governance/index.ts'
import { DomainError } from '#kernel/errors.ts'
import { sampleContent } from '#tests/builders/gateway.ts'
import { judgeAnswer } from './connectors/judge-answer.ts'
import { identifyingParameter, sandboxDelivery } from './sandbox.ts'

const request = (no: string) => ({
  method: 'POST',
  path: '/query',
  query: new URLSearchParams(),
  body: Buffer.from(JSON.stringify({ no })),
  requestId: 'test',
})

/** What a call with this number comes to: its result class, or the code it is told. */
function outcomeOf(no: string, outcome: string | null = null, content = sampleContent): string {
  try {
    const delivery = sandboxDelivery(content, { request: request(no), outcome, seed: 0 })
    return delivery.resultClass === 'failed' ? delivery.problem : delivery.resultClass
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
}

test.each([
  ['420000190001010017', null, 'found'],
  ['420000190001010000', null, 'not_found'],
  ['0000', null, 'not_found'],
  ['000', null, 'found'],
  ['00001', null, 'found'],
  ['420000190001019999', null, 'UPSTREAM_TIMEOUT'],
  ['420000190001018888', null, 'UPSTREAM_FAILED'],
  ['420000190001017777', null, 'RATE_LIMITED'],
  ['420000190001016666', null, 'found'],
  // The header says it outright, and wins.
  ['420000190001010000', 'found', 'found'],
  ['1', 'not_found', 'not_found'],
  ['1', 'upstream_failed', 'UPSTREAM_FAILED'],
  ['1', 'upstream_timeout', 'UPSTREAM_TIMEOUT'],
  ['1', 'rate_limited', 'RATE_LIMITED'],
  ['1', 'whatever', 'VALIDATION_FAILED'],
  ['', null, 'VALIDATION_FAILED'],
])('%s with the header %s comes to %s', (no, header, outcome) => {
  expect(outcomeOf(no, header)).toBe(outcome)
})

test('the identifying parameter is the first required text of the table', () => {
  const [first] = sampleContent.delivery.parameters
  if (!first) throw new Error('the sample has a parameter')
  const withParameters = (parameters: readonly object[]): ProductContent =>
    productContentSchema.parse({
      ...sampleContent,
      delivery: { ...sampleContent.delivery, parameters },
    })
  expect(identifyingParameter(sampleContent)?.name).toBe('no')
  const count = { ...first, name: 'count', type: 'integer' }
  const note = { ...first, name: 'note', isRequired: false }
  expect(identifyingParameter(withParameters([count, note, first]))?.name).toBe('no')
  expect(identifyingParameter(withParameters([count, note]))).toBeUndefined()
  expect(identifyingParameter(withParameters([]))).toBeUndefined()
})

describe('an answer of the sandbox reads by the rule that reads a live one', () => {
  const rules: readonly ProductContent['resultRule'][] = [
    { kind: 'status', notFoundStatuses: [404] },
    { kind: 'status', notFoundStatuses: [204] },
    { kind: 'json', foundPointer: '/data', notFoundStatuses: [404] },
    { kind: 'json', foundPointer: '/result/found', notFoundStatuses: [] },
    { kind: 'json', foundPointer: '', notFoundStatuses: [404] },
    { kind: 'json', foundPointer: '/data', recordsPointer: '/data', notFoundStatuses: [404] },
    { kind: 'json', foundPointer: '/data', recordsPointer: '/data/rows', notFoundStatuses: [404] },
    { kind: 'json', foundPointer: '/ok', recordsPointer: '/rows', notFoundStatuses: [404] },
    { kind: 'json', foundPointer: '/a~1b', notFoundStatuses: [404] },
  ]
  test.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))('%s', (_name, rule) => {
    const content = { ...sampleContent, resultRule: rule }
    const isList = rule.kind === 'json' && rule.recordsPointer !== undefined
    const cases = [
      ['1', 'found', isList ? 2n : 1n],
      ['0000', 'not_found', 0n],
    ] as const
    for (const [no, resultClass, records] of cases) {
      const delivery = sandboxDelivery(content, { request: request(no), outcome: null, seed: 1 })
      if (delivery.resultClass === 'failed') throw new Error('it was not asked to fail')
      expect(judgeAnswer(rule, delivery)).toEqual({
        kind: delivery.resultClass,
        records: delivery.records,
      })
      expect([delivery.resultClass, delivery.records]).toEqual([resultClass, records])
    }
  })
})
