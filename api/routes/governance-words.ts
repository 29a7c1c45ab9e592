import { z } from '@hono/zod-openapi'
import { instant } from '#api/contract.ts'

/** Words that several governance contracts share. */
export const productKind = z.enum(['api', 'dataset', 'report', 'model'])
export const purposeClass = z.enum(['public_interest', 'industry'])
export const reason = z.string().trim().min(1).max(2000)
export const digestText = z.string().regex(/^(?:sm3|sha256):[0-9a-f]{64}$/)

/** What was done, or that it had been done before: `submitted`, `already_submitted`. */
export const Done = z.object({ kind: z.string() }).openapi('Done')

export const sourceKind = z.enum([
  'government_body',
  'public_institution',
  'public_utility',
  'return_flow',
])
export const opening = z.enum(['unconditional', 'conditional', 'prohibited'])
export const updateFrequency = z.enum([
  'real_time',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'yearly',
  'irregular',
])
export const nationalClass = z.enum(['core', 'important', 'general'])
export const dataLevel = z.enum(['L1', 'L2', 'L3', 'L4', 'L5'])
export const resourceItem = z.object({
  name: z.string(),
  type: z.string(),
  note: z.string().optional(),
})
export const sharing = z.enum(['unconditional', 'conditional', 'none'])

export const ScenarioSchema = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    name_en: z.string(),
    operator_id: z.string(),
    operator_name: z.string(),
    description: z.string(),
    purpose_class: purposeClass,
    purpose_evidence: z.string(),
    status: z.enum(['draft', 'submitted', 'approved', 'rejected']),
    submitted_at: instant.nullable(),
    decided_at: instant.nullable(),
    decision_reason: z.string().nullable(),
    resources: z.array(
      z.object({
        id: z.string(),
        code: z.string(),
        name: z.string(),
        provider_id: z.string(),
        provider_name: z.string(),
      }),
    ),
    opinions: z.array(
      z.object({
        provider_id: z.string(),
        provider_name: z.string(),
        verdict: z.enum(['agree', 'reject']).nullable(),
        opinion: z.string().nullable(),
        opined_at: instant.nullable(),
      }),
    ),
  })
  .openapi('Scenario')
