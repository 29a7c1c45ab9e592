import type { Id } from '#kernel/ids.ts'

export type ConnectorKind = 'http' | 'table' | 'file' | 'report' | 'model'

export type ProposeUpstream = Readonly<{
  productVersionId: Id<'pver'>
  connector: ConnectorKind
  /**
   * An origin and base path: `https://data.example.gov.cn/fund`; of a table, role, host and database:
   * `postgres://reader@db.example.gov.cn/fund`. Checked again at each connection.
   */
  address: string
  /** The connector's own settings, plain JSON without secrets. */
  settings: Readonly<Record<string, unknown>>
  /** The provider's credential; sealed bound to the upstream's id, never shown again. */
  secret?: string | null
}>
export type ProposeUpstreamResult = Readonly<{ kind: 'proposed'; upstreamId: Id<'upstream'> }>
export type ApproveUpstream = Readonly<{ upstreamId: Id<'upstream'> }>
/** What is looked at before an upstream is approved; the credential is open and goes no further. */
export type UpstreamToInspect = Readonly<{
  upstreamId: Id<'upstream'>
  connector: ConnectorKind
  address: string
  settings: unknown
  secret: string | null
}>
export type UpstreamInspection =
  | Readonly<{ kind: 'fit' }>
  /** `role_is_no_reader`, with what the role can do beside reading; or why it could not be looked at. */
  | Readonly<{ kind: 'unfit'; reason: string; rights?: readonly string[] }>
export type InspectUpstream = (upstream: UpstreamToInspect) => Promise<UpstreamInspection>
export type ApproveUpstreamResult = Readonly<{
  kind: 'active' | 'already_active'
  retiredUpstreamId: Id<'upstream'> | null
}>

export type UpstreamView = Readonly<{
  id: Id<'upstream'>
  productVersionId: Id<'pver'>
  connector: ConnectorKind
  address: string
  settings: Readonly<Record<string, unknown>>
  hasSecret: boolean
  status: 'proposed' | 'active' | 'retired'
  proposedBy: string
  proposedAt: Date
  approvedBy: string | null
  approvedAt: Date | null
}>
