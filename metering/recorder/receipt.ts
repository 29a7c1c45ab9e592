import { canonicalBytes, canonicalJson } from '#kernel/canonical-json.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { type PublicKey, verifySignature } from '#kernel/crypto/signature.ts'
import { invariant } from '#kernel/errors.ts'
import { type InclusionProof, merkleTree, verifyInclusion } from '#kernel/merkle.ts'
import type { UsageEvent } from '#metering/usage-event.ts'

/** What a usage receipt says of a call, and nothing more: the buyer can hold it against its bill. */
export type ReceiptFacts = Readonly<{
  eventId: string
  occurredAt: string
  buyerId: string
  keyId: string
  subscriptionId: string | null
  productId: string | null
  mode: string
  resultClass: string
  reason: string
  billed: boolean
  priceVersion: string | null
  records: string
  bytes: string
}>

/**
 * The signed proof of one call. One signature covers all calls of one flush: it signs the root of a
 * Merkle tree over their facts, and `proof` leads from this call to that root.
 */
export type UsageReceipt = Readonly<{
  facts: ReceiptFacts
  proof: InclusionProof
  root: string
  signature: string
}>

/** Said of a receipt that was not made at the call: from which record it was made, and when. */
export type FromRecord = Readonly<{ recordedAt: string; signedAt: string }>

/**
 * A receipt made later, from the stored event: of a call whose answer could not carry one. It proves what the
 * platform had on record when it signed, not that the answer had said so, and cannot be taken for the other.
 */
export type RecordReceipt = Readonly<{
  /** As the seal has them; a counted refusal stands for more than one attempt. */
  facts: ReceiptFacts & Readonly<{ attempts: string }>
  fromRecord: FromRecord
  proof: InclusionProof
  root: string
  signature: string
}>

export function receiptFacts(event: UsageEvent): ReceiptFacts {
  // In the order of their canonical form, so that writing it, for every call, sorts nothing.
  return {
    billed: event.billable,
    buyerId: event.buyerId,
    bytes: String(event.bytes),
    eventId: event.eventId,
    keyId: event.keyId,
    mode: event.mode,
    occurredAt: new Date(event.occurredAtMs).toISOString(),
    priceVersion: event.priceReference,
    productId: event.productId,
    reason: event.reason,
    records: String(event.records),
    resultClass: event.resultClass,
    subscriptionId: event.subscriptionId,
  }
}

/** The canonical facts of receipts just signed: the header that follows repeats them. */
const factsTexts = new WeakMap<ReceiptFacts, string>()

/** The receipts of one flush, in the order of its events. */
export function signReceipts(
  keys: Pick<KeyRing, 'sign'>,
  events: readonly UsageEvent[],
): UsageReceipt[] {
  const facts = events.map(receiptFacts)
  const texts = facts.map((fact) => canonicalJson(fact))
  const { root, proofs } = merkleTree(texts.map((text) => Buffer.from(text)))
  const signature = keys.sign('receipt', signedBytes({ root, size: events.length }))
  return proofs.map((proof, index) => {
    const fact = facts[index]
    const text = texts[index]
    invariant(fact && text, 'every event of a flush has its facts')
    factsTexts.set(fact, text)
    return { facts: fact, proof, root, signature }
  })
}

/** The receipt of a stored event, signed now. */
export function signRecordReceipt(
  keys: Pick<KeyRing, 'sign'>,
  stored: Readonly<{ event: UsageEvent; recordedAt: Date; signedAt: Date }>,
): RecordReceipt {
  const { event } = stored
  const facts = { ...receiptFacts(event), attempts: String(event.attempts) }
  const fromRecord = {
    recordedAt: stored.recordedAt.toISOString(),
    signedAt: stored.signedAt.toISOString(),
  }
  const { root, proofs } = merkleTree([canonicalBytes(facts)])
  const [proof] = proofs
  invariant(proof, 'a tree of one leaf has its proof')
  const signature = keys.sign('receipt', signedBytes({ root, size: 1, fromRecord }))
  return { facts, fromRecord, proof, root, signature }
}

/** Whether a receipt is ours and unchanged; needs the published keys and nothing else. */
export function verifyReceipt(
  keys: readonly PublicKey[],
  receipt: UsageReceipt | RecordReceipt,
): boolean {
  const { facts, proof, root, signature } = receipt
  const fromRecord = 'fromRecord' in receipt ? receipt.fromRecord : undefined
  const bytes = signedBytes({ root, size: proof.size, fromRecord })
  return (
    verifyInclusion({ leaf: canonicalBytes(facts), proof, root }) &&
    verifySignature(keys, { purpose: 'receipt', bytes, signature })
  )
}

/** The receipt as a header carries it. */
export function encodeReceipt(receipt: UsageReceipt | RecordReceipt): string {
  const signed = 'fromRecord' in receipt ? undefined : factsTexts.get(receipt.facts)
  return Buffer.from(
    signed === undefined ? canonicalJson(receipt) : canonicalWith(receipt, signed),
  ).toString('base64url')
}

/** The canonical receipt around its canonical facts; digests and signatures hold nothing that JSON escapes. */
function canonicalWith({ proof, root, signature }: UsageReceipt, facts: string): string {
  const { algorithm, index, path, size } = proof
  const digests = path.length === 0 ? '' : `"${path.join('","')}"`
  return (
    `{"facts":${facts},"proof":{"algorithm":"${algorithm}","index":${index},"path":[${digests}],"size":${size}},` +
    `"root":"${root}","signature":"${signature}"}`
  )
}

type SignedTree = Readonly<{ root: string; size: number; fromRecord?: FromRecord | undefined }>

/** A later receipt signs another kind of text, so that neither passes for the other. */
function signedBytes({ root, size, fromRecord }: SignedTree): Uint8Array {
  if (fromRecord === undefined) return canonicalBytes({ kind: 'usage-receipts', root, size })
  return canonicalBytes({ kind: 'usage-receipt-of-record', root, size, ...fromRecord })
}
