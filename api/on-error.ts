import type { Context as HonoContext } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { auditRefusal } from '#kernel/audit.ts'
import { DomainError, type ErrorDetail } from '#kernel/errors.ts'
import type { ProblemCode } from '#kernel/problems.ts'
import { publicContext } from './context.ts'
import type { AppEnv } from './deps.ts'
import { problemResponse } from './problem.ts'
import { answerPage, wantsPage } from './problem-page.ts'

/** Every error of every route ends here; what is no refusal of ours is told as INTERNAL and logged. */
export async function onError(error: Error, c: HonoContext<AppEnv>): Promise<Response> {
  const refusal = refusalOf(error)
  if (!refusal) {
    const { requestId } = c.var
    c.var.deps.log.error({ err: error, requestId, path: c.req.path }, 'failed')
    return toWhoever(c, 'INTERNAL')
  }
  const code = refusal.code === 'FORBIDDEN' ? await forbidden(refusal, c) : refusal.code
  return toWhoever(c, code, refusal.detail)
}

/** A page for somebody with a browser, a problem document for a program. */
async function toWhoever(
  c: HonoContext<AppEnv>,
  code: ProblemCode,
  detail?: ErrorDetail,
): Promise<Response> {
  if (wantsPage(c.req.path, c.req.header('accept'))) return answerPage(c, code)
  const { language, requestId } = c.var
  return problemResponse(code, { language, requestId, ...(detail && { detail }) })
}

/** Whoever tries what is not theirs leaves a trace (R3), and a key is told that its scope is the reason. */
async function forbidden(refusal: DomainError, c: HonoContext<AppEnv>): Promise<ProblemCode> {
  const ctx = await publicContext(c)
  const action = refusal.detail?.['action']
  await auditRefusal(ctx, {
    action: typeof action === 'string' ? action : 'route',
    objectType: 'route',
    objectId: `${c.req.method} ${c.req.path}`,
  })
  return ctx.actor.kind === 'api_key' ? 'KEY_WRONG_SCOPE' : 'FORBIDDEN'
}

const codeOfStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'MALFORMED_BODY',
  404: 'NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
}

function refusalOf(error: Error): DomainError | undefined {
  if (error instanceof DomainError) return error
  const code = error instanceof HTTPException ? codeOfStatus[error.status] : undefined
  return code === undefined ? undefined : new DomainError(code)
}
