import type { Id } from '#kernel/ids.ts'
import type { PolicyWarning } from '#governance/policy/contract.ts'

export type SelectionMethod = 'open_tender' | 'invited_tender' | 'competitive_negotiation' | 'other'

export type RecordOperatorSelection = Readonly<{
  operatorId: Id<'org'>
  method: SelectionMethod
  /** Required when the method is `other`. */
  methodNote?: string | null
  result: string
  /** First and last day of the public notice. */
  noticeFrom: string
  noticeTo: string
  noticeLink: string
  documentId: Id<'policy'>
}>
export type RecordOperatorSelectionResult = Readonly<{
  kind: 'recorded'
  selectionId: Id<'selection'>
}>

export type DraftAgreement = Readonly<{
  number: string
  operatorId: Id<'org'>
  selectionId: Id<'selection'>
  scope: string
  goals: string
  startsOn: string
  /** Last day; by default three years later, less a day (R11). */
  endsOn?: string
  /** Needed for a longer term than three years. */
  termOverrideDocumentId?: Id<'policy'> | null
  documentId: Id<'policy'>
}>
export type DraftAgreementResult = Readonly<{
  kind: 'drafted' | 'already_drafted'
  agreementId: Id<'agreement'>
  endsOn: string
  warnings: readonly PolicyWarning[]
}>
export type SignAgreement = Readonly<{ agreementId: Id<'agreement'> }>
export type SignAgreementResult = Readonly<{ kind: 'signed' | 'already_signed'; signedAt: Date }>
export type ActivateOperator = Readonly<{ operatorId: Id<'org'> }>
export type ActivateOperatorResult = Readonly<{ kind: 'activated' | 'already_active' }>

export type AuthorizationMode = 'whole' | 'individual'
export type GrantAuthorization = Readonly<{
  operatorId: Id<'org'>
  agreementId: Id<'agreement'>
  mode: AuthorizationMode
  /** An individual authorization names its field or scenario and why it is necessary (R6). */
  fieldOrScenario?: string | null
  necessity?: string | null
  reason: string
  documentId: Id<'policy'>
  resourceIds: readonly Id<'resource'>[]
  effectiveFrom: Date
  effectiveTo: Date
}>
export type GrantAuthorizationResult = Readonly<{
  kind: 'granted'
  authorizationId: Id<'authz'>
  warnings: readonly PolicyWarning[]
}>
export type RevokeAuthorization = Readonly<{ authorizationId: Id<'authz'>; reason: string }>
export type RevokeAuthorizationResult = Readonly<{
  kind: 'revoked' | 'already_revoked'
  revokedAt: Date
}>

export type OperatorPage = Readonly<{
  organizationId: Id<'org'>
  name: string
  nameEn: string | null
  status: string
  selection: Readonly<{
    method: SelectionMethod
    methodNote: string | null
    result: string
    noticeFrom: string
    noticeTo: string
    noticeLink: string
  }> | null
  agreement: Readonly<{
    id: Id<'agreement'>
    number: string
    startsOn: string
    endsOn: string
    status: 'draft' | 'in_force' | 'ended'
    scope: string
    goals: string
  }> | null
}>

export type AuthorizationView = Readonly<{
  id: Id<'authz'>
  operatorId: Id<'org'>
  operatorName: string
  mode: AuthorizationMode
  fieldOrScenario: string | null
  necessity: string | null
  reason: string
  documentNumber: string
  effectiveFrom: Date
  effectiveTo: Date
  revokedAt: Date | null
  resources: readonly Readonly<{ id: Id<'resource'>; code: string; name: string }>[]
}>
