import type { OrganizationKind } from '#kernel/context.ts'

/** To whom an announcement goes: bodies of the city by their kind, or an organization its payload names. */
export type Recipient =
  | Readonly<{ kind: 'body'; organizationKind: OrganizationKind }>
  | Readonly<{ kind: 'named'; payloadKey: string }>
  /** Whoever the incident that the payload names concerns. */
  | Readonly<{ kind: 'concerned' }>

const body = (organizationKind: OrganizationKind): Recipient => ({ kind: 'body', organizationKind })
const named = (payloadKey: string): Recipient => ({ kind: 'named', payloadKey })

const operator = named('operatorId')
const buyer = named('buyerId')

const incident = [
  { kind: 'concerned' },
  body('data_bureau'),
  body('platform'),
] as const satisfies readonly Recipient[]

/** Who is told of what. An announcement that is not here cannot be relayed: the relay says so. */
export const recipients = {
  'product.suspended': [operator, body('data_bureau')],
  'incident.opened': incident,
  'incident.lifted': incident,
  'incident.closed': incident,
  'price_list.approved': [operator, body('price_authority'), body('market_regulator')],
  'price.posted': [body('data_bureau'), body('price_authority'), body('market_regulator')],
  'posted_price.ended': [body('data_bureau'), body('price_authority'), body('market_regulator')],
  'subscription.opened': [buyer, operator],
  'subscription.changed': [buyer, operator],
  'usage.corrected': [buyer, operator],
  'bill.composed': [operator],
  'bill.issued': [buyer],
  'bill.objected': [operator],
  'bill.objection_decided': [buyer],
  'bill.settled': [buyer, operator],
  'payment.matched': [buyer],
  'split_rule.approved': [operator, body('data_bureau'), body('finance_bureau')],
  'statement.composed': [operator],
  'statement.prepared': [operator],
  'statement.checked': [operator],
  'statement.submitted': [body('data_bureau')],
  'statement.confirmed': [body('finance_bureau')],
  'statement.locked': [operator, body('data_bureau'), body('finance_bureau')],
  'statement.returned': [operator],
  'statement.differs': [operator, body('finance_bureau'), body('auditor')],
  'usage.sealed': [body('data_bureau'), body('finance_bureau')],
  'treasury.paid': [operator, body('data_bureau')],
} as const satisfies Record<string, readonly Recipient[]>

export type AnnouncedKind = keyof typeof recipients

export function isAnnouncedKind(kind: string): kind is AnnouncedKind {
  return Object.hasOwn(recipients, kind)
}
