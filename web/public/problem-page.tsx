import { common } from '#web/shared/words/common.ts'
import { site } from '#web/shared/words/site.ts'
import { type Frame, Page } from './frame.tsx'

/** What went wrong, whether it was charged, what to do, and the id to name when asking (ux.md A0). */
export type ProblemView = Readonly<{
  status: number
  title: string
  advice: string
  requestId: string
}>

export function ProblemPage({ frame, view }: Readonly<{ frame: Frame; view: ProblemView }>) {
  const { language } = frame
  const s = site[language]
  const isMissing = view.status === 404
  const title = isMissing ? s.missing.title : view.title
  return (
    <Page frame={frame} title={title}>
      <div class="wide problem">
        <p class="problem-status">
          <span class="number">{view.status}</span> {isMissing && view.title}
        </p>
        <h1>{title}</h1>
        <p class="lead">{isMissing ? s.missing.hint : view.advice}</p>
        {!isMissing && <p>{s.broken.hint}</p>}
        {isMissing && (
          <form class="search" action="/products" method="get" role="search">
            <label for="missing-search" class="unseen">
              {s.missing.search}
            </label>
            <input id="missing-search" type="search" name="q" placeholder={s.hero.placeholder} />
            <button class="button" type="submit">
              {s.hero.button}
            </button>
          </form>
        )}
        <ul class="problem-links">
          <li>
            <a href="/">{s.home}</a>
          </li>
          <li>
            <a href="/products">{s.products}</a>
          </li>
          <li>
            <a href="/price-board">{s.priceBoard}</a>
          </li>
        </ul>
        <p class="quiet small">
          {common[language].notCharged} {common[language].requestId}{' '}
          <code class="request-id">{view.requestId}</code>
        </p>
      </div>
    </Page>
  )
}
