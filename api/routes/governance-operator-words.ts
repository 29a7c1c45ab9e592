import { z } from '@hono/zod-openapi'
import { day, instant, pageOf } from '#api/contract.ts'

export const selectionMethod = z.enum([
  'open_tender',
  'invited_tender',
  'competitive_negotiation',
  'other',
])

/** Something outlives the document it stands on: shown, not refused. */
export const Warning = z
  .object({
    kind: z.literal('outlives_basis'),
    document_id: z.string(),
    document_title: z.string(),
    basis_valid_to: day,
  })
  .openapi('PolicyWarning')

export const Operators = z
  .object({
    items: z.array(
      z.object({
        organization_id: z.string(),
        name: z.string(),
        name_en: z.string().nullable(),
        status: z.string(),
        selection: z
          .object({
            method: selectionMethod,
            method_note: z.string().nullable(),
            result: z.string(),
            notice_from: day,
            notice_to: day,
            notice_link: z.string(),
          })
          .nullable(),
        agreement: z
          .object({
            id: z.string(),
            number: z.string(),
            starts_on: day,
            ends_on: day,
            status: z.enum(['draft', 'in_force', 'ended']),
            scope: z.string(),
            goals: z.string(),
          })
          .nullable(),
      }),
    ),
  })
  .openapi('Operators')

const PolicyDocument = z
  .object({
    id: z.string(),
    title: z.string(),
    number: z.string(),
    issuer: z.string(),
    issued_on: day,
    valid_from: day,
    valid_to: day.nullable(),
    file_name: z.string(),
    file_digest: z.string(),
    note: z.string(),
    is_sample: z.boolean(),
    registered_at: instant,
  })
  .openapi('PolicyDocument')
export const PolicyDocuments = z
  .object({ items: z.array(PolicyDocument) })
  .openapi('PolicyDocuments')
export const PolicyDocumentPage = pageOf(PolicyDocument)

export const Authorizations = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        operator_id: z.string(),
        operator_name: z.string(),
        mode: z.enum(['whole', 'individual']),
        field_or_scenario: z.string().nullable(),
        necessity: z.string().nullable(),
        reason: z.string(),
        document_number: z.string(),
        effective_from: instant,
        effective_to: instant,
        revoked_at: instant.nullable(),
        resources: z.array(z.object({ id: z.string(), code: z.string(), name: z.string() })),
      }),
    ),
  })
  .openapi('Authorizations')
