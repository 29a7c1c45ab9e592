import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { movableClock } from '#kernel/clock.ts'
import { loadKeyRing, rotateKey } from './key-ring.ts'
import { parseSignature, verifySignature } from './signature.ts'

let keyDir = ''
beforeEach(() => {
  keyDir = join(mkdtempSync(join(tmpdir(), 'keys-')), 'ring')
})
afterEach(() => rmSync(join(keyDir, '..'), { recursive: true, force: true }))

const bytes = Buffer.from('a receipt')

describe('signatures', () => {
  test('verify with published keys alone, and say algorithm and key', () => {
    const ring = loadKeyRing(keyDir)
    const signature = ring.sign('receipt', bytes)
    expect(parseSignature(signature)).toMatchObject({
      algorithm: 'ed25519',
      keyId: ring.currentKeyId('receipt'),
    })
    expect(verifySignature(ring.publicKeys(), { purpose: 'receipt', bytes, signature })).toBe(true)
  })

  test('fail for other bytes, another purpose, another ring and for no signature', () => {
    const ring = loadKeyRing(keyDir)
    const signature = ring.sign('receipt', bytes)
    const stranger = loadKeyRing(join(keyDir, 'other')).sign('receipt', bytes)
    const claims = [
      { purpose: 'receipt', bytes: Buffer.from('b receipt'), signature },
      { purpose: 'statement', bytes, signature },
      { purpose: 'receipt', bytes, signature: stranger },
      { purpose: 'receipt', bytes, signature: '' },
      { purpose: 'receipt', bytes, signature: `ed25519:${ring.currentKeyId('receipt')}:AAAA` },
    ] as const
    expect(claims.map((claim) => ring.verify(claim))).toEqual([false, false, false, false, false])
  })

  test('stay verifiable after a rotation, which keeps no old private key', () => {
    const clock = movableClock('2026-10-01T00:00:00Z')
    const before = loadKeyRing(keyDir, { clock })
    const signature = before.sign('seal', bytes)
    clock.advance(1000)
    rotateKey(keyDir, 'seal', clock)
    const after = loadKeyRing(keyDir)
    expect(after.currentKeyId('seal')).not.toBe(before.currentKeyId('seal'))
    expect(after.verify({ purpose: 'seal', bytes, signature })).toBe(true)
    const seals = after.publicKeys().filter((key) => key.purpose === 'seal')
    expect(seals.map((key) => key.isCurrent)).toEqual([true, false])
    const old = readFileSync(join(keyDir, `seal.${before.currentKeyId('seal')}.json`), 'utf8')
    expect(old).not.toContain('secret')
  })

  test('of a ring that was read before and after a rotation verify on the other', () => {
    const before = loadKeyRing(keyDir)
    rotateKey(keyDir, 'statement')
    const after = loadKeyRing(keyDir)
    const late = before.sign('statement', bytes)
    const early = after.sign('statement', bytes)
    expect(after.verify({ purpose: 'statement', bytes, signature: late })).toBe(true)
    expect(before.verify({ purpose: 'statement', bytes, signature: early })).toBe(true)
  })
})

describe('keys on disk', () => {
  test('are readable by their owner only, and leave no half-written file', () => {
    loadKeyRing(keyDir)
    const names = readdirSync(keyDir)
    expect(names.sort()).toEqual(
      ['audit', 'receipt', 'request_digest', 'seal', 'secret_box', 'statement'].map(
        (purpose) => `${purpose}.current.json`,
      ),
    )
    expect(names.map((name) => statSync(join(keyDir, name)).mode & 0o777)).toEqual(
      names.map(() => 0o600),
    )
    expect(statSync(keyDir).mode & 0o777).toBe(0o700)
  })

  test('that others may read are refused', () => {
    loadKeyRing(keyDir)
    chmodSync(join(keyDir, 'seal.current.json'), 0o644)
    expect(() => loadKeyRing(keyDir)).toThrow('chmod 600')
  })

  test('are the same for all that start together on an empty folder', async () => {
    const folders = Array.from({ length: 10 }, (_, round) => join(keyDir, String(round)))
    const answers = await loadTogether(folders, 4)
    expect(new Set(answers).size).toBe(1)
  })
})

describe('secrets', () => {
  test('a keyed digest is repeatable, needs the key, and outlives a rotation', () => {
    const ring = loadKeyRing(keyDir)
    const digest = ring.hmac('request_digest', bytes)
    expect(digest).toMatch(/^hmac-sm3:request-digest-[0-9a-f]{16}:[0-9a-f]{64}$/)
    expect(ring.hmac('request_digest', bytes)).toBe(digest)
    expect(loadKeyRing(join(keyDir, 'other')).matchesHmac(digest, bytes)).toBe(false)
    rotateKey(keyDir, 'request_digest')
    const after = loadKeyRing(keyDir)
    expect(after.hmac('request_digest', bytes)).not.toBe(digest)
    expect(after.matchesHmac(digest, bytes)).toBe(true)
    expect(after.matchesHmac(digest, 'other')).toBe(false)
  })

  test('a closed secret opens only for what it was closed for, also after a rotation and a change of algorithm', () => {
    const box = loadKeyRing(keyDir).closeSecret({ plain: '口令', boundTo: 'upstream_1' })
    rotateKey(keyDir, 'secret_box')
    const after = loadKeyRing(keyDir, { boxAlgorithm: 'sm4-ctr-hmac-sm3' })
    expect(after.openSecret({ text: box, boundTo: 'upstream_1' })).toBe('口令')
    expect(() => after.openSecret({ text: box, boundTo: 'upstream_2' })).toThrow(
      'VALIDATION_FAILED',
    )
    const next = after.closeSecret({ plain: '口令', boundTo: 'upstream_1' })
    expect(next).toMatch(/^sm4-ctr-hmac-sm3:/)
    expect(loadKeyRing(keyDir).openSecret({ text: next, boundTo: 'upstream_1' })).toBe('口令')
  })

  test('a ring shows nothing of its keys', () => {
    const ring = loadKeyRing(keyDir)
    const secret: unknown = JSON.parse(readFileSync(join(keyDir, 'seal.current.json'), 'utf8'))
    expect(JSON.stringify([ring, ring.publicKeys()])).not.toContain(
      (secret as { secret: string }).secret,
    )
  })
})

/** Loads rings in threads that wait for each other before each, so that all start in one moment. */
async function loadTogether(folders: readonly string[], count: number): Promise<string[]> {
  const script = `
    import { parentPort, workerData } from 'node:worker_threads'
    import { loadKeyRing } from '${new URL('./key-ring.ts', import.meta.url).href}'
    const arrived = new Int32Array(workerData.gate)
    const purposes = ['receipt', 'seal', 'statement', 'audit', 'request_digest', 'secret_box']
    const answers = workerData.folders.map((folder, round) => {
      const all = workerData.count * (round + 1)
      if (Atomics.add(arrived, 0, 1) === all - 1) Atomics.notify(arrived, 0)
      for (let now; (now = Atomics.load(arrived, 0)) < all; ) Atomics.wait(arrived, 0, now)
      const ring = loadKeyRing(folder)
      return purposes.map((each) => ring.currentKeyId(each)).join()
    })
    parentPort.postMessage(answers.join())`
  const address = new URL(`data:text/javascript,${encodeURIComponent(script)}`)
  const workerData = { folders, count, gate: new SharedArrayBuffer(4) }
  const threads = Array.from({ length: count }, () => new Worker(address, { workerData }))
  return Promise.all(threads.map(answerOf))
}

function answerOf(thread: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    thread.once('message', resolve)
    thread.once('error', reject)
  })
}
