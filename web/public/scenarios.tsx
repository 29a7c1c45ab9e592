import type { ScenarioView } from '#governance/index.ts'
import { registers } from '#web/shared/words/registers.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { type Frame, Page, PageHead } from './frame.tsx'
import { AsOf, Chinese, Day, Either, Tag } from './parts.tsx'

export type ScenariosView = Readonly<{
  asOf: Date
  scenarios: readonly ScenarioView[]
  nextCursor: string | null
}>

type Props = Readonly<{ frame: Frame; view: ScenariosView }>

export function ScenariosPage({ frame, view }: Props) {
  const { language } = frame
  const w = registers[language].scenarios
  const groups = [
    ['industry', w.industryTitle],
    ['public_interest', w.publicTitle],
  ] as const
  return (
    <Page frame={frame} title={w.title} description={w.lead}>
      <PageHead language={language} trail={[{ name: w.title }]} title={w.title} lead={w.lead} />
      <div class="wide section">
        {view.scenarios.length === 0 && <p class="card nothing">{w.none}</p>}
        {groups.map(([purpose, title]) => {
          const members = view.scenarios.filter((each) => each.purposeClass === purpose)
          if (members.length === 0) return null
          return (
            <section aria-labelledby={purpose}>
              <div class="section-head">
                <h2 id={purpose}>{title}</h2>
                <p class="quiet">{w.count(String(members.length))}</p>
              </div>
              <div class="cards two">
                {members.map((scenario) => (
                  <Scenario language={language} scenario={scenario} />
                ))}
              </div>
            </section>
          )
        })}
        {view.nextCursor !== null && (
          <nav class="pager" aria-label={w.next}>
            <a
              class="button"
              href={`/scenarios?cursor=${encodeURIComponent(view.nextCursor)}`}
              rel="next"
            >
              {w.next}
            </a>
          </nav>
        )}
        <AsOf language={language} at={view.asOf} />
      </div>
    </Page>
  )
}

type ScenarioProps = Readonly<{ language: Language; scenario: ScenarioView }>

function Scenario({ language, scenario }: ScenarioProps) {
  return (
    <article class="card scenario" id={scenario.code}>
      <p class="card-field">
        <span>{scenario.code}</span>
        <Tag tone={scenario.purposeClass === 'public_interest' ? 'good' : 'info'}>
          {terms[language].purpose[scenario.purposeClass]}
        </Tag>
      </p>
      <h3>
        <Either language={language} zh={scenario.name} en={scenario.nameEn} />
      </h3>
      <p>
        <Chinese language={language}>{scenario.description}</Chinese>
      </p>
      <ScenarioFacts language={language} scenario={scenario} />
    </article>
  )
}

function ScenarioFacts({ language, scenario }: ScenarioProps) {
  const w = registers[language].scenarios
  const agreed = scenario.opinions.filter((opinion) => opinion.verdict === 'agree')
  return (
    <dl class="rows">
      <div>
        <dt>{w.evidence}</dt>
        <dd>
          <Chinese language={language}>{scenario.purposeEvidence}</Chinese>
        </dd>
      </div>
      <div>
        <dt>{w.resources}</dt>
        <dd>
          {scenario.resources.map((resource, index) => (
            <>
              {index > 0 && ' · '}
              <a href={`/catalogue#${resource.code}`}>
                <Chinese language={language}>{resource.name}</Chinese>
              </a>
            </>
          ))}
        </dd>
      </div>
      <div>
        <dt>{w.opinions}</dt>
        <dd>
          {agreed.map((opinion) => (
            <span class="agreed">
              ✓ <Chinese language={language}>{opinion.providerName}</Chinese> {w.agreed}
            </span>
          ))}
        </dd>
      </div>
      <div>
        <dt>{w.decided}</dt>
        <dd class="number">{scenario.decidedAt && <Day at={scenario.decidedAt} />}</dd>
      </div>
      <div>
        <dt>{w.operator}</dt>
        <dd>
          <Chinese language={language}>{scenario.operatorName}</Chinese>
        </dd>
      </div>
    </dl>
  )
}
