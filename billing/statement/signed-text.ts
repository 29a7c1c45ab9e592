import { canonicalBytes } from '#kernel/canonical-json.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { StatementHead, StatementSignature } from './statement.ts'

export type SignedFacts = Readonly<{
  head: Pick<StatementHead, 'number' | 'version' | 'versionId'>
  signature: Omit<StatementSignature, 'keyId' | 'signature'>
}>

/** The bytes a signature is over: who signed which step of which content, when, with which opinion. */
export function signedBytes({ head, signature }: SignedFacts): Uint8Array {
  return canonicalBytes({
    form: 'statement-signature/1',
    number: head.number,
    version: String(head.version),
    versionId: head.versionId,
    contentDigest: signature.contentDigest,
    step: signature.step,
    personId: signature.personId,
    personName: signature.personName,
    organizationId: signature.organizationId,
    organizationName: signature.organizationName,
    opinion: signature.opinion,
    signedAt: signature.signedAt.toISOString(),
  })
}

export function isSignatureTrue(
  keys: Pick<KeyRing, 'verify'>,
  signed: SignedFacts & Readonly<{ signature: Pick<StatementSignature, 'signature'> }>,
): boolean {
  return keys.verify({
    purpose: 'statement',
    bytes: signedBytes(signed),
    signature: signed.signature.signature,
  })
}
