import type { Id } from '#kernel/ids.ts'
import type { Page, PageRequest } from '#governance/page.ts'

export const stoppableKinds = ['product', 'api_key', 'buyer', 'resource'] as const
export type StoppableKind = (typeof stoppableKinds)[number]

/** 一般、较大、重大、特别重大: how grave an incident is, as the plans of emergency response grade it. */
export const incidentLevels = ['general', 'larger', 'major', 'extraordinary'] as const
export type IncidentLevel = (typeof incidentLevels)[number]

/** What is stopped at once (R87). */
export type StoppedObject =
  | Readonly<{ kind: 'product'; productId: Id<'product'> }>
  | Readonly<{
      kind: 'api_key'
      keyId: Id<'key'>
      /**
       * The operator of the subscription the key is bound to, read by the caller above in the same
       * transaction; null for a key bound to none.
       */
      operatorId: Id<'org'> | null
    }>
  | Readonly<{ kind: 'buyer'; buyerId: Id<'org'> }>
  | Readonly<{ kind: 'resource'; resourceId: Id<'resource'> }>

export type StopAtOnce = Readonly<{
  object: StoppedObject
  reason: string
  level: IncidentLevel
}>
/** `taken_over`: it was stopped already, and is now held by the body above that stopped it again. */
export type StopAtOnceResult = Readonly<{
  kind: 'stopped' | 'taken_over' | 'already_stopped'
  incidentId: Id<'incident'>
  number: string
}>

export type ResumeStopped = Readonly<{ incidentId: Id<'incident'>; reason: string }>
export type ResumeStoppedResult = Readonly<{
  kind: 'resumed' | 'already_resumed'
  /** Products of a resource that cannot go back yet, because something else they need is missing. */
  stillSuspended: readonly string[]
}>

export type RecordIncidentEntry = Readonly<{
  incidentId: Id<'incident'>
  /** `reported`: that somebody above was told; a note is anything else worth keeping. */
  kind: 'noted' | 'reported'
  words: string
}>
export type CloseIncident = Readonly<{ incidentId: Id<'incident'>; conclusion: string }>
export type CloseIncidentResult = Readonly<{ kind: 'closed' | 'already_closed'; closedAt: Date }>

export type IncidentEntryKind =
  | 'stopped'
  | 'taken_over'
  | 'suspended'
  | 'noted'
  | 'reported'
  | 'resumed'
  | 'still_suspended'
  | 'lifted'
  | 'closed'

export type IncidentSummary = Readonly<{
  id: Id<'incident'>
  number: string
  objectKind: StoppableKind
  objectId: string
  objectName: string
  level: IncidentLevel
  reason: string
  openedAt: Date
  holderName: string
  liftedAt: Date | null
  closedAt: Date | null
  conclusion: string | null
  /** The clock for reports: whole hours since the stop, until it was closed. */
  hoursSinceStart: number
  /** Whether the asker may resume it, write into it and close it. */
  mayAct: boolean
}>
export type IncidentView = IncidentSummary &
  Readonly<{
    entries: readonly Readonly<{
      kind: IncidentEntryKind
      words: string
      byName: string | null
      organizationName: string | null
      recordedAt: Date
    }>[]
    /** Who was told, of which step, and when. */
    notices: readonly Readonly<{ kind: string; organizationName: string; recordedAt: Date }>[]
  }>

export type ListIncidents = PageRequest & Readonly<{ open?: boolean | undefined }>
export type IncidentPage = Page<IncidentSummary>

/** Something the asker may stop, for the page that stops it. */
export type StoppableView = Readonly<{
  kind: StoppableKind
  id: string
  name: string
  /** A code, a credit code, or the beginning and end of a key. */
  mark: string
  ownerName: string | null
  isStopped: boolean
}>
