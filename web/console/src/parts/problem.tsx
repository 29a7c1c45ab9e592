/** @jsxImportSource react */
import { Alert, Button, Result } from 'antd'
import { useEffect, useRef } from 'react'
import { common } from '#web/shared/words/common.ts'
import { problemOf } from '#web/console/src/api/problem.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { CopyText } from './copy-text.tsx'

type ProblemProps = Readonly<{
  error: unknown
  /** What cannot be shown or was not done, e.g. "用量趋势". */
  what?: string | undefined
  onRetry?: (() => void) | undefined
  /** Takes the focus, so that whoever submitted a form hears what went wrong. */
  focus?: boolean
}>

/** What happened, whether it was charged, what to do, and the request id to name (ux.md A0-6). */
export function Problem({ error, what, onRetry, focus = false }: ProblemProps) {
  const w = useWords(common)
  const box = useRef<HTMLDivElement>(null)
  const problem = problemOf(error)
  useEffect(() => {
    if (focus) box.current?.focus()
  }, [focus, error])
  const title = problem.title || w.unavailable
  return (
    <div ref={box} tabIndex={-1} className="problem">
      <Alert
        type={problem.status >= 500 || problem.status === 0 ? 'warning' : 'error'}
        showIcon
        title={what ? `${what}：${title}` : title}
        description={
          <div className="problem-body">
            <div>{problem.detail || w.offline}</div>
            {problem.fields.length > 0 ? (
              <ul>
                {problem.fields.map(({ field, reason }) => (
                  <li key={`${field} ${reason}`}>
                    <code>{field}</code> {reason}
                  </li>
                ))}
              </ul>
            ) : null}
            <div className="quiet">
              {problem.status === 401 ? null : problem.billed ? w.charged : w.notCharged}
              {problem.requestId ? (
                <>
                  {' '}
                  {w.requestId} <CopyText text={problem.requestId} />
                </>
              ) : null}
            </div>
          </div>
        }
        action={
          onRetry ? (
            <Button size="small" onClick={onRetry}>
              {w.retry}
            </Button>
          ) : undefined
        }
      />
    </div>
  )
}

/** Instead of a page: it is not for this reader, or it is not there. */
export function PageProblem({
  error,
  onRetry,
}: Readonly<{ error: unknown; onRetry?: () => void }>) {
  const w = useWords(common)
  const { status, facts } = problemOf(error)
  if (status === 403)
    return (
      <Result
        status="403"
        title={w.forbidden}
        subTitle={`${w.forbiddenHint}${Array.isArray(facts['roles']) ? `（${facts['roles'].join('、')}）` : ''}`}
      />
    )
  if (status === 404) return <Result status="404" title={w.notFound} subTitle={w.notFoundHint} />
  return <Problem error={error} onRetry={onRetry} />
}
