import type { Id } from '#kernel/ids.ts'

export type SourceKind = 'government_body' | 'public_institution' | 'public_utility' | 'return_flow'
export type OpeningAttribute = 'unconditional' | 'conditional' | 'prohibited'
export type UpdateFrequency =
  'real_time' | 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly' | 'irregular'
export type NationalClass = 'core' | 'important' | 'general'
export type DataLevel = 'L1' | 'L2' | 'L3' | 'L4' | 'L5'
export type ResourceStatus = 'proposed' | 'opined' | 'published' | 'withdrawn'
export type ResourceItem = Readonly<{ name: string; type: string; note?: string }>

export type ProposeResource = Readonly<{
  code: string
  name: string
  /** A provider proposes its own; the data bureau may name the provider. */
  providerId: Id<'org'>
  sourceKind: SourceKind
  /** Required for a public utility (R20). */
  legalBasis?: string | null
  fieldCode: string
  abstract: string
  format: string
  items: readonly ResourceItem[]
  sharing: 'unconditional' | 'conditional' | 'none'
  opening: OpeningAttribute
  updateFrequency: UpdateFrequency
  relatedCode?: string | null
  containsPersonalInformation: boolean
  containsSensitivePersonalInformation: boolean
  /** Needed before important data can be published (R16). */
  importantDataApprovalDocumentId?: Id<'policy'> | null
}>
export type ProposeResourceResult = Readonly<{
  kind: 'proposed' | 'already_proposed'
  resourceId: Id<'resource'>
}>

export type OpineOnResource = Readonly<{
  resourceId: Id<'resource'>
  nationalClass: NationalClass
  level: DataLevel
  opinion: string
}>
export type OpineOnResourceResult = Readonly<{ kind: 'opined' | 'already_opined' }>

/** Changing it to `prohibited` suspends every product that depends on the resource (R17). */
export type SetResourceOpening = Readonly<{
  resourceId: Id<'resource'>
  opening: OpeningAttribute
  reason: string
}>
export type SetResourceOpeningResult = Readonly<{
  kind: 'changed' | 'unchanged'
  suspendedProductIds: readonly Id<'product'>[]
}>

export type PublishCatalogue = Readonly<{
  /** The whole content of the new version. */
  resourceIds: readonly Id<'resource'>[]
  note: string
}>
export type CatalogueDifference = Readonly<{
  added: readonly CatalogueItemName[]
  changed: readonly (CatalogueItemName & Readonly<{ fields: readonly string[] }>)[]
  removed: readonly CatalogueItemName[]
}>
export type CatalogueItemName = Readonly<{ code: string; name: string }>
export type PublishCatalogueResult =
  | Readonly<{
      kind: 'published'
      catalogueId: Id<'catalogue'>
      version: number
      difference: CatalogueDifference
    }>
  | Readonly<{ kind: 'unchanged'; catalogueId: Id<'catalogue'>; version: number }>

/** What a catalogue version says of a resource: frozen, so a later change of the resource is a difference. */
export type CatalogueItem = Readonly<{
  resourceId: Id<'resource'>
  code: string
  name: string
  providerCode: string
  providerName: string
  sourceKind: SourceKind
  fieldCode: string
  abstract: string
  format: string
  items: readonly ResourceItem[]
  sharing: string
  opening: OpeningAttribute
  updateFrequency: UpdateFrequency
  relatedCode: string | null
  nationalClass: NationalClass
  level: DataLevel
  containsPersonalInformation: boolean
  containsSensitivePersonalInformation: boolean
}>

export type CatalogueVersion = Readonly<{
  id: Id<'catalogue'>
  version: number
  note: string
  difference: CatalogueDifference
  digest: string
  publishedBy: string
  publishedAt: Date
  itemCount: number
}>

export type ResourceView = Readonly<{
  id: Id<'resource'>
  code: string
  name: string
  providerId: Id<'org'>
  providerName: string
  sourceKind: SourceKind
  legalBasis: string | null
  fieldCode: string
  abstract: string
  format: string
  items: readonly ResourceItem[]
  sharing: 'unconditional' | 'conditional' | 'none'
  opening: OpeningAttribute
  updateFrequency: UpdateFrequency
  relatedCode: string | null
  nationalClass: NationalClass | null
  level: DataLevel | null
  containsPersonalInformation: boolean
  containsSensitivePersonalInformation: boolean
  registrationNumber: string | null
  status: ResourceStatus
  providerOpinion: string | null
  providerOpinedAt: Date | null
  recordedAt: Date
}>

export type Field = Readonly<{
  code: string
  name: string
  nameEn: string
  position: number
  isPriority: boolean
}>
