import type { ErrorDetail } from '#kernel/errors.ts'
import { type ProblemCode, problemOf } from '#kernel/problems.ts'
import type { Language } from './deps.ts'

/** RFC 9457, with what our callers also want to know: was it charged, what to do, which request it was. */
export type ProblemDocument = Readonly<{
  type: string
  title: string
  status: number
  detail: string
  code: ProblemCode
  billed: boolean
  request_id: string
  errors?: readonly Readonly<{ field: string; reason: string }>[]
  facts?: ErrorDetail
}>

export type ProblemFacts = Readonly<{
  language: Language
  requestId: string
  detail?: ErrorDetail
}>

export function problemDocument(code: ProblemCode, facts: ProblemFacts): ProblemDocument {
  const problem = problemOf(code)
  const { fields, ...rest } = facts.detail ?? {}
  return {
    type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: problem.title[facts.language],
    status: problem.status,
    detail: problem.advice[facts.language],
    code,
    billed: problem.charged === 'yes',
    request_id: facts.requestId,
    ...(Array.isArray(fields) ? { errors: fields } : {}),
    ...(Object.keys(rest).length > 0 ? { facts: rest } : {}),
  }
}

export function problemResponse(code: ProblemCode, facts: ProblemFacts): Response {
  const document = problemDocument(code, facts)
  const seconds = facts.detail?.['retryAfterSeconds']
  return new Response(JSON.stringify(document, bigintAsText), {
    status: document.status,
    headers: {
      ...(typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {}),
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': facts.language === 'zh' ? 'zh-CN' : 'en',
      'cache-control': 'no-store',
    },
  })
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
