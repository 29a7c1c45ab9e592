import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { sampleEvent } from '#tests/builders/usage-event.ts'
import { encodeReceipt, signReceipts, verifyReceipt } from './receipt.ts'

const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
const events = ['found', '“找到”', '\n'].map((reason, at) =>
  sampleEvent({ occurredAtMs: 1_780_000_000_000 + at, reason }),
)

test('a header carries the canonical form of its receipt, whoever writes it', () => {
  for (const receipt of signReceipts(keys, events)) {
    const text = Buffer.from(encodeReceipt(receipt), 'base64url').toString()
    expect(text).toBe(canonicalJson(receipt))
    expect(JSON.parse(text)).toEqual(receipt)
    expect(encodeReceipt(structuredClone(receipt))).toBe(encodeReceipt(receipt))
    expect(verifyReceipt(keys.publicKeys(), receipt)).toBe(true)
  }
})

test('a receipt that was changed is written as it is, and proves nothing', () => {
  const [receipt] = signReceipts(keys, events)
  if (!receipt) throw new Error('an event has its receipt')
  const changed = { ...receipt, facts: { ...receipt.facts, billed: false } }
  expect(Buffer.from(encodeReceipt(changed), 'base64url').toString()).toBe(canonicalJson(changed))
  expect(verifyReceipt(keys.publicKeys(), changed)).toBe(false)
})
