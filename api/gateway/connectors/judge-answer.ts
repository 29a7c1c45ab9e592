import type { ProductResultRule } from '#governance/index.ts'

/** What a provider's answer amounts to. `unreadable`: it does not have the shape the product version promises. */
export type Judgement =
  Readonly<{ kind: 'found' | 'not_found'; records: bigint }> | Readonly<{ kind: 'unreadable' }>

/**
 * Found or not found by the product version's result rule, and how many records (R41): the one
 * decision a charge hangs on, so it reads the answer itself and trusts no header.
 */
export function judgeAnswer(
  rule: ProductResultRule,
  answer: Readonly<{ status: number; body: Uint8Array }>,
): Judgement {
  if (rule.notFoundStatuses.includes(answer.status)) return { kind: 'not_found', records: 0n }
  if (answer.status < 200 || answer.status > 299) return { kind: 'unreadable' }
  switch (rule.kind) {
    case 'status':
      return { kind: 'found', records: 1n }
    case 'json':
      return judgeJson(rule, answer.body)
  }
}

function judgeJson(
  rule: Extract<ProductResultRule, { kind: 'json' }>,
  body: Uint8Array,
): Judgement {
  const json = parseJson(body)
  if (json === undefined) return { kind: 'unreadable' }
  if (isEmpty(valueAt(json, rule.foundPointer))) return { kind: 'not_found', records: 0n }
  if (rule.recordsPointer === undefined) return { kind: 'found', records: 1n }
  const records = valueAt(json, rule.recordsPointer)
  return Array.isArray(records)
    ? { kind: 'found', records: BigInt(records.length) }
    : { kind: 'unreadable' }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown
  } catch {
    return undefined
  }
}

/** The value a JSON pointer (RFC 6901) leads to, undefined when it leads nowhere. */
export function valueAt(json: unknown, pointer: string): unknown {
  if (pointer === '') return json
  let value = json
  for (const part of pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}
