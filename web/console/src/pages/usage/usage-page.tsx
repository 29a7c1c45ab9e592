/** @jsxImportSource react */
import { PauseOutlined, PlayCircleOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Segmented, Select } from 'antd'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { AsOf } from '#web/console/src/parts/as-of.tsx'
import { Block } from '#web/console/src/parts/block.tsx'
import { Chart } from '#web/console/src/parts/chart.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { timeText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { Money, Quantity } from '#web/console/src/parts/money.tsx'
import { EmptyState, Page, Section, Tiles, type Tile } from '#web/console/src/parts/page.tsx'
import { reasonName } from '#web/console/src/parts/reason.tsx'
import { statusName } from '#web/console/src/parts/status-tag.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { usage as usageWords } from '#web/shared/words/usage.ts'
import {
  daysOf,
  freeOf,
  type Grouping,
  shareOf,
  sizeText,
  spans,
  type Usage,
  type UsageItem,
  usageQuery,
  type UsageScope,
} from './usage-query.ts'

/** New calls are seen within two seconds: the writer commits in one, this asks every one and a half. */
const refreshMs = 1500

export function UsagePage() {
  const w = useWords(usageWords)
  const me = useMe()
  const [state, change] = useUrlState()
  const days = daysOf(state)
  const scope: UsageScope = {
    ...days,
    mode: state['mode'] === 'sandbox' ? 'sandbox' : 'live',
    buyerId: me.organization_kind === 'buyer' ? me.organization_id : state['buyer'],
    productId: state['product'],
    keyId: state['key'],
  }
  const isPaused = state['paused'] === '1'
  const refetchInterval = isPaused ? (false as const) : refreshMs
  const byTime = days.from === days.to ? 'hour' : 'day'
  const timeline = useQuery({ ...usageQuery(scope, byTime), refetchInterval })
  return (
    <Page
      title={w.title}
      lead={w.lead}
      actions={
        <Button
          icon={isPaused ? <PlayCircleOutlined /> : <PauseOutlined />}
          onClick={() => change({ paused: isPaused ? undefined : '1' })}
        >
          {isPaused ? w.resume : w.pause}
        </Button>
      }
    >
      <Filters scope={scope} />
      <Block query={timeline} what={w.title} rows={10}>
        {(usage) => (
          <div className="stack">
            <Summary usage={usage} scope={scope} />
            {usage.items.length === 0 ? <NoUse /> : <Course usage={usage} days={days} />}
          </div>
        )}
      </Block>
      <Breakdown scope={scope} refetchInterval={refetchInterval} />
      {timeline.data ? <FreeReasons usage={timeline.data} /> : null}
    </Page>
  )
}

function Filters({ scope }: Readonly<{ scope: UsageScope }>) {
  const w = useWords(usageWords)
  const { language } = useLanguage()
  const me = useMe()
  const [state, change] = useUrlState()
  const wide = { from: scope.from, to: scope.to, mode: scope.mode, buyerId: scope.buyerId }
  const products = useQuery(usageQuery(wide, 'product'))
  const buyers = useQuery({
    ...usageQuery({ from: scope.from, to: scope.to, mode: scope.mode }, 'buyer'),
    enabled: me.organization_kind !== 'buyer',
  })
  const options = (usage: Usage | undefined) =>
    (usage?.items ?? []).map((item) => ({ value: item.bucket, label: nameOf(item, language) }))
  return (
    <div className="filter-bar" role="group" aria-label={w.period}>
      <Segmented
        value={state['from'] ? '' : (state['span'] ?? 'last7')}
        options={spans.map((value) => ({ value, label: w[value] }))}
        onChange={(span) => change({ span: String(span), from: undefined, to: undefined })}
      />
      <Input
        type="date"
        aria-label={w.from}
        className="day"
        value={scope.from}
        max={scope.to}
        onChange={(event) =>
          event.target.value ? change({ from: event.target.value, to: scope.to }) : undefined
        }
      />
      <Input
        type="date"
        aria-label={w.to}
        className="day"
        value={scope.to}
        min={scope.from}
        onChange={(event) =>
          event.target.value ? change({ from: scope.from, to: event.target.value }) : undefined
        }
      />
      <Select
        aria-label={w.mode}
        value={scope.mode}
        options={[
          { value: 'live', label: w.live },
          { value: 'sandbox', label: w.sandbox },
        ]}
        onChange={(mode) => change({ mode: mode === 'live' ? undefined : mode })}
      />
      {me.organization_kind === 'buyer' ? null : (
        <Select
          aria-label={w.buyer}
          className="filter"
          allowClear
          placeholder={w.allBuyers}
          value={state['buyer'] ?? null}
          options={options(buyers.data)}
          onChange={(buyer: string | undefined) => change({ buyer })}
        />
      )}
      <Select
        aria-label={w.product}
        className="filter"
        allowClear
        placeholder={w.product}
        value={state['product'] ?? null}
        options={options(products.data).filter(({ value }) => value !== '-')}
        onChange={(product: string | undefined) => change({ product })}
      />
    </div>
  )
}

function Summary({ usage, scope }: Readonly<{ usage: Usage; scope: UsageScope }>) {
  const w = useWords(usageWords)
  const may = useMay()
  const { total } = usage
  const free = freeOf(total)
  const estimate = useQuery({
    queryKey: ['estimate', scope.buyerId, total.billed_calls],
    queryFn: () => ask(api.v1.usage.estimate.$get({ query: { buyer_id: scope.buyerId ?? '' } })),
    enabled: scope.buyerId !== undefined && may('bill:read'),
  })
  const tiles: Tile[] = [
    { label: w.total, value: <Quantity of={total.calls} unit={w.times} /> },
    {
      label: w.billed,
      value: <Quantity of={total.billed_calls} unit={w.times} />,
      note: w.billedShare(shareOf(total.billed_calls, total.calls)),
    },
    {
      label: w.free,
      value: <Quantity of={free} unit={w.times} />,
      note: w.billedShare(shareOf(free, total.calls)),
    },
    {
      label: w.records,
      value: <Quantity of={total.records} />,
      note: sizeText(total.bytes),
    },
    ...(estimate.data
      ? [
          {
            label: w.estimate,
            value: <Money yuan={estimate.data.total} unit />,
            note: w.estimateHint,
            to: '/bills',
          },
        ]
      : []),
  ]
  return (
    <>
      <Tiles tiles={tiles} />
      <div className="as-of-row" aria-live="off">
        <AsOf at={usage.as_of} finality="live" />
        {usage.complete_through ? (
          <span className="quiet">{w.complete(timeText(usage.complete_through))}</span>
        ) : null}
      </div>
    </>
  )
}

function Course({ usage, days }: Readonly<{ usage: Usage; days: { from: string; to: string } }>) {
  const w = useWords(usageWords)
  const isHours = days.from === days.to
  return (
    <Section>
      <Chart
        caption={w.chart(days.from, days.to)}
        axis={w.time}
        unit={w.times}
        labels={usage.items.map(({ bucket }) => (isHours ? bucket.slice(11) : bucket.slice(5)))}
        series={[
          {
            name: w.billed,
            kind: 'bar',
            stack: 'calls',
            values: usage.items.map((item) => item.billed_calls),
          },
          { name: w.free, kind: 'bar', stack: 'calls', values: usage.items.map(freeOf) },
        ]}
        extra={<Go to={`/calls?from=${days.from}&to=${days.to}`}>{w.seeCalls}</Go>}
      />
    </Section>
  )
}

function Breakdown(props: Readonly<{ scope: UsageScope; refetchInterval: number | false }>) {
  const { scope, refetchInterval } = props
  const w = useWords(usageWords)
  const { language } = useLanguage()
  const me = useMe()
  const [state, change] = useUrlState()
  const tabs = (
    me.organization_kind === 'buyer'
      ? ['product', 'subscription', 'key', 'result', 'time']
      : ['product', 'buyer', 'result', 'time']
  ) as readonly string[]
  const names: Readonly<Record<string, string>> = {
    product: w.byProduct,
    buyer: w.byBuyer,
    key: w.byKey,
    subscription: w.bySubscription,
    result: w.byResult,
    time: w.byTime,
  }
  const tab = tabs.includes(state['by'] ?? '') ? (state['by'] ?? 'product') : 'product'
  const by = (tab === 'time' ? (scope.from === scope.to ? 'hour' : 'day') : tab) as Grouping
  const usage = useQuery({ ...usageQuery(scope, by), refetchInterval })
  const columns: Column<UsageItem>[] = [
    {
      key: 'name',
      title: names[tab] ?? '',
      show: (item) => nameOf(item, language, tab),
      text: (item) => nameOf(item, language, tab),
      sortable: true,
      matters: true,
    },
    count('calls', w.calls, (item) => item.calls, true),
    count('billed', w.billed, (item) => item.billed_calls, true),
    count('free', w.free, freeOf, true),
    count('records', w.records, (item) => item.records),
    {
      ...count('bytes', w.bytes, (item) => item.bytes),
      show: (item) => <span className="number">{sizeText(item.bytes)}</span>,
    },
  ]
  return (
    <Section
      flush
      title={
        <Segmented
          value={tab}
          options={tabs.map((value) => ({ value, label: names[value] }))}
          onChange={(value) => change({ by: String(value), sort: undefined })}
        />
      }
    >
      <Block query={usage} what={names[tab] ?? ''}>
        {({ items }) => (
          <DataTable
            rows={items}
            columns={columns}
            rowKey={(item) => item.bucket}
            caption={names[tab] ?? ''}
            exportName={`usage-${tab}-${scope.from}-${scope.to}`}
            empty={<EmptyState title={w.noUse} />}
          />
        )}
      </Block>
    </Section>
  )
}

function count(
  key: string,
  title: string,
  of: (item: UsageItem) => string,
  matters = false,
): Column<UsageItem> {
  return {
    key,
    title,
    show: (item) => <Quantity of={of(item)} />,
    text: of,
    numeric: true,
    sortable: true,
    matters,
  }
}

function FreeReasons({ usage }: Readonly<{ usage: Usage }>) {
  const w = useWords(usageWords)
  const { language } = useLanguage()
  const free = freeOf(usage.total)
  const rows = Object.entries(usage.total.free_calls).toSorted(
    (a, b) => Number(b[1]) - Number(a[1]),
  )
  if (rows.length === 0) return null
  return (
    <Section title={w.freeReasons}>
      <p className="quiet gap-below">{w.freeReasonsLead}</p>
      <table className="plain">
        <caption className="unseen">{w.freeReasons}</caption>
        <thead>
          <tr>
            <th scope="col">{w.why}</th>
            <th scope="col" className="right">
              {w.calls}
            </th>
            <th scope="col" className="bar-cell" aria-hidden />
          </tr>
        </thead>
        <tbody>
          {rows.map(([reason, calls]) => (
            <tr key={reason}>
              <th scope="row">{reasonName(reason, language)}</th>
              <td className="right">
                <Quantity of={calls} />
              </td>
              <td className="bar-cell" aria-hidden>
                <div className="bar-track">
                  <span style={{ width: shareOf(calls, free) }} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

function NoUse() {
  const w = useWords(usageWords)
  const may = useMay()
  return (
    <Section>
      <EmptyState
        title={w.noUse}
        hint={w.noUseHint}
        action={may('api_key:create') ? <Go to="/keys?new=1">{w.createKey}</Go> : undefined}
      />
    </Section>
  )
}

function nameOf(item: UsageItem, language: 'zh' | 'en', tab = 'product'): string {
  if (tab === 'time') return item.bucket.replace('T', ' ')
  if (tab === 'result') return statusName('result', item.bucket, language)
  if (item.bucket === '-') return '—'
  return language === 'en' ? (item.name_en ?? item.name) : item.name
}
