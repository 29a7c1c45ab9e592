import type { ProductContent, ProductParameter } from '#governance/index.ts'
import { DomainError } from '#kernel/errors.ts'
import type { DeliveryRequest } from '#api/gateway/connector.ts'

type Delivery = ProductContent['delivery']
type Fault = Readonly<{ field: string; reason: string }>

/** The declared parameters a caller gave, by name; text for path and query, JSON values for the body. */
export type ParameterValues = Readonly<{
  path: ReadonlyMap<string, string>
  query: ReadonlyMap<string, string>
  body: ReadonlyMap<string, unknown>
}>

/**
 * Reads a call by the parameter table of the product version (R29). What the table does not name is
 * refused and never passed on, so nothing reaches a provider that was not reviewed. Throws
 * VALIDATION_FAILED with every fault, or CONSENT_REFERENCE_REQUIRED where the version asks for the
 * evidence of consent and there is none (R88); values are never part of it.
 */
export function readParameters(delivery: Delivery, request: DeliveryRequest): ParameterValues {
  const faults: Fault[] = []
  if (!isOffered(delivery, request.method)) faults.push({ field: 'method', reason: 'not_offered' })
  const given = {
    path: pathValues(delivery.path, request.path),
    query: queryValues(request.query, faults),
    body: bodyValues(request.body, faults),
  }
  if (given.path === undefined) faults.push({ field: 'path', reason: 'not_offered' })
  const values: ParameterValues = { ...given, path: given.path ?? new Map() }
  requireConsent(delivery, values)
  faults.push(...faultsOf(delivery.parameters, values))
  if (faults.length > 0) throw new DomainError('VALIDATION_FAILED', { fields: faults })
  return values
}

/** Of a file, its headers alone may be asked for. */
function isOffered({ mode, method }: Delivery, asked: string): boolean {
  if (asked === method) return true
  const isFile = mode === 'download' || mode === 'report'
  return isFile && method === 'GET' && asked === 'HEAD'
}

function requireConsent({ consentParameter, parameters }: Delivery, values: ParameterValues): void {
  if (consentParameter === undefined) return
  const place = parameters.find((each) => each.name === consentParameter)?.in ?? 'body'
  const reference = values[place].get(consentParameter)
  if (typeof reference !== 'string' || reference.trim() === '')
    throw new DomainError('CONSENT_REFERENCE_REQUIRED', { parameter: consentParameter })
}

/** The template's `{names}` with what stands in their place; undefined when it is another path. */
function pathValues(template: string, path: string): Map<string, string> | undefined {
  const wanted = template.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const values = new Map<string, string>()
  for (const [place, part] of wanted.entries()) {
    const text = decoded(given[place] ?? '')
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    // A dot segment would climb out of the provider's path once it is filled in.
    if (text === undefined || (name !== undefined && /^(?:\.{1,2})?$/.test(text))) return undefined
    if (name === undefined && text !== part) return undefined
    if (name !== undefined) values.set(name, text)
  }
  return values
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined // not percent-encoded UTF-8, so no path of ours
  }
}

function queryValues(query: URLSearchParams, faults: Fault[]): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of query) {
    if (values.has(name)) faults.push({ field: `query.${name}`, reason: 'given_twice' })
    values.set(name, value)
  }
  return values
}

function bodyValues(body: Uint8Array, faults: Fault[]): Map<string, unknown> {
  if (body.length === 0) return new Map()
  const json = parsedJson(body)
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return new Map(Object.entries(json))
  faults.push({ field: 'body', reason: 'not_a_json_object' })
  return new Map()
}

function parsedJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown
  } catch {
    return undefined
  }
}

function faultsOf(parameters: readonly ProductParameter[], values: ParameterValues): Fault[] {
  const faults: Fault[] = []
  const declared = new Set(parameters.map((each) => `${each.in}.${each.name}`))
  for (const place of ['path', 'query', 'body'] as const)
    for (const name of values[place].keys())
      if (!declared.has(`${place}.${name}`))
        faults.push({ field: `${place}.${name}`.slice(0, 80), reason: 'unknown' })
  for (const parameter of parameters) {
    const reason = faultOf(parameter, values[parameter.in].get(parameter.name))
    if (reason !== undefined) faults.push({ field: `${parameter.in}.${parameter.name}`, reason })
  }
  return faults
}

function faultOf(parameter: ProductParameter, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '')
    return parameter.isRequired ? 'required' : undefined
  if (!isOfType(parameter, value)) return `not_${parameter.type}`
  if (typeof value !== 'string') return undefined
  if (parameter.maxLength !== undefined && value.length > parameter.maxLength) return 'too_long'
  if (parameter.pattern !== undefined && !wholePattern(parameter.pattern).test(value))
    return 'pattern'
  return undefined
}

const datePattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/
const dateTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

function isOfType(parameter: ProductParameter, value: unknown): boolean {
  const isText = parameter.in !== 'body'
  switch (parameter.type) {
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return isText ? /^-?\d{1,15}$/.test(String(value)) : Number.isSafeInteger(value)
    case 'decimal':
      return typeof value === 'string' && /^-?\d{1,20}(?:\.\d{1,12})?$/.test(value)
    case 'boolean':
      return isText ? value === 'true' || value === 'false' : typeof value === 'boolean'
    case 'date':
      return typeof value === 'string' && datePattern.test(value)
    case 'datetime':
      return typeof value === 'string' && dateTimePattern.test(value)
    case 'object':
      return !isText && typeof value === 'object' && !Array.isArray(value)
    case 'array':
      return !isText && Array.isArray(value)
  }
}

// Product versions are few and their patterns reviewed; each is compiled once.
const patterns = new Map<string, RegExp>()
const patternsMax = 2_000

function wholePattern(source: string): RegExp {
  const known = patterns.get(source)
  if (known) return known
  if (patterns.size >= patternsMax) patterns.clear()
  const made = new RegExp(`^(?:${source})$`, 'u')
  patterns.set(source, made)
  return made
}
