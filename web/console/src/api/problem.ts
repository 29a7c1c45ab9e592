/** A refusal as the api tells it (RFC 9457); `offline` when no answer came at all. */
export type ProblemFacts = Readonly<{
  status: number
  code: string
  title: string
  detail: string
  billed: boolean
  requestId: string | null
  fields: readonly Readonly<{ field: string; reason: string }>[]
  facts: Readonly<Record<string, unknown>>
}>

export class ProblemError extends Error {
  readonly problem: ProblemFacts
  constructor(problem: ProblemFacts) {
    super(problem.title)
    this.problem = problem
  }
}

export function problemOf(error: unknown): ProblemFacts {
  if (error instanceof ProblemError) return error.problem
  return {
    status: 0,
    code: 'OFFLINE',
    title: '',
    detail: '',
    billed: false,
    requestId: null,
    fields: [],
    facts: {},
  }
}

/** Reads the refusal of an answer that is not a success, whoever gave it. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const told = await response.json().catch(() => ({}))
  const document = (typeof told === 'object' && told !== null ? told : {}) as Record<
    string,
    unknown
  >
  const text = (key: string): string => {
    const value = document[key]
    return typeof value === 'string' ? value : ''
  }
  return new ProblemError({
    status: response.status,
    code: text('code') || `HTTP_${response.status}`,
    title: text('title'),
    detail: text('detail'),
    billed: document['billed'] === true,
    requestId: text('request_id') || response.headers.get('x-request-id'),
    fields: Array.isArray(document['errors']) ? (document['errors'] as ProblemFacts['fields']) : [],
    facts: (document['facts'] ?? {}) as Record<string, unknown>,
  })
}
