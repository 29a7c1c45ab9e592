import type { Actor, Context } from './context.ts'
import { DomainError } from './errors.ts'

export const roles = [
  'buyer_admin',
  'buyer_member',
  'operator_maker',
  'operator_checker',
  'operator_head',
  'data_bureau',
  'finance_bureau',
  'provider',
  'price_authority',
  'market_regulator',
  'state_asset_regulator',
  'security_supervisor',
  'auditor',
  'system_admin',
  'security_admin',
  'audit_admin',
  'organization_admin',
] as const
export type Role = (typeof roles)[number]

/** Who a cell of the matrix can name: a role of a person, a scope of a key, or a job of the platform. */
type Holder = Role | 'key:usage:read' | 'key:bill:read' | 'system'

const operator = ['operator_maker', 'operator_checker', 'operator_head'] as const
const supervisors = [
  'price_authority',
  'market_regulator',
  'state_asset_regulator',
  'auditor',
] as const
const buyer = ['buyer_admin', 'buyer_member'] as const

/**
 * The permission matrix: every action of the platform and who may take it (R3, R4, R72, R92).
 * A role not named may not. Which objects (one's own organization's, or all) is each verb's own check;
 * another organization's object is NOT_FOUND.
 */
export const permissions = {
  'organization:register': ['system_admin', 'data_bureau', 'system'],
  'organization:register_buyer': [...operator, 'system'],
  'organization:read': [
    ...operator,
    'data_bureau',
    'finance_bureau',
    ...supervisors,
    'system_admin',
    'system',
  ],
  'person:invite': ['organization_admin', 'system_admin', 'system'],
  'person:suspend': ['organization_admin', 'system_admin', 'security_admin'],
  'person:remove': ['organization_admin', 'system_admin'],
  'person:unlock': ['security_admin'],
  'person:read': ['organization_admin', 'system_admin', 'security_admin', 'audit_admin'],
  'policy_document:register': ['data_bureau', 'finance_bureau', 'operator_maker', 'system'],
  'policy_document:read': [
    ...operator,
    'data_bureau',
    'finance_bureau',
    'provider',
    ...supervisors,
  ],
  'operator_selection:record': ['data_bureau'],
  'agreement:draft': ['data_bureau'],
  'agreement:sign': ['data_bureau'],
  'authorization:grant': ['data_bureau'],
  'authorization:revoke': ['data_bureau'],
  'operator:activate': ['data_bureau'],
  'resource:propose': ['provider', 'data_bureau'],
  'resource:opine': ['provider'],
  'resource:read': [...operator, 'data_bureau', 'finance_bureau', 'provider', ...supervisors],
  'catalogue:publish': ['data_bureau'],
  'scenario:draft': ['operator_maker'],
  'scenario:submit': ['operator_maker', 'operator_head'],
  'scenario:opine': ['provider'],
  'scenario:decide': ['data_bureau'],
  'scenario:read': [...operator, 'data_bureau', 'finance_bureau', 'provider', ...supervisors],
  'product:draft': ['operator_maker'],
  'product:submit_review': ['operator_maker'],
  'product:review': ['operator_checker'],
  'product:file': ['operator_maker', 'operator_head'],
  'filing:decide': ['data_bureau'],
  'product:list': ['operator_head'],
  'product:suspend': ['operator_head', 'data_bureau'],
  'product:read': [...operator, 'data_bureau', 'finance_bureau', 'provider', ...supervisors],
  'upstream:propose': ['operator_maker'],
  'upstream:approve': ['operator_checker', 'operator_head'],
  'entry:apply': ['buyer_admin'],
  'entry:decide': ['operator_checker', 'operator_head'],
  'development_agreement:offer': ['operator_head'],
  'development_agreement:sign': ['buyer_admin'],
  'use_application:apply': [...buyer],
  'use_application:decide': ['operator_checker', 'operator_head'],
  'use_application:read': [...buyer, ...operator, 'data_bureau', 'auditor'],
  'subscription:open': [...operator, 'buyer_admin'],
  'subscription:read': [...buyer, ...operator, 'data_bureau', 'finance_bureau', 'auditor'],
  'subscription:suspend': ['operator_head', 'data_bureau'],
  'subscription:end': ['operator_head', 'data_bureau', 'buyer_admin'],
  'api_key:create': [...buyer],
  'api_key:read': [...buyer],
  'api_key:rotate': [...buyer],
  'api_key:cap': [...buyer],
  'api_key:revoke': [...buyer, 'security_admin'],
  'api_key:suspend': [...buyer, 'operator_head', 'security_admin'],
  'buyer:suspend': ['operator_head', 'data_bureau', 'security_admin'],
  'resource:suspend': ['data_bureau'],
  'incident:read': [
    ...buyer,
    ...operator,
    'data_bureau',
    'provider',
    'state_asset_regulator',
    'security_supervisor',
    'auditor',
    'security_admin',
  ],
  'incident:record': [...buyer, 'operator_head', 'data_bureau', 'security_admin'],
  'price_list:draft': ['operator_maker', 'data_bureau'],
  'price_list:submit': ['operator_maker', 'data_bureau'],
  'price_list:approve': ['data_bureau'],
  'price_list:read': [...operator, 'data_bureau', 'finance_bureau', ...supervisors],
  'posted_price:propose': ['operator_maker'],
  'posted_price:approve': ['operator_head'],
  'tax_rate:record': ['operator_head', 'system'],
  'permitted_revenue:record': ['price_authority'],
  'usage:read': [
    ...buyer,
    ...operator,
    'data_bureau',
    'finance_bureau',
    'auditor',
    'key:usage:read',
  ],
  'usage:seal': ['system'],
  'usage:prove': ['auditor', 'system'],
  'usage_export:read': ['data_bureau', 'finance_bureau', 'auditor'],
  'revenue:read': [...operator, 'data_bureau', 'finance_bureau', 'price_authority', 'auditor'],
  'bill:run': ['operator_maker', 'system'],
  'bill:confirm_operator': ['operator_checker', 'operator_head'],
  'bill:issue': ['operator_head', 'system'],
  'bill:confirm': ['buyer_admin', 'system'],
  'bill:advance': ['operator_head', 'system'],
  'bill:object': ['buyer_admin'],
  'bill:decide_objection': ['operator_head'],
  'bill:read': [...buyer, ...operator, 'data_bureau', 'finance_bureau', 'auditor', 'key:bill:read'],
  'bank_statement:import': ['operator_maker', 'operator_checker'],
  'payment:match': ['operator_maker', 'operator_checker', 'system'],
  'payment:read': [...operator, 'data_bureau', 'finance_bureau', 'auditor'],
  'account:read': [...buyer, ...operator, 'data_bureau', 'finance_bureau', 'auditor'],
  'account_terms:set': ['operator_head'],
  'top_up:record': ['operator_maker', 'operator_checker', 'system'],
  'refund:request': ['buyer_admin', 'operator_maker'],
  'refund:decide': ['operator_checker', 'operator_head'],
  'ledger:read': [...operator, 'data_bureau', 'finance_bureau', 'auditor'],
  'split_rule:draft': ['data_bureau'],
  'split_rule:approve': ['data_bureau', 'finance_bureau'],
  'split_rule:read': [...operator, 'data_bureau', 'finance_bureau', ...supervisors],
  'statement:compose': ['operator_maker', 'system'],
  'statement:prepare': ['operator_maker'],
  'statement:check': ['operator_checker'],
  'statement:submit': ['operator_head'],
  'statement:confirm': ['data_bureau'],
  'statement:review': ['finance_bureau'],
  'statement:return': ['operator_checker', 'operator_head', 'data_bureau', 'finance_bureau'],
  'statement:read': [
    ...operator,
    'data_bureau',
    'finance_bureau',
    'price_authority',
    'state_asset_regulator',
    'auditor',
  ],
  'statement:prove': ['auditor', 'system'],
  'treasury_payment:notify': ['finance_bureau'],
  'treasury_payment:record': ['finance_bureau'],
  'metering:read': [
    'operator_head',
    'data_bureau',
    'finance_bureau',
    'auditor',
    'system_admin',
    'security_admin',
  ],
  'roll_up:prove': ['auditor', 'system_admin', 'system'],
  'parked_entry:read': ['operator_head', 'auditor', 'system_admin'],
  'parked_entry:replay': ['system_admin'],
  'parked_entry:propose': ['system_admin'],
  'parked_entry:approve': ['operator_head', 'system_admin'],
  'usage_correction:read': [...operator, 'data_bureau', 'finance_bureau', 'auditor'],
  'usage_correction:propose': ['operator_maker'],
  'usage_correction:approve': ['operator_head'],
  'batch_source:read': ['operator_head', 'auditor', 'system_admin', 'security_admin'],
  'batch_source:register': ['system_admin'],
  'batch_source:approve': ['security_admin'],
  'batch_source:revoke': ['security_admin'],
  'job:read': ['operator_head', 'system_admin', 'auditor'],
  'job:retry': ['system_admin'],
  'audit:read': ['audit_admin', 'auditor', 'security_supervisor'],
} as const satisfies Record<string, readonly Holder[]>

export type Action = keyof typeof permissions

/** Whether the matrix lets this actor take the action at all. */
export function can(actor: Actor, action: Action): boolean {
  const holders: readonly Holder[] = permissions[action]
  switch (actor.kind) {
    case 'person':
      return actor.roles.some((role) => holders.includes(role))
    case 'api_key':
      return actor.scopes.some((scope) => (holders as readonly string[]).includes(`key:${scope}`))
    case 'system':
      return holders.includes('system')
    case 'anonymous':
      return false
  }
}

/** Refuses with FORBIDDEN, naming the action and the roles that hold it. */
export function requirePermission(ctx: Pick<Context, 'actor'>, action: Action): void {
  if (!can(ctx.actor, action)) {
    throw new DomainError('FORBIDDEN', { action, roles: [...permissions[action]] })
  }
}
