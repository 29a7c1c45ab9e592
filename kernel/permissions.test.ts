import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Actor } from './context.ts'
import { movableClock } from './clock.ts'
import { newId } from './ids.ts'
import {
  type Action,
  can,
  permissions,
  requirePermission,
  type Role,
  roles,
} from './permissions.ts'

/**
 * The matrix as it was last looked at, cell by cell. A change of a permission is made in two places on purpose:
 * in permissions.ts and here, where whoever reviews it sees one mark appear or vanish.
 */
const frozen = readFileSync(new URL('./permissions.matrix.txt', import.meta.url), 'utf8')
const columns: Readonly<Record<string, Role | 'key:usage:read' | 'key:bill:read' | 'system'>> = {
  bA: 'buyer_admin',
  bM: 'buyer_member',
  oM: 'operator_maker',
  oC: 'operator_checker',
  oH: 'operator_head',
  dB: 'data_bureau',
  fB: 'finance_bureau',
  pr: 'provider',
  pA: 'price_authority',
  mR: 'market_regulator',
  sR: 'state_asset_regulator',
  sS: 'security_supervisor',
  au: 'auditor',
  yA: 'system_admin',
  cA: 'security_admin',
  aA: 'audit_admin',
  gA: 'organization_admin',
  kU: 'key:usage:read',
  kB: 'key:bill:read',
  sy: 'system',
}

const clock = movableClock('2026-06-15T04:00:00Z')
const organizationId = newId('org', clock)

function actorOf(holder: string): Actor {
  if (holder === 'system') return { kind: 'system', job: 'test' }
  if (holder === 'key:usage:read' || holder === 'key:bill:read') {
    const scope = holder === 'key:usage:read' ? 'usage:read' : 'bill:read'
    return { kind: 'api_key', keyId: newId('key', clock), organizationId, scopes: [scope] }
  }
  const role = roles.find((each) => each === holder)
  if (!role) throw new Error(`no role is called ${holder}`)
  return {
    kind: 'person',
    personId: newId('person', clock),
    organizationId,
    organizationKind: 'platform',
    roles: [role],
    name: '示例',
  }
}

const [head = '', ...rows] = frozen.trimEnd().split('\n')
const holders = head
  .trim()
  .split(/ +/)
  .map((mark) => columns[mark] ?? mark)
const cells = rows.map((row) => {
  const [action = '', ...marks] = row.trim().split(/ +/)
  return { action: action as Action, marks }
})

describe('the permission matrix', () => {
  test('names every action and every role', () => {
    expect(cells.map((row) => row.action)).toEqual(Object.keys(permissions))
    expect(holders).toEqual([...roles, 'key:usage:read', 'key:bill:read', 'system'])
  })

  test.each(cells)('$action, cell by cell', ({ action, marks }) => {
    for (const [at, holder] of holders.entries())
      expect(can(actorOf(holder), action), `${holder} – ${action}`).toBe(marks[at] === 'x')
  })
})

const actions = Object.keys(permissions) as Action[]
const heldBy = (holder: string) => actions.filter((action) => can(actorOf(holder), action))

test('what the implementing body alone may do, nobody else may (R3)', () => {
  const alone: Action[] = [
    'catalogue:publish',
    'scenario:decide',
    'filing:decide',
    'price_list:approve',
    'statement:confirm',
    'authorization:grant',
    'authorization:revoke',
  ]
  for (const action of alone) {
    expect(holders.filter((holder) => can(actorOf(holder), action))).toEqual(['data_bureau'])
    expect(() => requirePermission({ actor: actorOf('operator_head') }, action)).toThrow(
      /FORBIDDEN/,
    )
  }
})

test('the finance bureau reviews, approves and books what was paid, and can edit no amount (R4)', () => {
  const acts = heldBy('finance_bureau').filter((action) => !action.endsWith(':read'))
  expect(acts).toEqual([
    'policy_document:register',
    'split_rule:approve',
    'statement:review',
    'statement:return',
    'treasury_payment:notify',
    'treasury_payment:record',
  ])
})

test('each statement signature is another role, so five people sign (R72)', () => {
  const signatures: Action[] = [
    'statement:prepare',
    'statement:check',
    'statement:submit',
    'statement:confirm',
    'statement:review',
  ]
  const signers = signatures.map((action) => permissions[action])
  expect(signers.every((each) => each.length === 1)).toBe(true)
  expect(new Set(signers.flat()).size).toBe(5)
})

test('administrators decide no business, and each has duties of its own (R92)', () => {
  const business =
    /^(?:statement|bill|price|posted|split|payment|treasury|scenario|filing|product|catalogue)/
  for (const administrator of [
    'system_admin',
    'security_admin',
    'audit_admin',
    'organization_admin',
  ])
    expect(heldBy(administrator).filter((action) => business.test(action))).toEqual([])
  expect(heldBy('audit_admin')).toEqual(['person:read', 'audit:read'])
  expect(heldBy('system_admin')).not.toContain('audit:read')
})

test('supervisors read and change nothing', () => {
  for (const supervisor of [
    'market_regulator',
    'state_asset_regulator',
    'security_supervisor',
    'auditor',
  ])
    expect(
      heldBy(supervisor).filter((action) => !/:(?:read|prove)$/.test(action)),
      supervisor,
    ).toEqual([])
})

test('a key reads what its scope names and does nothing else', () => {
  expect(heldBy('key:usage:read')).toEqual(['usage:read'])
  expect(heldBy('key:bill:read')).toEqual(['bill:read'])
})

test('nobody in particular may do nothing at all', () => {
  expect(actions.filter((action) => can({ kind: 'anonymous' }, action))).toEqual([])
})
