import {
  enterpriseAt,
  failingIndex,
  knownEnterprises,
  knownPeople,
  personAt,
  slowIndex,
} from '#demo/simulator/subjects.ts'
import type { Month } from '#kernel/period.ts'
import type { PlannedOutcome } from './traffic.ts'

/** A request to the gateway, below `/data/v1/{product}`. */
export type CallRequest = Readonly<{ method: 'GET' | 'POST'; path: string; json?: object }>

export type CallWish = Readonly<{
  product: string
  outcome: PlannedOutcome
  pick: number
  /** The month a data set is asked for. */
  month: Month
}>

/** The request that will meet the wished outcome at the provider-simulator. */
export function requestFor(wish: CallWish): CallRequest {
  switch (wish.product) {
    case 'housing-fund-credit':
    case 'health-insurance-underwriting':
      return aboutPerson(wish)
    case 'finance-risk-model':
      return aboutEnterprise(wish)
    case 'smart-parking':
      return { method: 'GET', path: `/lots/${lotFor(wish)}` }
    case 'medical-channel-value':
      return { method: 'GET', path: `/months/${monthFor(wish)}` }
    case 'culture-tourism':
      return { method: 'GET', path: `/months/${monthFor(wish)}/visitors.csv` }
    default:
      throw new Error(`no request is known for ${wish.product}`)
  }
}

function indexFor(wish: CallWish, known: number): number {
  switch (wish.outcome) {
    case 'failing':
      return failingIndex
    case 'slow':
      return slowIndex
    case 'not_found':
      return known + (wish.pick % 1_000)
    default:
      return wish.pick % known
  }
}

function aboutPerson(wish: CallWish): CallRequest {
  const { idNumber, name } = personAt(indexFor(wish, knownPeople))
  const subject = wish.outcome === 'malformed' ? { id_number: 'unknown' } : { id_number: idNumber }
  const consent = `CONSENT-${String(wish.pick).padStart(8, '0')}`
  return { method: 'POST', path: '/query', json: { ...subject, name, consent_reference: consent } }
}

function aboutEnterprise(wish: CallWish): CallRequest {
  const { creditCode } = enterpriseAt(indexFor(wish, knownEnterprises))
  const code = wish.outcome === 'malformed' ? creditCode.toLowerCase() : creditCode
  return { method: 'POST', path: '/score', json: { credit_code: code } }
}

function lotFor(wish: CallWish): string {
  switch (wish.outcome) {
    case 'failing':
      return 'P9001'
    case 'slow':
      return 'P9002'
    case 'malformed':
      return 'lot-1'
    case 'not_found':
      return `P${String(200 + (wish.pick % 700)).padStart(4, '0')}`
    default:
      return `P${String(1 + (wish.pick % 120)).padStart(4, '0')}`
  }
}

function monthFor(wish: CallWish): string {
  if (wish.outcome === 'malformed') return 'last-month'
  return wish.outcome === 'not_found' ? '2019-01' : wish.month
}
