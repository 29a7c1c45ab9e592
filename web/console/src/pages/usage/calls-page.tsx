/** @jsxImportSource react */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Input, Tag } from 'antd'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMe } from '#web/console/src/app/session.ts'
import { CopyText } from '#web/console/src/parts/copy-text.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { Quantity } from '#web/console/src/parts/money.tsx'
import { EmptyState, Facts, Page, Section } from '#web/console/src/parts/page.tsx'
import { PageProblem } from '#web/console/src/parts/problem.tsx'
import { Reason, reasonName } from '#web/console/src/parts/reason.tsx'
import { StatusTag, statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { usage as usageWords } from '#web/shared/words/usage.ts'
import { BuyerPicker } from './buyer-picker.tsx'
import { daysOf, sizeText } from './usage-query.ts'
import { CallReceipt } from './call-receipt.tsx'
import { CorrectCall } from './correct-call.tsx'

export type Call = AnswerOf<Awaited<ReturnType<typeof api.v1.calls.$get>>>['items'][number]

export function CallsPage() {
  const w = useWords(usageWords)
  const me = useMe()
  const [state, change] = useUrlState()
  const days = daysOf(state)
  const buyerId = me.organization_kind === 'buyer' ? me.organization_id : state['buyer']
  const query = {
    ...days,
    mode: state['mode'] === 'sandbox' ? ('sandbox' as const) : ('live' as const),
    ...(buyerId ? { buyer_id: buyerId } : {}),
    ...(state['product'] ? { product_id: state['product'] } : {}),
    ...(state['charged'] ? { billable: state['charged'] as 'true' | 'false' } : {}),
    ...(state['result'] ? { result_class: state['result'] as 'found' } : {}),
    ...(state['request'] ? { request_id: state['request'] } : {}),
  }
  const calls = useInfiniteQuery({
    queryKey: ['calls', query],
    queryFn: ({ pageParam }) =>
      ask(api.v1.calls.$get({ query: { ...query, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: buyerId !== undefined,
    refetchInterval: (q) => (q.state.data && q.state.data.pages.length > 1 ? false : 2000),
  })
  const rows = calls.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={w.callsTitle} lead={w.callsLead}>
      <div className="filter-bar">
        {me.organization_kind === 'buyer' ? null : <BuyerPicker days={days} />}
        <Input
          type="date"
          aria-label={w.from}
          className="day"
          value={days.from}
          max={days.to}
          onChange={({ target }) => (target.value ? change({ ...days, from: target.value }) : null)}
        />
        <Input
          type="date"
          aria-label={w.to}
          className="day"
          value={days.to}
          min={days.from}
          onChange={({ target }) => (target.value ? change({ ...days, to: target.value }) : null)}
        />
      </div>
      <Section flush>
        {calls.isError ? (
          <PageProblem error={calls.error} onRetry={() => void calls.refetch()} />
        ) : buyerId === undefined ? (
          <EmptyState title={w.chooseBuyer} />
        ) : (
          <CallTable
            calls={rows}
            buyerId={buyerId}
            isBusy={calls.isPending}
            more={
              calls.hasNextPage
                ? { load: () => void calls.fetchNextPage(), isLoading: calls.isFetchingNextPage }
                : undefined
            }
          />
        )}
      </Section>
    </Page>
  )
}

function CallTable(
  props: Readonly<{
    calls: readonly Call[]
    buyerId: string
    isBusy: boolean
    more: Readonly<{ load: () => void; isLoading: boolean }> | undefined
  }>,
) {
  const w = useWords(usageWords)
  const { language } = useLanguage()
  return (
    <DataTable
      rows={props.calls}
      columns={useCallColumns()}
      rowKey={(call) => call.event_id}
      caption={w.callsTitle}
      dense
      isBusy={props.isBusy}
      more={props.more}
      exportName="calls"
      expand={(call) => <CallDetail call={call} buyerId={props.buyerId} />}
      empty={<EmptyState title={w.noCalls} />}
      filters={[
        { key: 'result', label: w.result, options: statusOptions('result', language) },
        {
          key: 'charged',
          label: w.charged,
          options: [
            { value: 'true', label: w.yes },
            { value: 'false', label: w.no },
          ],
        },
        {
          key: 'mode',
          label: w.mode,
          options: [
            { value: 'live', label: w.live },
            { value: 'sandbox', label: w.sandbox },
          ],
        },
        { key: 'request', label: w.searchRequest },
      ]}
    />
  )
}

function useCallColumns(): Column<Call>[] {
  const w = useWords(usageWords)
  const { language } = useLanguage()
  return [
    {
      key: 'time',
      title: w.time,
      show: (call) => <span className="number">{secondText(call.occurred_at)}</span>,
      text: (call) => secondText(call.occurred_at),
      matters: true,
    },
    {
      key: 'product',
      title: w.product,
      show: (call) => (
        <div className="cell-two">
          <div>{call.product_name ?? '—'}</div>
          <div className="quiet">{call.key_name ?? call.key_id}</div>
        </div>
      ),
      text: (call) => call.product_name ?? '',
      matters: true,
    },
    {
      key: 'result',
      title: w.result,
      show: (call) => <StatusTag kind="result" status={call.result_class} />,
      text: (call) => statusName('result', call.result_class, language),
    },
    {
      key: 'charged',
      title: w.charged,
      show: (call) => (
        <div className="cell-two">
          <Tag color={call.billable ? 'processing' : 'default'}>{call.billable ? w.yes : w.no}</Tag>
          <div className="quiet">
            <Reason of={call.reason} />
          </div>
        </div>
      ),
      text: (call) => `${call.billable ? w.yes : w.no} ${reasonName(call.reason, language)}`,
      matters: true,
    },
    {
      key: 'status',
      title: w.status,
      show: (call) => <span className="number">{call.http_status}</span>,
      text: (call) => String(call.http_status),
    },
    {
      key: 'duration',
      title: w.duration,
      show: (call) => <Quantity of={call.duration_ms} unit="ms" />,
      text: (call) => String(call.duration_ms),
      numeric: true,
    },
    {
      key: 'attempts',
      title: w.attempts,
      show: (call) => <Quantity of={call.attempts} />,
      text: (call) => String(call.attempts),
      numeric: true,
    },
    {
      key: 'request',
      title: w.requestId,
      show: (call) => <CopyText text={call.request_id} shown={`…${call.request_id.slice(-8)}`} />,
      text: (call) => call.request_id,
    },
  ]
}

function CallDetail({ call, buyerId }: Readonly<{ call: Call; buyerId: string }>) {
  const w = useWords(usageWords)
  const { correction } = call
  return (
    <>
      <Facts
        facts={[
          { label: w.receipt, value: <CopyText text={call.event_id} /> },
          { label: w.requestId, value: <CopyText text={call.request_id} /> },
          { label: w.route, value: <code>{call.route}</code> },
          {
            label: w.price,
            value: call.price_reference ? <code>{call.price_reference}</code> : '—',
          },
          { label: w.records, value: <Quantity of={call.records} /> },
          { label: w.bytes, value: sizeText(call.bytes) },
          { label: w.recordedAt, value: secondText(call.recorded_at) },
          ...(call.repeats_event_id
            ? [{ label: w.repeats, value: <CopyText text={call.repeats_event_id} /> }]
            : []),
          ...(correction
            ? [
                {
                  label: correction.kind === 'void' ? w.voided : w.replaced,
                  value: `${secondText(correction.corrected_at)} · ${correction.reason} (${correction.reference})`,
                  wide: true,
                },
              ]
            : []),
          ...(correction?.replacement_event_id
            ? [{ label: w.replacement, value: <CopyText text={correction.replacement_event_id} /> }]
            : []),
        ]}
      />
      <CallReceipt call={call} />
      <CorrectCall call={call} buyerId={buyerId} />
    </>
  )
}
