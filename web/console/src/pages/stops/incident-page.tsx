/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { minuteText } from '#web/console/src/parts/format.ts'
import { Facts, Page, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'
import { type Happened, Timeline } from '#web/console/src/parts/timeline.tsx'
import { stops } from '#web/shared/words/stops.ts'
import { type IncidentPage as Incident, incidentQuery, incidentState } from './stop-queries.ts'

/** One stop from its first second to its conclusion. */
export function IncidentPage() {
  const { id = '' } = useParams({ strict: false })
  const incident = useQuery(incidentQuery(id))
  return (
    <Block query={incident} page>
      {(told) => <Told incident={told} />}
    </Block>
  )
}

type Step = 'resume' | 'close' | 'noted' | 'reported'

function Told({ incident }: Readonly<{ incident: Incident }>) {
  const w = useWords(stops)
  const [step, setStep] = useState<Step>()
  const state = incidentState(incident)
  return (
    <Page
      title={`${incident.number} ${incident.object_name}`}
      lead={incident.reason}
      back={{ to: '/stops', label: w.title }}
      actions={<Actions incident={incident} take={setStep} />}
    >
      <div className="stack">
        {incident.conclusion ? (
          <Alert type="success" showIcon title={`${w.conclusionOf}${incident.conclusion}`} />
        ) : null}
        <Section>
          <Facts
            facts={[
              {
                label: w.object,
                value: `${w.kinds[incident.object_kind]} · ${incident.object_name}`,
              },
              { label: w.state, value: <StatusTag kind="incident" status={state} /> },
              { label: w.level, value: w.levels[incident.level] },
              { label: w.holder, value: incident.holder_name },
              { label: w.since, value: minuteText(incident.opened_at) },
              { label: w.clock, value: w.hours(String(incident.hours_since_start)) },
            ]}
          />
        </Section>
        <div className="columns">
          <Section title={w.timeline}>
            <Timeline entries={incident.entries.map((entry) => happened(entry, w))} />
          </Section>
          <Section title={w.notices}>
            <WhoWasTold incident={incident} />
          </Section>
        </div>
      </div>
      {step ? <Take incident={incident} step={step} onClose={() => setStep(undefined)} /> : null}
    </Page>
  )
}

type Words = ReturnType<typeof useWords<(typeof stops)['zh']>>

type Entry = Incident['entries'][number]

const tones: Readonly<Partial<Record<Entry['kind'], Happened['tone']>>> = {
  stopped: 'bad',
  still_suspended: 'waiting',
  suspended: 'bad',
}

function happened(entry: Entry, w: Words): Happened {
  return {
    what: w.entries[entry.kind],
    at: entry.recorded_at,
    who: [entry.organization_name, entry.by_name].filter(Boolean).join(' '),
    why: entry.words,
    tone: tones[entry.kind] ?? 'good',
  }
}

function WhoWasTold({ incident }: Readonly<{ incident: Incident }>) {
  const w = useWords(stops)
  const kinds: Readonly<Record<string, string>> = w.noticeKinds
  if (incident.notices.length === 0) return <p className="quiet">{w.noNotices}</p>
  return (
    <ul>
      {incident.notices.map((notice) => (
        <li key={`${notice.kind} ${notice.organization_name}`}>
          {notice.organization_name} · {kinds[notice.kind]}{' '}
          <span className="quiet">{minuteText(notice.recorded_at)}</span>
        </li>
      ))}
    </ul>
  )
}

function Actions(props: Readonly<{ incident: Incident; take: (step: Step) => void }>) {
  const w = useWords(stops)
  const may = useMay()
  const { incident, take } = props
  const state = incidentState(incident)
  if (state === 'closed' || !may('incident:record')) return null
  return (
    <>
      <Button onClick={() => take('noted')}>{w.note}</Button>
      <Button onClick={() => take('reported')}>{w.report}</Button>
      {incident.may_act && state === 'stopped' ? (
        <Button type="primary" onClick={() => take('resume')}>
          {w.resume}
        </Button>
      ) : null}
      {incident.may_act && state === 'lifted' ? (
        <Button type="primary" onClick={() => take('close')}>
          {w.close}
        </Button>
      ) : null}
    </>
  )
}

type TakeProps = Readonly<{ incident: Incident; step: Step; onClose: () => void }>

function Take({ incident, step, onClose }: TakeProps) {
  const w = useWords(stops)
  const queries = useQueryClient()
  const param = { id: incident.id }
  const steps = api.v1.incidents[':id']
  const close = () => {
    onClose()
    void queries.invalidateQueries()
  }
  const check = (effect: string | undefined) => (
    <>
      <Facts
        facts={[
          { label: w.number, value: incident.number },
          { label: w.object, value: incident.object_name },
          { label: w.reason, value: incident.reason, wide: true },
        ]}
      />
      {effect ? <p className="gap-above">{effect}</p> : null}
    </>
  )
  if (step === 'resume')
    return (
      <CheckAndSubmit
        title={w.resume}
        check={check(w.resumeEffect)}
        opinion={{ label: w.resumeReason, required: true }}
        submitLabel={w.resume}
        submit={({ opinion }) => ask(steps.resumption.$post({ param, json: { reason: opinion } }))}
        done={({ still_suspended: still }) => ({
          title: w.resumed,
          next: still.length > 0 ? w.stillSuspended(still.join('、')) : w.resumedNext,
        })}
        onClose={close}
      />
    )
  if (step === 'close')
    return (
      <CheckAndSubmit
        title={w.close}
        check={check(w.closeEffect)}
        opinion={{ label: w.conclusion, required: true }}
        submitLabel={w.close}
        submit={({ opinion }) => ask(steps.closing.$post({ param, json: { conclusion: opinion } }))}
        onClose={close}
      />
    )
  return (
    <CheckAndSubmit
      title={step === 'noted' ? w.note : w.report}
      check={check(undefined)}
      opinion={{
        label: w.noteWords,
        required: true,
        ...(step === 'reported' ? { hint: w.reportHint } : {}),
      }}
      submitLabel={step === 'noted' ? w.note : w.report}
      submit={({ opinion }) =>
        ask(steps.entries.$post({ param, json: { kind: step, words: opinion } }))
      }
      onClose={close}
    />
  )
}
