import type { ProductContent, ProductParameter } from '#governance/index.ts'
import { assertNever, DomainError, refuseValue } from '#kernel/errors.ts'
import type { UsageLimits } from '#metering/index.ts'
import type { Delivery, DeliveryRequest, FailedDelivery, StreamedDelivery } from './connector.ts'
import { type ParameterValues, readParameters } from './connectors/parameters.ts'

/** The sandbox answers in one piece. */
type Delivered = Exclude<Delivery, FailedDelivery | StreamedDelivery>
type SampleRow = ProductContent['sampleRows'][number]
type ResultRule = ProductContent['resultRule']

/** What a sandbox key may do: enough to build and test against, too little to lean on. */
export const sandboxLimits = {
  callsPerSecond: 10,
  concurrentCalls: 5,
  callsPerDay: 5_000,
  callsPerMonth: null,
} as const satisfies UsageLimits

/** Outcomes a caller can ask for by `x-sandbox-outcome`, to build against what seldom happens. */
const sandboxOutcomes = [
  'found',
  'not_found',
  'upstream_failed',
  'upstream_timeout',
  'rate_limited',
] as const
type SandboxOutcome = (typeof sandboxOutcomes)[number]

/** How the identifying parameter ends to ask for the same without a header, as test suites do. */
export const magicEndings = [
  { ending: '0000', outcome: 'not_found' },
  { ending: '9999', outcome: 'upstream_timeout' },
  { ending: '8888', outcome: 'upstream_failed' },
  { ending: '7777', outcome: 'rate_limited' },
] as const satisfies readonly Readonly<{ ending: string; outcome: SandboxOutcome }>[]

/**
 * Answers a sandbox key from the made-up sample rows of the product version, in the shape its result
 * rule reads; no provider is asked. The same parameters are checked as in a live call, and the same
 * request gets the same row. Throws DomainError VALIDATION_FAILED, and RATE_LIMITED where asked for.
 */
export function sandboxDelivery(
  content: ProductContent,
  call: Readonly<{ request: DeliveryRequest; outcome: string | null; seed: number }>,
): Delivered | FailedDelivery {
  const values = readParameters(content.delivery, call.request)
  const outcome = call.outcome === null ? magicOutcome(content, values) : askedFor(call.outcome)
  switch (outcome) {
    case 'upstream_failed':
      return { resultClass: 'failed', problem: 'UPSTREAM_FAILED', why: 'asked_for' }
    case 'upstream_timeout':
      return { resultClass: 'failed', problem: 'UPSTREAM_TIMEOUT', why: 'asked_for' }
    case 'rate_limited':
      throw new DomainError('RATE_LIMITED', { retryAfterSeconds: 1 })
    case 'not_found':
      return notFoundAnswer(content.resultRule)
    case 'found':
      return foundAnswer(content, call.seed)
    default:
      return assertNever(outcome)
  }
}

function askedFor(text: string): SandboxOutcome {
  const outcome = sandboxOutcomes.find((known) => known === text)
  return outcome ?? refuseValue('x-sandbox-outcome', `one of ${sandboxOutcomes.join(', ')}`)
}

/** The first required text parameter: what a call asks about. Undefined for a product that has none. */
export function identifyingParameter(content: ProductContent): ProductParameter | undefined {
  return content.delivery.parameters.find((each) => each.isRequired && each.type === 'string')
}

function magicOutcome(content: ProductContent, values: ParameterValues): SandboxOutcome {
  const parameter = identifyingParameter(content)
  if (parameter === undefined) return 'found'
  const value = values[parameter.in].get(parameter.name)
  if (typeof value !== 'string') return 'found'
  return magicEndings.find(({ ending }) => value.endsWith(ending))?.outcome ?? 'found'
}

/** As a live answer of nothing: by its status where the rule reads that alone, else empty. */
function notFoundAnswer(rule: ResultRule): Delivered {
  const status = rule.kind === 'status' ? (rule.notFoundStatuses[0] ?? 404) : 200
  return answer('not_found', { status, body: placed(rule, null), records: 0n })
}

function foundAnswer(content: ProductContent, seed: number): Delivered {
  const { resultRule: rule, sampleRows: rows } = content
  if (content.delivery.contentType.startsWith('text/csv')) return csvAnswer(csvOf(content, rows))
  const isList = rule.kind === 'json' && rule.recordsPointer !== undefined
  const row = rows[seed % rows.length] ?? null
  return answer('found', {
    status: 200,
    body: placed(rule, isList ? rows : row),
    records: isList ? BigInt(rows.length) : 1n,
  })
}

/** Puts the rows where the result rule looks for them. */
function placed(rule: ResultRule, value: SampleRow | readonly SampleRow[] | null): unknown {
  if (rule.kind === 'status') return { data: value }
  const { foundPointer, recordsPointer } = rule
  if (value === null || recordsPointer === undefined) return wrapped(foundPointer, value)
  const rows = wrapped(recordsPointer, value)
  const isInside = recordsPointer === foundPointer || recordsPointer.startsWith(`${foundPointer}/`)
  return isInside ? rows : { ...object(wrapped(foundPointer, true)), ...object(rows) }
}

function wrapped(pointer: string, value: unknown): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduceRight<unknown>((inside, name) => ({ [unescaped(name)]: inside }), value)
}

function object(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** The sample as a file: a head of the dictionary's names and a line for each row. */
function csvOf(content: ProductContent, rows: readonly SampleRow[]): string {
  const names = content.dictionary.map((entry) => entry.name)
  const cell = (value: SampleRow[string] | undefined): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '')
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = [names, ...rows.map((row) => names.map((name) => cell(row[name])))]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

function csvAnswer(text: string): Delivered {
  return {
    resultClass: 'found',
    status: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8', 'x-sandbox': 'true' },
    body: Buffer.from(text),
    records: 1n,
  }
}

function answer(
  resultClass: 'found' | 'not_found',
  of: Readonly<{ status: number; body: unknown; records: bigint }>,
): Delivered {
  return {
    resultClass,
    status: of.status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-sandbox': 'true' },
    body: Buffer.from(JSON.stringify(of.body)),
    records: of.records,
  }
}
