/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { Go } from '#web/console/src/parts/go.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { stops } from '#web/shared/words/stops.ts'
import type { Incident, Stoppable } from './stop-queries.ts'

type StopDialogProps = Readonly<{
  object: Pick<Stoppable, 'kind' | 'id' | 'name' | 'mark' | 'owner_name'>
  onClose: () => void
}>

/** Checks what is about to be stopped and what that does, asks for the reason, stops. */
export function StopDialog({ object, onClose }: StopDialogProps) {
  const w = useWords(stops)
  const queries = useQueryClient()
  const [level, setLevel] = useState<Incident['level']>('general')
  return (
    <CheckAndSubmit
      title={w.dialogTitle(object.name)}
      danger
      submitLabel={w.stopNow}
      check={
        <div className="stack">
          <Facts
            facts={[
              { label: w.object, value: `${w.kinds[object.kind]} · ${object.name}` },
              { label: w.mark, value: <code>{object.mark}</code> },
              ...(object.owner_name ? [{ label: w.owner, value: object.owner_name }] : []),
            ]}
          />
          <WhatHappens kind={object.kind} />
          <div>
            <div className="quiet">{w.level}</div>
            <Segmented
              value={level}
              onChange={setLevel}
              options={(['general', 'larger', 'major', 'extraordinary'] as const).map((value) => ({
                value,
                label: w.levels[value],
              }))}
            />
          </div>
        </div>
      }
      opinion={{ label: w.reason, required: true, hint: w.reasonHint }}
      submit={async ({ opinion }) => {
        const { kind, id } = object
        const json = { object: { kind, id }, level, reason: opinion }
        const result = await ask(api.v1.stops.$post({ json }))
        await queries.invalidateQueries()
        return result
      }}
      done={({ kind, number, incident_id: id }) => ({
        title: { stopped: w.done, taken_over: w.takenOver, already_stopped: w.already }[kind](
          number,
        ),
        next: (
          <>
            {w.doneNext} <Go to={`/stops/${id}`}>{number}</Go>
          </>
        ),
      })}
      onClose={onClose}
    />
  )
}

function WhatHappens({ kind }: Readonly<{ kind: Stoppable['kind'] }>) {
  const w = useWords(stops)
  return (
    <div>
      <strong>{w.whatHappens}</strong>
      <ul>
        <li>{w.effects[kind]}</li>
        <li>{w.inFlight}</li>
        {kind === 'product' || kind === 'resource' ? <li>{w.published}</li> : null}
        <li>{w.told}</li>
      </ul>
    </div>
  )
}
