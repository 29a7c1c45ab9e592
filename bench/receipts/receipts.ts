import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BenchResult, compare, median } from '#bench/result.ts'
import type { Stage } from '#bench/stage.ts'
import { sampleEvent } from '#bench/ingest/events.ts'
import { canonicalBytes } from '#kernel/canonical-json.ts'
import { type KeyRing, loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { encodeReceipt, signReceipts, type UsageReceipt } from '#metering/index.ts'

const receiptCount = 10_000
const runs = 5

/** The offline verifier as whoever checks a bill runs it; its functions, so that only they are timed. */
type Verifier = Readonly<{
  readKeys: (text: string) => unknown
  readReceipts: (text: string) => unknown[]
  isGenuine: (receipt: unknown, keys: unknown, known: Map<string, boolean>) => boolean
}>

/** 10,000 receipts as a file of header values, over 2,000 signatures: in under a second. */
export async function benchReceiptsShared(stage: Stage): Promise<BenchResult[]> {
  const { ours, theirs } = await measure(stage, 5)
  const measured = { ours, unit: 's for 10,000 receipts' }
  return [
    compare({ name: 'receipts-shared', theirs: 1, against: 'one second', ...measured }),
    compare({
      name: 'receipts-shared-bare',
      theirs,
      against: 'its 2,000 bare Ed25519 verifications',
      ...measured,
    }),
  ]
}

/** With a signature for each: at most 1.3 times the bare verifications. */
export async function benchReceiptsSingle(stage: Stage): Promise<BenchResult[]> {
  const { ours, theirs } = await measure(stage, 1)
  const against = '10,000 bare Ed25519 verifications'
  const unit = 's for 10,000 receipts'
  return [compare({ name: 'receipts-single', against, ours, theirs, unit })]
}

async function measure(
  stage: Stage,
  perSignature: number,
): Promise<Readonly<{ ours: number; theirs: number }>> {
  const keys = loadKeyRing(stage.keyFolder)
  const receipts = makeReceipts(keys, perSignature)
  const file = receipts.map(encodeReceipt).join('\n')
  const address = pathToFileURL(resolve('tools/verify-usage.mjs')).href
  const tool = (await import(address)) as Verifier
  const published = tool.readKeys(publishedKeys(keys))
  const bare = bareOf(keys, receipts, perSignature)
  const ours: number[] = []
  const theirs: number[] = []
  for (let run = 0; run < runs; run++) {
    ours.push(
      timed(() => {
        const known = new Map<string, boolean>()
        return tool.readReceipts(file).every((each) => tool.isGenuine(each, published, known))
      }),
    )
    theirs.push(timed(bare))
  }
  return { ours: median(ours), theirs: median(theirs) }
}

function makeReceipts(keys: KeyRing, perSignature: number): UsageReceipt[] {
  const atMs = Date.parse('2026-06-15T04:00:00Z')
  const events = Array.from({ length: receiptCount }, (_, number) => sampleEvent(atMs, number))
  return Array.from({ length: receiptCount / perSignature }, (_, flush) =>
    signReceipts(keys, events.slice(flush * perSignature, (flush + 1) * perSignature)),
  ).flat()
}

function publishedKeys(keys: KeyRing): string {
  const list = keys.publicKeys().map(({ keyId, purpose, publicKey }) => ({
    key_id: keyId,
    purpose,
    public_key: publicKey,
  }))
  return JSON.stringify({ keys: list })
}

/** The signatures alone, each once, with the key and the signed bytes at hand. */
function bareOf(keys: KeyRing, receipts: readonly UsageReceipt[], perSignature: number) {
  const raw = keys.publicKeys().find((key) => key.purpose === 'receipt')?.publicKey ?? ''
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw }
  const key: KeyObject = createPublicKey({ key: jwk, format: 'jwk' })
  const signed = receipts
    .filter((_, index) => index % perSignature === 0)
    .map(({ root, proof, signature }) => ({
      bytes: canonicalBytes({ kind: 'usage-receipts', root, size: proof.size }),
      signature: Buffer.from(signature.split(':')[2] ?? '', 'base64url'),
    }))
  return () => signed.every(({ bytes, signature }) => verify(null, bytes, key, signature))
}

function timed(work: () => boolean): number {
  const began = performance.now()
  if (!work()) throw new Error('a receipt of our own does not verify')
  return (performance.now() - began) / 1000
}
