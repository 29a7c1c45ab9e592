import { z } from 'zod'

/**
 * What a product version is, written once and reviewed as it stands (R29). Strict: a field nobody
 * knows is refused, so nothing unreviewed can hide in it. Fractions are decimal text, never numbers.
 */
const words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.]{0,63}$/)
const valueType = z.enum([
  'string',
  'integer',
  'decimal',
  'boolean',
  'date',
  'datetime',
  'object',
  'array',
])
/** JSON pointer (RFC 6901); the empty pointer is the whole answer. */
const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/)
const digestText = z.string().regex(/^(?:sm3|sha256):[0-9a-f]{64}$/)
const statement = z.strictObject({ fileName: z.string().min(1), fileDigest: digestText })

const dictionaryEntry = z.strictObject({
  name,
  label: words,
  type: valueType,
  description: words,
  isPersonalInformation: z.boolean().default(false),
})

const parameter = z.strictObject({
  name,
  in: z.enum(['path', 'query', 'body']),
  type: valueType,
  isRequired: z.boolean(),
  /** A regular expression the whole value must match. */
  pattern: z.string().max(200).optional(),
  maxLength: z.int().positive().max(4096).optional(),
  description: words,
  example: z.string(),
})

/** A delivery is forgotten as one under way after an hour, so none may take as long. */
const streamSecondsLimit = 3_000

/** How an answer of the provider is told found from not found, and its records counted. */
const resultRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('json'),
    /** Found when the value there exists and is neither null, false, nor empty. */
    foundPointer: pointer,
    /** An array whose length is the number of records; without it a found answer is one record. */
    recordsPointer: pointer.optional(),
    notFoundStatuses: z.array(z.int().min(200).max(499)).default([404]),
  }),
  z.strictObject({
    kind: z.literal('status'),
    notFoundStatuses: z.array(z.int().min(200).max(499)).default([404]),
  }),
])

type SampleValue =
  | string
  | number
  | boolean
  | null
  | readonly SampleValue[]
  | Readonly<{ [name: string]: SampleValue }>
const sampleValue: z.ZodType<SampleValue> = z.lazy(() =>
  z.union([
    z.string(),
    z.int(),
    z.boolean(),
    z.null(),
    z.array(sampleValue),
    z.record(z.string(), sampleValue),
  ]),
)

export const productContentSchema = z.strictObject({
  introduction: words,
  dictionary: z.array(dictionaryEntry).min(1),
  delivery: z.strictObject({
    mode: z.enum(['api', 'download', 'report', 'model_call']),
    method: z.enum(['GET', 'POST']),
    /** Path below `/data/v1/{product}`, with `{name}` for path parameters: `/query`. */
    path: z.string().regex(/^(?:\/(?:[a-z0-9._-]+|\{[A-Za-z_][A-Za-z0-9_]*\}))+$/),
    contentType: z.string().min(3),
    parameters: z.array(parameter),
    /** Until the whole answer is there; of a file, until it begins. */
    timeoutMs: z
      .int()
      .min(100)
      .max(5 * 60_000),
    responseBytesMax: z
      .int()
      .min(1024)
      .max(16 * 1024 ** 3),
    /** The most records one answer may hold; an answer with more fails. What a call by the record can cost. */
    recordsMax: z.int().min(1).max(1_000_000).optional(),
    /** How long a file may take to be handed over, once it has begun. */
    streamSecondsMax: z.int().min(1).max(streamSecondsLimit).optional(),
    /**
     * What a caller owes that hangs up midway. Not charged, unless the version says that the bytes it was
     * given are: that holds for a price by the megabyte only.
     */
    partialDelivery: z.enum(['not_charged', 'delivered_bytes']).optional(),
    /** The parameter that names the evidence of consent; a call without it is refused (R88). */
    consentParameter: name.optional(),
  }),
  resultRule,
  updateFrequency: z.enum([
    'real_time',
    'daily',
    'weekly',
    'monthly',
    'quarterly',
    'yearly',
    'irregular',
  ]),
  coverage: z.strictObject({ region: z.string().min(1), time: z.string().min(1) }),
  dataSubject: z.enum(['personal', 'enterprise', 'public']),
  /** Industry by GB/T 4754, as text. */
  industry: z.string().min(1),
  scale: z.string().min(1),
  processingMode: z.enum(['usage_control', 'sandbox', 'privacy_computing', 'plain_api']),
  useLimits: z.array(words).min(1),
  statements: z.strictObject({ compliance: statement, dataSource: statement }),
  /** What sandbox keys are answered with; made up, never real records. */
  sampleRows: z.array(z.record(name, sampleValue)).min(1).max(50),
})

export type ProductContent = z.output<typeof productContentSchema>
export type ProductContentInput = z.input<typeof productContentSchema>
export type ProductParameter = ProductContent['delivery']['parameters'][number]
export type ProductResultRule = ProductContent['resultRule']
