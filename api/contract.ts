import { z } from '@hono/zod-openapi'
import type { Id, IdPrefix } from '#kernel/ids.ts'
import { roles } from '#kernel/permissions.ts'

/** The words that route contracts are made of. */

/** An id of one kind; in a path an ill-formed one is NOT_FOUND, in a body VALIDATION_FAILED. */
export function idOf<P extends IdPrefix>(prefix: P) {
  const pattern = `^${prefix}_[0-9a-hjkmnp-tv-z]{20}$`
  return z
    .string()
    .regex(new RegExp(pattern), `not_an_id_of_${prefix}`)
    .transform((text) => text as Id<P>)
    .openapi({ type: 'string', pattern, example: `${prefix}_01k7zq3v5w8x9y0a1b2c` })
}

/** `{ id }` of a path such as `/v1/bills/{id}`. */
export function pathId<P extends IdPrefix>(prefix: P) {
  return z.object({ id: idOf(prefix) })
}

/** An amount in yuan as decimal text with two places. Adjustments may be negative. */
export const yuan = z
  .string()
  .regex(/^-?(?:0|[1-9][0-9]{0,13})\.[0-9]{2}$/)
  .openapi({ example: '128.50', description: 'Yuan as decimal text' })

/** A quantity or a unit price as decimal text, never a JSON number. */
export const decimal = z
  .string()
  .regex(/^-?(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,12})?$/)
  .openapi({ example: '0.35' })

/** A count as decimal text: it may be larger than a JSON number can say. */
export const count = z
  .string()
  .regex(/^(?:0|[1-9][0-9]*)$/)
  .openapi({ example: '1024' })

/** The same where a line takes back what another counted. */
export const countChange = z
  .string()
  .regex(/^-?(?:0|[1-9][0-9]*)$/)
  .openapi({ example: '-1' })

/** The id of a usage event, a uuidv7. */
export const eventId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)

export const instant = z.iso
  .datetime({ offset: true })
  .openapi({ example: '2026-06-15T04:00:00.000Z' })
/** An instant in a body or a query, as a Date. */
export const instantIn = instant.transform((text) => new Date(text))
export const day = z.iso.date().openapi({ example: '2026-06-15', description: 'Asia/Shanghai' })
export const month = z
  .string()
  .regex(/^[0-9]{4}-(?:0[1-9]|1[0-2])$/)
  .openapi({ example: '2026-06', description: 'Asia/Shanghai' })
export const role = z.enum(roles)

/** Where a list goes on. A list tells no total: counting all would cost more than the page. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
})

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
}

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    billed: z.boolean(),
    request_id: z.string(),
    errors: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('Problem')

const reasons = {
  400: 'The body cannot be read',
  401: 'Not signed in, or the key is not valid',
  403: 'Not allowed to this role or key',
  404: 'Not found, or of another organization',
  409: 'In conflict with what is recorded',
  410: 'No longer valid',
  413: 'The body is too large',
  415: 'The content type is not supported',
  422: 'Values are not acceptable; `errors` names them',
  423: 'The account is locked for now',
  429: 'Too many requests',
  503: 'Not ready',
} as const

type ProblemStatus = keyof typeof reasons
const problemContent = { 'application/problem+json': { schema: Problem } }

/**
 * The refusals of a route for its contract. They are thrown, never returned, so the type of the handler
 * does not know them: `hc` then types the answer as what the route gives when it succeeds.
 */
export function refusals(...statuses: readonly ProblemStatus[]): Record<never, never> {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: reasons[status], content: problemContent }]),
  )
}

/** In the contract of a route that is open to people and programs without a sign-in; all others are closed. */
export const anybody: { security: Record<string, string[]>[] } = { security: [] }

/** One JSON answer of a contract. */
export function answer<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A file as the answer of a contract. */
export function fileAnswer(contentType: string, description: string) {
  return {
    description,
    content: { [contentType]: { schema: z.string().openapi({ format: 'binary' }) } },
  }
}

/** A JSON body that must be there. */
export function body<T extends z.ZodType>(schema: T) {
  return { required: true as const, content: { 'application/json': { schema } } }
}
