import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCreditCode, makeCreditCode, parseCreditCode } from './credit-code.ts'

const real = [
  '91430105750602924H',
  '91652928710818579H',
  '91440300708461136T',
  '91421200MA4X00012B',
  '12421200420880016A',
  '114212000113376530',
]

test.each(real)('%s is accepted, and in lower case becomes itself', (code) => {
  expect(parseCreditCode(code)).toBe(code)
  expect(parseCreditCode(` ${code.toLowerCase()} `)).toBe(code)
})

test.each([
  '91440300MA5H7K2P6D',
  '',
  '9143010575060292',
  '91430105750602924H1',
  '91430105750602924h!',
  '９1430105750602924H',
])('%j is refused', (text) => {
  expect(() => parseCreditCode(text)).toThrow('INVALID_CREDIT_CODE')
})

test('any code with I, O, S, V or Z is refused, wherever the letter stands', () => {
  for (const letter of 'IOSVZ')
    for (let at = 0; at < 18; at++) {
      const code = `91430105750602924H`
      expect(isCreditCode(code.slice(0, at) + letter + code.slice(at + 1))).toBe(false)
    }
})

test('one wrong character is always noticed', () => {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'.split('')
  fc.assert(
    fc.property(
      fc.constantFrom(...real),
      fc.nat(17),
      fc.constantFrom(...alphabet),
      (code, at, other) => {
        fc.pre(code[at] !== other)
        return !isCreditCode(code.slice(0, at) + other + code.slice(at + 1))
      },
    ),
  )
})

test('codes can be completed from their parts', () => {
  expect(makeCreditCode({ head: '91421200', organization: 'MA4X0001' })).toBe('91421200MA4X00012B')
})
