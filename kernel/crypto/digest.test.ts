import { describe, expect, test } from 'vitest'
import { digest, digestBytes, formatDigest, matchesDigest, parseDigest } from './digest.ts'
import { sm4Decrypt, sm4Encrypt } from './sm4.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('SM3 gives the answers of GB/T 32905 annex A', () => {
  test.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('of %s', (text, answer) => expect(digest('sm3', text)).toBe(`sm3:${answer}`))
})

test('SHA-256 gives the answer of FIPS 180-4', () =>
  expect(digest('sha256', 'abc')).toBe(
    'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ))

describe('digests name their algorithm', () => {
  test('so records made before a change of algorithm still verify', () => {
    const old = digest('sha256', 'statement')
    const today = digest('sm3', 'statement')
    expect([old, today].map((each) => matchesDigest(each, 'statement'))).toEqual([true, true])
    expect([old, today].map((each) => matchesDigest(each, 'changed'))).toEqual([false, false])
  })

  test('and are read back to the same bytes', () => {
    const text = digest('sm3', Buffer.of(1, 2, 3))
    const { algorithm, bytes } = parseDigest(text)
    expect(formatDigest(algorithm, bytes)).toBe(text)
    expect(Buffer.from(bytes)).toEqual(Buffer.from(digestBytes('sm3', Buffer.of(1, 2, 3))))
  })

  test.each([
    '',
    'sm3:',
    `md5:${'0'.repeat(32)}`,
    `sm3:${'0'.repeat(63)}`,
    `sm3:${'G'.repeat(64)}`,
  ])('%j is refused', (text) => expect(() => parseDigest(text)).toThrow('VALIDATION_FAILED'))
})

describe('SM4', () => {
  const key = hex('0123456789ABCDEFFEDCBA9876543210')

  test('gives the answer of GB/T 32907 annex A: one block, shown through the counter', () => {
    // Counter mode XORs the encrypted counter, so encrypting zeros under the example's block shows it.
    const hidden = sm4Encrypt({ key, counter: key, data: Buffer.alloc(16) })
    expect(hidden.toString('hex')).toBe('681edf34d206965e86b3e94f536e4246')
  })

  test('gives the answer of RFC 8998 in counter mode', () => {
    const data = hex(
      `${'AA'.repeat(8)} ${'BB'.repeat(8)} ${'CC'.repeat(8)} ${'DD'.repeat(8)}
       ${'EE'.repeat(8)} ${'FF'.repeat(8)} ${'EE'.repeat(8)} ${'AA'.repeat(8)}`.replaceAll(
        '\n',
        '',
      ),
    )
    // Appendix A.1 is SM4-GCM: its text is counter mode from nonce ‖ 2.
    const counter = hex('00001234567800000000ABCD 00000002')
    const hidden = sm4Encrypt({ key, counter, data })
    expect(hidden).toEqual(
      hex(
        `17F399F08C67D5EE19D0DC9969C4BB7D 5FD46FD3756489069157B282BB200735
         D82710CA5C22F0CCFA7CBF93D496AC15 A56834CBCF98C397B4024A2691233B8D`.replaceAll('\n', ''),
      ),
    )
    expect(sm4Decrypt({ key, counter, data: hidden })).toEqual(data)
  })

  test('refuses a key of another length', () =>
    expect(() => sm4Encrypt({ key: Buffer.alloc(32), counter: key, data: key })).toThrow(
      '16 bytes',
    ))
})
