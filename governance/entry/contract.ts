import type { Id } from '#kernel/ids.ts'

/** What an organization declares to become a buyer (R34). */
export const entryDeclarations = [
  'data_management_ability',
  'security_ability',
  'business_state',
  'credit_standing',
  'no_incident_in_three_years',
  'legal_conformity',
] as const
export type EntryDeclaration = (typeof entryDeclarations)[number]

export type ApplyForEntry = Readonly<{
  operatorId: Id<'org'>
  /** Each of the six, with the evidence for it. */
  declarations: Readonly<
    Record<EntryDeclaration, Readonly<{ evidence: string; fileDigest?: string }>>
  >
  /** The day of the last network or data security incident, null if there never was one. */
  lastIncidentOn: string | null
}>
export type ApplyForEntryResult = Readonly<{
  kind: 'applied' | 'already_applied'
  entryApplicationId: Id<'entry'>
  number: string
}>
export type DecideEntry = Readonly<{
  entryApplicationId: Id<'entry'>
  verdict: 'approve' | 'reject'
  reason: string
}>
export type DecideEntryResult = Readonly<{ kind: 'approved' | 'rejected' | 'already_decided' }>

export type OfferDevelopmentAgreement = Readonly<{
  entryApplicationId: Id<'entry'>
  startsOn: string
  /** Last day. */
  endsOn: string
}>
export type OfferDevelopmentAgreementResult = Readonly<{
  kind: 'offered' | 'already_offered'
  developmentAgreementId: Id<'devagr'>
  number: string
}>
export type SignDevelopmentAgreement = Readonly<{ developmentAgreementId: Id<'devagr'> }>
export type SignDevelopmentAgreementResult = Readonly<{ kind: 'signed' | 'already_signed' }>

export type EntryApplicationView = Readonly<{
  id: Id<'entry'>
  number: string
  buyerId: Id<'org'>
  buyerName: string
  operatorId: Id<'org'>
  operatorName: string
  declarations: ApplyForEntry['declarations']
  lastIncidentOn: string | null
  appliedAt: Date
  status: 'submitted' | 'approved' | 'rejected'
  decidedAt: Date | null
  reason: string | null
  developmentAgreement: DevelopmentAgreementView | null
}>
export type DevelopmentAgreementView = Readonly<{
  id: Id<'devagr'>
  number: string
  status: 'offered' | 'in_force' | 'ended'
  startsOn: string
  endsOn: string
  offeredAt: Date
  signedAt: Date | null
}>
