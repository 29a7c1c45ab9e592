import type { OrganizationKind } from '#kernel/context.ts'
import type { Role } from '#kernel/permissions.ts'

const operator: readonly Role[] = ['operator_maker', 'operator_checker', 'operator_head']
const buyer: readonly Role[] = ['buyer_admin', 'buyer_member']
const platform: readonly Role[] = ['system_admin', 'security_admin', 'audit_admin']

/** Which roles people of an organization can hold besides being its administrator (R4). */
export const rolesOfKind: Readonly<Record<OrganizationKind, readonly Role[]>> = {
  data_bureau: ['data_bureau'],
  finance_bureau: ['finance_bureau'],
  price_authority: ['price_authority'],
  market_regulator: ['market_regulator'],
  state_asset_regulator: ['state_asset_regulator'],
  security_supervisor: ['security_supervisor'],
  auditor: ['auditor'],
  platform,
  provider: ['provider'],
  operator,
  buyer,
}

export function isRoleOfKind(role: Role, kind: OrganizationKind): boolean {
  return role === 'organization_admin' || rolesOfKind[kind].includes(role)
}
