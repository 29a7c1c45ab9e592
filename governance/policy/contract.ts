import type { Id } from '#kernel/ids.ts'

export type RegisterPolicyDocument = Readonly<{
  title: string
  /** Document number, unique with its issuer. */
  number: string
  issuer: string
  /** Days `YYYY-MM-DD` in Asia/Shanghai; `validTo` is the last day, null for no end. */
  issuedOn: string
  validFrom: string
  validTo: string | null
  fileName: string
  /** `sm3:…` or `sha256:…` of the file. */
  fileDigest: string
  note?: string
  isSample?: boolean
}>
export type RegisterPolicyDocumentResult = Readonly<{
  kind: 'registered' | 'already_registered'
  documentId: Id<'policy'>
}>

export type PolicyDocument = Readonly<{
  id: Id<'policy'>
  title: string
  number: string
  issuer: string
  issuedOn: string
  validFrom: string
  validTo: string | null
  fileName: string
  fileDigest: string
  note: string
  isSample: boolean
  registeredAt: Date
}>

/** What a rule object outlives (R2): shown, never a refusal. */
export type PolicyWarning = Readonly<{
  kind: 'outlives_basis'
  documentId: Id<'policy'>
  documentTitle: string
  basisValidTo: string
}>
