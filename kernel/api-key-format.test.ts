import { expect, test } from 'vitest'
import { displayApiKey, hashApiKey, makeApiKey, parseApiKey } from './api-key-format.ts'

test.each([
  ['live', 'xn_live_'],
  ['sandbox', 'xn_test_'],
] as const)('a %s key begins with %s and is read back', (mode, start) => {
  const key = makeApiKey(mode)
  expect(key).toMatch(new RegExp(`^${start}[0-9A-Za-z]{36}$`))
  expect(parseApiKey(key)).toEqual({ key, mode })
})

test('a changed character, a swapped mode, space or cut is told without a look-up', () => {
  const key = makeApiKey('live')
  const other = (text: string) => (text === 'a' ? 'b' : 'a')
  const wrong = [
    ...Array.from(
      { length: 36 },
      (_, at) => key.slice(0, 8 + at) + other(key.charAt(8 + at)) + key.slice(9 + at),
    ),
    key.replace('live', 'test'),
    key.slice(0, -1),
    `${key}0`,
    ` ${key}`,
    `${key}\n`,
    '',
  ]
  expect(wrong.map(parseApiKey).filter((each) => each !== null)).toEqual([])
})

test('keys never repeat', () => {
  expect(new Set(Array.from({ length: 1000 }, () => makeApiKey('live'))).size).toBe(1000)
})

test('what is stored and shown does not give the key away', () => {
  const key = makeApiKey('live')
  expect(hashApiKey(key)).toMatch(/^sha256:[0-9a-f]{64}$/)
  const { prefix, lastFour } = displayApiKey(key)
  expect(key.startsWith(prefix) && key.endsWith(lastFour)).toBe(true)
  expect(prefix.length + lastFour.length).toBe(16)
})
