import { expect, test } from 'vitest'
import { isAnswerTo, parseContentRange, parseRange, spanOf } from './byte-range.ts'

test.each([
  ['bytes=0-9', 0, 9],
  ['bytes=90-', 90, 99],
  ['bytes=90-1000', 90, 99],
  ['bytes=-10', 90, 99],
  ['bytes=-1000', 0, 99],
  ['BYTES=5-5', 5, 5],
])('%s of a hundred bytes is %i to %i', (header, first, last) => {
  const range = parseRange(header)
  expect(range && spanOf(range, 100)).toEqual({ first, last })
})

test.each(['bytes=100-', 'bytes=200-300', 'bytes=-0'])('a hundred bytes have no %s', (header) => {
  const range = parseRange(header)
  expect(range && spanOf(range, 100)).toBeNull()
})

test.each([
  undefined,
  null,
  '',
  'bytes=',
  'bytes=-',
  'bytes=9-0',
  'bytes=0-1,5-6',
  'lines=0-1',
  'bytes=a-b',
])('%s asks for the whole', (header) => {
  expect(parseRange(header)).toBeUndefined()
})

test.each([
  ['bytes=0-9', 'bytes 0-9/100', true],
  ['bytes=0-9', 'bytes 0-4/100', true],
  ['bytes=0-9', 'bytes 0-9/*', true],
  ['bytes=-10', 'bytes 90-99/100', true],
  ['bytes=-10', 'bytes 90-99/*', true],
  ['bytes=0-9', 'bytes 0-10/100', false],
  ['bytes=0-9', 'bytes 1-9/100', false],
  ['bytes=-10', 'bytes 0-9/100', false],
  ['bytes=0-9', 'bytes 0-10/*', false],
])('to %s the answer %s is right: %s', (asked, answered, isRight) => {
  const range = parseRange(asked)
  const answer = parseContentRange(answered)
  expect(range && answer && isAnswerTo(range, answer)).toBe(isRight)
})

test.each([undefined, 'bytes */100', 'bytes 9-0/100', 'bytes 0-100/100', '0-9/100'])(
  'the Content-Range %s says nothing of a part',
  (header) => {
    expect(parseContentRange(header)).toBeUndefined()
  },
)
