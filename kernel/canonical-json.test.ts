import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  canonicalBytes,
  canonicalDigest,
  canonicalJson,
  type CanonicalValue,
} from './canonical-json.ts'
import { Decimal } from './decimal.ts'

test('keys are sorted by UTF-16 code units, as in the example of RFC 8785', () => {
  const value = {
    '\u20ac': 1,
    '\r': 2,
    '\ufb33': 3,
    '1': 4,
    '\ud83d\ude00': 5,
    '\u0080': 6,
    '\u00f6': 7,
  }
  expect(canonicalJson(value)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  )
})

test('strings keep their characters and escape only what JSON must', () => {
  expect(canonicalJson(['€$\u000f\nA\'B"\\/', '公积金'])).toBe(
    '["€$\\u000f\\nA\'B\\"\\\\/","公积金"]',
  )
  expect(Buffer.from(canonicalBytes('咸宁')).toString('hex')).toBe('22e592b8e5ae8122')
})

test('whole amounts are decimal text', () => {
  expect(canonicalJson({ amountFen: 3_550_000n, count: 3, none: null, yes: true })).toBe(
    '{"amountFen":"3550000","count":3,"none":null,"yes":true}',
  )
})

test('the bytes do not depend on the order keys were set in', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).toReversed())
      expect(canonicalDigest(turned)).toBe(canonicalDigest(value))
      expect(JSON.parse(canonicalJson(value))).toEqual(value)
    }),
  )
})

test.each([
  ['a fraction', 0.1],
  ['an unsafe integer', 2 ** 53],
  ['NaN', Number.NaN],
  ['negative zero', -0],
  ['undefined', undefined],
  ['an undefined member', { a: undefined }],
  ['a hole', Object.assign([], { length: 1 })],
  ['a Date', new Date(0)],
  ['a Decimal', new Decimal(1)],
  ['a Map', new Map()],
  ['a function', () => 1],
  ['a lone surrogate', '\ud800'],
  ['a key with a lone surrogate', { '\ud800': 1 }],
])('refuses %s', (_name, value) => {
  expect(() => canonicalJson(value as unknown as CanonicalValue)).toThrow('canonical')
})

test('a digest names its algorithm and can be of another', () => {
  expect(canonicalDigest({ a: 1 })).toMatch(/^sm3:[0-9a-f]{64}$/)
  expect(canonicalDigest({ a: 1 }, 'sha256')).toBe(
    'sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
  )
})
