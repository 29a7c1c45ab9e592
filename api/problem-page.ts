import type { Context as HonoContext } from 'hono'
import type { ProblemCode } from '#kernel/problems.ts'
import { ProblemPage } from '#web/public/problem-page.tsx'
import type { AppEnv } from './deps.ts'
import { frameFor, readerLanguage, sendPage } from './pages/render.ts'
import { problemDocument } from './problem.ts'

/** Whether somebody with a browser asks for a page, not a program for data. */
export function wantsPage(path: string, accept: string | undefined): boolean {
  return !/^\/(?:v1|data)\//.test(path) && (accept ?? '').includes('text/html')
}

/** The same facts as the problem document, for the eyes. It asks nothing of any service. */
export async function answerPage(c: HonoContext<AppEnv>, code: ProblemCode): Promise<Response> {
  const problem = problemDocument(code, {
    language: readerLanguage(c),
    requestId: c.var.requestId,
  })
  const view = {
    status: problem.status,
    title: problem.title,
    advice: problem.detail,
    requestId: problem.request_id,
  }
  const frame = frameFor(c, { section: null, isSample: false })
  return sendPage(c, ProblemPage({ frame, view }), problem.status)
}
