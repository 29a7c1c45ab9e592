import { hc } from 'hono/client'
import type { ConsoleApi } from '#api/routes/index.ts'
import { storedLanguage } from '#web/console/src/app/language.tsx'
import { readProblem } from './problem.ts'

/** Every route of the api, typed by the api itself. */
export const api = hc<ConsoleApi>(window.location.origin, {
  headers: () => ({ 'accept-language': storedLanguage() === 'en' ? 'en' : 'zh-CN' }),
  init: { credentials: 'same-origin' },
})

type Answered = Readonly<{ ok: boolean; json: () => Promise<unknown> }>
/** What a call of the client gives when it succeeds. */
export type AnswerOf<R> = R extends { json: () => Promise<infer J> } ? J : never

/** Asks and gives the answer's JSON. Throws ProblemError for a refusal. */
export async function ask<R extends Answered>(request: Promise<R>): Promise<AnswerOf<R>> {
  const response = await request
  if (!response.ok) throw await readProblem(response as unknown as Response)
  return (await response.json()) as AnswerOf<R>
}

/** Asks for something whose answer has no body. Throws ProblemError for a refusal. */
export async function tell(request: Promise<unknown>): Promise<void> {
  const response = (await request) as Response
  if (!response.ok) throw await readProblem(response)
}
