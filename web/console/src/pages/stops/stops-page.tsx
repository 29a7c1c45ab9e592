/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Segmented } from 'antd'
import { useState } from 'react'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { minuteText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { EmptyState, Page, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag, statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'
import { stops } from '#web/shared/words/stops.ts'
import { StopDialog } from './stop-dialog.tsx'
import {
  type Incident,
  incidentsQuery,
  incidentState,
  type Stoppable,
  type StoppableKind,
  stoppableQuery,
} from './stop-queries.ts'

const actions = {
  product: 'product:suspend',
  api_key: 'api_key:suspend',
  buyer: 'buyer:suspend',
  resource: 'resource:suspend',
} as const

/** What somebody may stop, one click and a check away, and every stop with its incident. */
export function StopsPage() {
  const w = useWords(stops)
  const may = useMay()
  const incidents = useQuery(incidentsQuery)
  const kinds = (Object.keys(actions) as StoppableKind[]).filter((kind) => may(actions[kind]))
  return (
    <Page title={w.title} lead={kinds.length > 0 ? w.lead : w.leadConcerned}>
      <div className="stack">
        {kinds.length > 0 ? <StopSomething kinds={kinds} /> : null}
        <Section title={w.incidents} flush>
          <Block query={incidents} page>
            {({ items }) => <IncidentTable incidents={items} />}
          </Block>
        </Section>
      </div>
    </Page>
  )
}

function StopSomething({ kinds }: Readonly<{ kinds: readonly StoppableKind[] }>) {
  const w = useWords(stops)
  const [kind, setKind] = useState(kinds[0] ?? 'product')
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState<Stoppable>()
  const stoppable = useQuery(stoppableQuery(kind, query))
  const columns: Column<Stoppable>[] = [
    { key: 'name', title: w.name, show: (each) => each.name, matters: true },
    { key: 'mark', title: w.mark, show: (each) => <code>{each.mark}</code>, matters: true },
    { key: 'owner', title: w.owner, show: (each) => each.owner_name ?? '—' },
    {
      key: 'state',
      title: w.state,
      show: (each) => <StatusTag kind="running" status={each.is_stopped ? 'stopped' : 'running'} />,
      matters: true,
    },
    {
      key: 'act',
      title: '',
      show: (each) => (
        <Button
          size="small"
          danger
          onClick={() => setChosen(each)}
          aria-label={`${w.stop} ${each.name}`}
        >
          {w.stop}
        </Button>
      ),
      matters: true,
    },
  ]
  return (
    <>
      <div className="filter-bar">
        <Segmented
          value={kind}
          onChange={setKind}
          options={kinds.map((value) => ({ value, label: w.kinds[value] }))}
        />
        <Input.Search
          allowClear
          aria-label={w.search}
          placeholder={w.search}
          onSearch={setQuery}
          className="search"
        />
      </div>
      <Section title={w.choose} flush>
        <Block query={stoppable} what={w.choose}>
          {({ items }) => (
            <DataTable
              rows={items}
              columns={columns}
              rowKey={(each) => each.id}
              caption={w.choose}
              dense
              empty={<EmptyState title={w.nothingFound} />}
            />
          )}
        </Block>
      </Section>
      {chosen ? <StopDialog object={chosen} onClose={() => setChosen(undefined)} /> : null}
    </>
  )
}

function IncidentTable({ incidents }: Readonly<{ incidents: readonly Incident[] }>) {
  const w = useWords(stops)
  const { language } = useLanguage()
  const columns: Column<Incident>[] = [
    {
      key: 'number',
      title: w.number,
      show: (each) => (
        <div className="cell-two">
          <Go to={`/stops/${each.id}`}>{each.number}</Go>
          <div className="quiet">{w.levels[each.level]}</div>
        </div>
      ),
      text: (each) => each.number,
      matters: true,
    },
    {
      key: 'object',
      title: w.object,
      show: (each) => (
        <div className="cell-two">
          <div className="strong">{each.object_name}</div>
          <div className="quiet">{w.kinds[each.object_kind]}</div>
        </div>
      ),
      text: (each) => `${w.kinds[each.object_kind]} ${each.object_name}`,
      matters: true,
    },
    { key: 'reason', title: w.reason, show: (each) => each.reason, text: (each) => each.reason },
    { key: 'holder', title: w.holder, show: (each) => each.holder_name },
    {
      key: 'since',
      title: w.since,
      show: (each) => <span className="number">{minuteText(each.opened_at)}</span>,
      text: (each) => each.opened_at,
      sortable: true,
    },
    {
      key: 'clock',
      title: w.clock,
      show: (each) => w.hours(String(each.hours_since_start)),
      text: (each) => String(each.hours_since_start),
      numeric: true,
    },
    {
      key: 'state',
      title: w.state,
      show: (each) => <StatusTag kind="incident" status={incidentState(each)} />,
      text: (each) => statusName('incident', incidentState(each), language),
      matters: true,
    },
  ]
  return (
    <DataTable
      rows={incidents}
      columns={columns}
      rowKey={(each) => each.id}
      caption={w.incidents}
      exportName="incidents"
      filters={[{ key: 'state', label: w.state, options: statusOptions('incident', language) }]}
      keeps={(each, { state }) => !state || incidentState(each) === state}
      empty={<EmptyState title={w.none} hint={w.noneHint} />}
    />
  )
}
