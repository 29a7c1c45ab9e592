import { z } from 'zod'
import type { UsageEvent } from '#metering/usage-event.ts'

/** What rate and concurrency refusals of one second share; they become one event with their count. */
export type RefusalFacts = Pick<
  UsageEvent,
  | 'mode'
  | 'buyerId'
  | 'keyId'
  | 'subscriptionId'
  | 'productId'
  | 'productVersionId'
  | 'scenarioId'
  | 'purposeClass'
  | 'route'
>

const stored = z.tuple([
  z.enum(['live', 'sandbox']),
  z.string(),
  z.string(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.enum(['public_interest', 'industry']).nullable(),
  z.string(),
])

export function formatRefusalFacts(facts: RefusalFacts): string {
  return JSON.stringify([
    facts.mode,
    facts.buyerId,
    facts.keyId,
    facts.subscriptionId,
    facts.productId,
    facts.productVersionId,
    facts.scenarioId,
    facts.purposeClass,
    facts.route,
  ])
}

export function parseRefusalFacts(text: string): RefusalFacts {
  const [
    mode,
    buyerId,
    keyId,
    subscriptionId,
    productId,
    productVersionId,
    scenarioId,
    purposeClass,
    route,
  ] = stored.parse(JSON.parse(text))
  return {
    mode,
    buyerId,
    keyId,
    subscriptionId,
    productId,
    productVersionId,
    scenarioId,
    purposeClass,
    route,
  }
}
