import type { Role } from '#kernel/permissions.ts'
import { buyers, providers } from './organizations.ts'

/** Somebody who works in the demo city. `key` names the person in the seed and the account in demo.json. */
export type CityPerson = Readonly<{
  key: string
  organization: string
  name: string
  roles: readonly Role[]
}>

const person = (key: string, organization: string, name: string, ...roles: Role[]): CityPerson => ({
  key,
  organization,
  name,
  roles,
})

/** Two for whatever needs a second pair of eyes in one bureau. */
const officials: readonly CityPerson[] = [
  person('system_admin', 'platform', '示例系统管理员', 'system_admin'),
  person('security_admin', 'platform', '示例安全管理员', 'security_admin'),
  person('audit_admin', 'platform', '示例审计管理员', 'audit_admin'),
  person('data_bureau', 'data_bureau', '示例市政数局经办', 'data_bureau', 'organization_admin'),
  person('data_bureau_second', 'data_bureau', '示例市政数局复核', 'data_bureau'),
  person(
    'finance_bureau',
    'finance_bureau',
    '示例财政局审核',
    'finance_bureau',
    'organization_admin',
  ),
  person('price_authority', 'price_authority', '示例发改委价格', 'price_authority'),
  person('market_regulator', 'market_regulator', '示例市场监管', 'market_regulator'),
  person('state_asset_regulator', 'state_asset_regulator', '示例国资监管', 'state_asset_regulator'),
  person('security_supervisor', 'security_supervisor', '示例网信监管', 'security_supervisor'),
  person('auditor', 'auditor', '示例审计人员', 'auditor'),
]

const operatorStaff: readonly CityPerson[] = [
  person('operator_maker', 'operator', '示例经办一', 'operator_maker'),
  person('operator_checker', 'operator', '示例复核一', 'operator_checker'),
  person('operator_head', 'operator', '示例负责人', 'operator_head', 'organization_admin'),
]

/** One person acts for each provider and each buyer; the first of each has an account under the plain name. */
const providerStaff = providers.map((each, index) =>
  person(
    index === 0 ? 'provider' : `provider_${each.key}`,
    each.key,
    `示例供数专员${index + 1}`,
    'provider',
  ),
)
const buyerStaff = buyers.map((each, index) =>
  person(
    index === 0 ? 'buyer_admin' : `buyer_${each.key}`,
    each.key,
    `示例企业管理员${index + 1}`,
    'buyer_admin',
    'organization_admin',
  ),
)

export const people: readonly CityPerson[] = [
  ...officials,
  ...operatorStaff,
  ...providerStaff,
  ...buyerStaff,
]

/** The accounts demo.json lists (design.md section 6). */
export const accountKeys = [
  'buyer_admin',
  'operator_maker',
  'operator_checker',
  'operator_head',
  'data_bureau',
  'finance_bureau',
  'provider',
  'price_authority',
  'market_regulator',
  'auditor',
  'system_admin',
] as const
export type AccountKey = (typeof accountKeys)[number]

/** Addresses under .example reach nobody (RFC 2606). */
export function emailOf(personKey: string): string {
  return `${personKey.replaceAll('_', '.')}@city.example`
}
