import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boxAlgorithms, closeBox, openBox } from './secret-box.ts'

const masterKey = Buffer.alloc(32, 7)

describe.each(boxAlgorithms)('%s', (algorithm) => {
  const key = { algorithm, masterKey, boundTo: 'upstream_1' }

  test('opens to what was closed, and never looks the same twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (plain) => {
        const box = closeBox(key, plain)
        expect(openBox(key, box)).toEqual(Buffer.from(plain))
        expect(closeBox(key, plain)).not.toEqual(box)
      }),
    )
  })

  test('a single changed bit anywhere keeps it shut', () => {
    const box = closeBox(key, Buffer.from('password'))
    for (let at = 0; at < box.length; at++) {
      const changed = Buffer.from(box)
      changed.writeUInt8((box[at] ?? 0) ^ 1, at)
      expect(openBox(key, changed)).toBeNull()
    }
  })

  test('it opens neither for another thing nor with another key, nor cut short', () => {
    const box = closeBox(key, Buffer.from('password'))
    expect(openBox({ ...key, boundTo: 'upstream_2' }, box)).toBeNull()
    expect(openBox({ ...key, masterKey: Buffer.alloc(32, 8) }, box)).toBeNull()
    expect(openBox(key, box.subarray(0, 20))).toBeNull()
  })
})
