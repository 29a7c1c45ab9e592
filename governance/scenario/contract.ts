import type { Id } from '#kernel/ids.ts'

export type PurposeClass = 'public_interest' | 'industry'
export type ScenarioStatus = 'draft' | 'submitted' | 'approved' | 'rejected'

export type DraftScenario = Readonly<{
  code: string
  name: string
  nameEn: string
  description: string
  /** Decides whether use can be charged (R27); fixed, another class is another scenario. */
  purposeClass: PurposeClass
  purposeEvidence: string
  resourceIds: readonly Id<'resource'>[]
}>
export type DraftScenarioResult = Readonly<{
  kind: 'drafted' | 'already_drafted'
  scenarioId: Id<'scenario'>
}>
export type SubmitScenario = Readonly<{ scenarioId: Id<'scenario'> }>
export type SubmitScenarioResult = Readonly<{ kind: 'submitted' | 'already_submitted' }>
export type OpineOnScenario = Readonly<{
  scenarioId: Id<'scenario'>
  verdict: 'agree' | 'reject'
  opinion: string
}>
export type OpineOnScenarioResult = Readonly<{ kind: 'opined' | 'already_opined' }>
export type DecideScenario = Readonly<{
  scenarioId: Id<'scenario'>
  verdict: 'approve' | 'reject'
  reason: string
}>
export type DecideScenarioResult = Readonly<{ kind: 'approved' | 'rejected' | 'already_decided' }>

export type ScenarioView = Readonly<{
  id: Id<'scenario'>
  code: string
  name: string
  nameEn: string
  operatorId: Id<'org'>
  operatorName: string
  description: string
  purposeClass: PurposeClass
  purposeEvidence: string
  status: ScenarioStatus
  submittedAt: Date | null
  decidedAt: Date | null
  decisionReason: string | null
  resources: readonly Readonly<{
    id: Id<'resource'>
    code: string
    name: string
    providerId: Id<'org'>
    providerName: string
  }>[]
  /** Every provider concerned, with its opinion once it has given one. */
  opinions: readonly Readonly<{
    providerId: Id<'org'>
    providerName: string
    verdict: 'agree' | 'reject' | null
    opinion: string | null
    opinedAt: Date | null
  }>[]
}>
