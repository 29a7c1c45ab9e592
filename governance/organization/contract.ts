import type { OrganizationKind } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'

export type OrganizationStatus = 'registered' | 'active' | 'suspended' | 'exited'

export type RegisterOrganization = Readonly<{
  kind: OrganizationKind
  name: string
  nameEn?: string | null
  /** Unified social credit code, checked and normalized (R5). */
  creditCode: string
  contactName?: string | null
  contactPhone?: string | null
  address?: string | null
  isSample?: boolean
}>
export type RegisterOrganizationResult = Readonly<{
  kind: 'registered' | 'already_registered'
  organizationId: Id<'org'>
}>

export type AddPerson = Readonly<{
  name: string
  email: string
  /** The id of the account at the sign-in service, once there is one. */
  authUserId?: string | null
}>
export type AddPersonResult = Readonly<{
  kind: 'added' | 'already_known'
  personId: Id<'person'>
}>

export type GrantRole = Readonly<{
  personId: Id<'person'>
  organizationId: Id<'org'>
  role: Role
}>
export type GrantRoleResult = Readonly<{
  kind: 'granted' | 'already_granted'
  membershipId: Id<'membership'>
}>
export type EndRole = Readonly<{ membershipId: Id<'membership'> }>
export type EndRoleResult = Readonly<{ kind: 'ended' | 'already_ended' }>

export type ChangePersonStatus = Readonly<{
  personId: Id<'person'>
  to: 'active' | 'suspended' | 'removed'
  reason: string
}>
export type ChangePersonStatusResult = Readonly<{ kind: 'changed' | 'unchanged' }>

export type Organization = Readonly<{
  id: Id<'org'>
  kind: OrganizationKind
  name: string
  nameEn: string | null
  creditCode: string
  status: OrganizationStatus
  contactName: string | null
  contactPhone: string | null
  address: string | null
  isSample: boolean
  registeredAt: Date
}>

export type Membership = Readonly<{
  id: Id<'membership'>
  personId: Id<'person'>
  organizationId: Id<'org'>
  organizationKind: OrganizationKind
  organizationName: string
  role: Role
  grantedAt: Date
}>

export type Person = Readonly<{
  id: Id<'person'>
  authUserId: string | null
  name: string
  email: string
  status: 'active' | 'suspended' | 'removed'
  registeredAt: Date
  memberships: readonly Membership[]
}>
