import { describe, expect, test } from 'vitest'
import { Decimal } from '#kernel/decimal.ts'
import { contentInput } from '#tests/builders/governance.ts'
import { checkContent, checkLineage, contentDigestOf } from './check-content.ts'
import type { ProductKind } from './contract.ts'

const refusal = (field: string) =>
  expect.objectContaining({
    code: 'VALIDATION_FAILED',
    detail: { fields: [expect.objectContaining({ field })] },
  })
const check = (
  content: object,
  options: { kind?: ProductKind; containsPersonalInformation?: boolean } = {},
) =>
  checkContent(options.kind ?? 'api', {
    content: content as never,
    containsPersonalInformation: options.containsPersonalInformation ?? false,
  })
const delivery = contentInput().delivery

test.each([
  ['an unknown field', { ...contentInput(), secretly: 1 }, 'content'],
  [
    'an API without parameter table (R29)',
    contentInput({ delivery: { ...delivery, parameters: [] } }),
    'content.delivery.parameters',
  ],
  [
    'a delivery of another kind',
    contentInput({ delivery: { ...delivery, mode: 'download' } }),
    'content.delivery.mode',
  ],
  [
    'a path parameter that is not declared',
    contentInput({ delivery: { ...delivery, path: '/a/{id}' } }),
    'content.delivery.path',
  ],
  [
    'a sample row the dictionary does not know',
    contentInput({ sampleRows: [{ other: '1' }] }),
    'content.sampleRows',
  ],
  [
    'a fraction that is no decimal text',
    contentInput({ sampleRows: [{ level: 0.5 }] }),
    'content.sampleRows.0.level',
  ],
])('%s is refused by the name of its field', (_what, content, field) => {
  expect(() => check(content)).toThrow(refusal(field))
})

test('personal information is asked for in the body of a POST and nowhere else', () => {
  expect(() => check(contentInput(), { containsPersonalInformation: true })).toThrow(
    refusal('content.delivery'),
  )
  const parameters = delivery.parameters.map((each) => ({ ...each, in: 'body' as const }))
  const consentParameter = parameters[0]?.name ?? ''
  const inBody = contentInput({
    delivery: { ...delivery, method: 'POST', parameters, consentParameter },
  })
  expect(check(inBody, { containsPersonalInformation: true }).delivery.method).toBe('POST')
  const marked = contentInput({
    dictionary: contentInput().dictionary.map((each) => ({ ...each, isPersonalInformation: true })),
  })
  expect(() => check(marked)).toThrow(refusal('containsPersonalInformation'))
})

describe('the evidence of consent (R88)', () => {
  const withConsent = (consentParameter: string | undefined, isRequired = true) =>
    contentInput({
      delivery: {
        ...delivery,
        method: 'POST',
        parameters: delivery.parameters.map((each) => ({
          ...each,
          in: 'body' as const,
          isRequired,
        })),
        ...(consentParameter === undefined ? {} : { consentParameter }),
      },
    })
  const known = delivery.parameters[0]?.name ?? ''

  test.each([
    ['names no parameter for it', withConsent(undefined)],
    ['names one it has not', withConsent('another')],
    ['names one that may be left out', withConsent(known, false)],
  ])('a product with personal information that %s is refused', (_what, content) => {
    expect(() => check(content, { containsPersonalInformation: true })).toThrow(
      refusal('content.delivery.consentParameter'),
    )
  })

  test('may be asked for without personal information too', () => {
    expect(check(withConsent(known)).delivery.consentParameter).toBe(known)
  })
})

describe('limits that only files and models may have', () => {
  const limited = (more: object) => contentInput({ delivery: { ...delivery, ...more } })
  test.each([
    ['an answer too large to be held', { responseBytesMax: 65 * 1024 * 1024 }, 'responseBytesMax'],
    ['minutes to answer', { timeoutMs: 60_001 }, 'timeoutMs'],
    ['a rule for parts', { partialDelivery: 'delivered_bytes' }, 'partialDelivery'],
    ['a time to hand over', { streamSecondsMax: 60 }, 'streamSecondsMax'],
  ])('an API with %s is refused', (_what, more, field) => {
    expect(() => check(limited(more))).toThrow(refusal(`content.delivery.${field}`))
  })

  test('a data set may have the first, the third and the last', () => {
    const content = limited({
      mode: 'download',
      responseBytesMax: 1024 ** 3,
      partialDelivery: 'delivered_bytes',
      streamSecondsMax: 900,
    })
    expect(check(content, { kind: 'dataset' }).delivery.streamSecondsMax).toBe(900)
  })

  test('a model may take minutes, and its answer is read', () => {
    const model = { mode: 'model_call', timeoutMs: 300_000 }
    expect(check(limited(model), { kind: 'model' }).delivery.timeoutMs).toBe(300_000)
    const unread = { ...limited(model), resultRule: { kind: 'status' } }
    expect(() => check(unread, { kind: 'model' })).toThrow(refusal('content.resultRule.kind'))
  })
})

test('a data set needs no parameters', () => {
  const content = contentInput({ delivery: { ...delivery, mode: 'download', parameters: [] } })
  expect(check(content, { kind: 'dataset' }).delivery.parameters).toEqual([])
})

const resource = (n: number) => `resource_0000000000000000000${n}` as never

test.each([
  [['1'], true],
  [['0.5', '0.5'], true],
  [['0.333333', '0.333333', '0.333334'], true],
  [['0.333333', '0.333333', '0.333333'], false],
  [['0.5', '0.500001'], false],
  [['1', '0'], false],
  [['0.3333333', '0.6666667'], false],
  [[], false],
])('weights %j are accepted: %s', (weights, isAccepted) => {
  const lineage = weights.map((weight, n) => ({
    resourceId: resource(n),
    weight: new Decimal(weight),
  }))
  const check = (): boolean => {
    try {
      checkLineage(lineage)
      return true
    } catch {
      return false
    }
  }
  expect(check()).toBe(isAccepted)
})

test('fields, lineage, purpose and personal information each change the digest, their order does not', () => {
  const content = check(contentInput())
  const version = {
    containsPersonalInformation: false,
    lineage: [
      { resourceId: resource(1), weight: new Decimal('0.4') },
      { resourceId: resource(2), weight: new Decimal('0.6') },
    ],
    scenarioIds: ['scenario_a', 'scenario_b'] as never[],
  }
  const digest = contentDigestOf(version, content)
  expect(digest).toMatch(/^sm3:/)
  expect(
    contentDigestOf(
      {
        ...version,
        lineage: version.lineage.toReversed(),
        scenarioIds: version.scenarioIds.toReversed(),
      },
      content,
    ),
  ).toBe(digest)
  const others = [
    contentDigestOf({ ...version, containsPersonalInformation: true }, content),
    contentDigestOf({ ...version, scenarioIds: ['scenario_a'] as never[] }, content),
    contentDigestOf({ ...version, lineage: version.lineage.slice(1) }, content),
    contentDigestOf(version, { ...content, scale: 'more' }),
  ]
  expect(new Set([digest, ...others]).size).toBe(5)
})
