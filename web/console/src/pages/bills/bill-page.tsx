/** @jsxImportSource react */
import { DownloadOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, Button, Drawer, Skeleton, Tag } from 'antd'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { CopyText } from '#web/console/src/parts/copy-text.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import {
  groupDigits,
  isZero,
  minuteText,
  monthText,
  percentOfRate,
  secondText,
  shortDecimal,
  twoPlaces,
} from '#web/console/src/parts/format.ts'
import { Money, Quantity } from '#web/console/src/parts/money.tsx'
import { EmptyState, Facts, Page, Section, Tiles } from '#web/console/src/parts/page.tsx'
import { PlainTable } from '#web/console/src/parts/plain-table.tsx'
import { PageProblem } from '#web/console/src/parts/problem.tsx'
import { Reason } from '#web/console/src/parts/reason.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'
import { type Happened, Timeline } from '#web/console/src/parts/timeline.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { bills as billWords } from '#web/shared/words/bills.ts'
import { usage as usageWords } from '#web/shared/words/usage.ts'
import { BillActions, ObjectionDecision } from './bill-actions.tsx'
import { type BillDetail, type BillLine, billQuery, shownStatus } from './bill-queries.ts'

export function BillPage() {
  const { id = '' } = useParams({ strict: false })
  const bill = useQuery(billQuery(id))
  if (bill.isError) return <PageProblem error={bill.error} onRetry={() => void bill.refetch()} />
  if (!bill.data) return <Skeleton active paragraph={{ rows: 12 }} />
  return <Loaded bill={bill.data} />
}

function Loaded({ bill }: Readonly<{ bill: BillDetail }>) {
  const w = useWords(billWords)
  const { language } = useLanguage()
  const [state, change] = useUrlState()
  const opened = bill.lines.find((line) => line.line_id === state['line'])
  return (
    <Page
      name={`${w.title} ${bill.number ?? bill.month}`}
      back={{ to: '/bills', label: w.title }}
      title={
        <>
          {w.of(monthText(bill.month, language))}{' '}
          <StatusTag kind="bill" status={shownStatus(bill)} />
        </>
      }
      lead={
        <>
          <span>{bill.number ?? w.draftNumber}</span>
          <span>{bill.buyer_name}</span>
          <span>{bill.operator_name}</span>
        </>
      }
      actions={
        <>
          {bill.number ? (
            <Button icon={<DownloadOutlined />} href={`/v1/bills/${bill.bill_id}/pdf`} download>
              {w.pdf}
            </Button>
          ) : null}
          <BillActions bill={bill} />
        </>
      }
    >
      {bill.status === 'issued' && bill.objection_until ? (
        <Alert type="info" showIcon title={w.objectUntil(minuteText(bill.objection_until))} />
      ) : null}
      {isZero(bill.gross) ? <Alert type="success" showIcon title={w.zero} /> : null}
      <Tiles
        tiles={[
          { label: w.total, value: <Money yuan={bill.gross} unit /> },
          { label: w.net, value: <Money yuan={bill.net} unit /> },
          { label: w.tax, value: <Money yuan={bill.tax} unit /> },
          { label: w.settled, value: <Money yuan={bill.settled} unit /> },
          {
            label: w.outstanding,
            value: <Money yuan={bill.outstanding} unit />,
            note: bill.due_on ? `${w.dueOn} ${bill.due_on}` : w.howToPay,
          },
        ]}
      />
      <Section title={w.lines} flush>
        <Lines bill={bill} open={(line) => change({ line: line.line_id }, false)} />
      </Section>
      <div className="columns">
        <Section title={w.payments}>
          <Payments bill={bill} />
        </Section>
        <Section title={w.record}>
          <BillRecord bill={bill} />
        </Section>
      </div>
      {bill.objections.length > 0 ? <Objections bill={bill} /> : null}
      {opened ? <LineCalls line={opened} onClose={() => change({ line: undefined })} /> : null}
    </Page>
  )
}

function productName(line: BillLine, language: 'zh' | 'en'): string {
  return language === 'en' ? line.product_name_en : line.product_name
}

function Lines(props: Readonly<{ bill: BillDetail; open: (line: BillLine) => void }>) {
  const w = useWords(billWords)
  const { language } = useLanguage()
  const units: Readonly<Record<string, string>> = w.units
  const columns: Column<BillLine>[] = [
    {
      key: 'product',
      title: w.product,
      show: (line) => (
        <div className="cell-two">
          <div>{productName(line, language)}</div>
          <div className="quiet">
            {line.scenario_name} · {line.subscription_number}
          </div>
        </div>
      ),
      text: (line) => `${productName(line, language)} ${line.scenario_name}`,
      matters: true,
    },
    {
      key: 'kind',
      title: '',
      show: (line) => (
        <div className="cell-two">
          <Tag color={line.kind === 'free' ? 'success' : 'default'}>{w.kind[line.kind]}</Tag>
          <div className="quiet">
            {line.usage_month === props.bill.month ? '' : line.usage_month}
          </div>
        </div>
      ),
      text: (line) => `${w.kind[line.kind]} ${line.usage_month}`,
    },
    {
      key: 'calls',
      title: w.calls,
      show: (line) => (
        <button type="button" className="figure" onClick={() => props.open(line)}>
          {groupDigits(line.calls)}
        </button>
      ),
      text: (line) => line.calls,
      numeric: true,
      matters: true,
    },
    {
      key: 'quantity',
      title: w.quantity,
      show: (line) => (
        <Quantity of={shortDecimal(line.quantity)} unit={units[line.unit] ?? line.unit} />
      ),
      text: (line) => line.quantity,
      numeric: true,
    },
    {
      key: 'price',
      title: w.price,
      show: (line) => <code className="quiet">{line.posted_price_number ?? '—'}</code>,
      text: (line) => line.posted_price_number ?? '',
    },
    {
      key: 'net',
      title: w.net,
      show: (line) => <Money yuan={line.net} />,
      text: (line) => line.net,
      numeric: true,
    },
    {
      key: 'tax',
      title: w.tax,
      show: (line) => <Money yuan={line.tax} />,
      text: (line) => line.tax,
      numeric: true,
    },
    {
      key: 'amount',
      title: w.amount,
      show: (line) => <Money yuan={line.amount} strong />,
      text: (line) => line.amount,
      numeric: true,
      matters: true,
    },
  ]
  return (
    <DataTable
      rows={props.bill.lines}
      columns={columns}
      rowKey={(line) => line.line_id}
      caption={w.lines}
      exportName={`bill-${props.bill.number ?? props.bill.month}`}
      expand={(line) => <LineExplained line={line} open={() => props.open(line)} />}
    />
  )
}

/** The arithmetic of a line, tier by tier, with the cap beside each price, and why calls were free. */
function LineExplained({ line, open }: Readonly<{ line: BillLine; open: () => void }>) {
  const w = useWords(billWords)
  const free = Object.entries(line.free_calls)
  return (
    <div className="stack explained">
      <strong>{w.explain}</strong>
      {line.tiers.length > 0 ? (
        <PlainTable
          caption={w.explain}
          rows={line.tiers}
          rowKey={(tier) => String(tier.position)}
          columns={[
            { head: w.tier, cell: (tier) => tier.position },
            {
              head: w.quantity,
              right: true,
              cell: (tier) => groupDigits(shortDecimal(tier.quantity)),
            },
            { head: w.unitPrice, right: true, cell: (tier) => shortDecimal(tier.unit_price_yuan) },
            { head: w.cap, right: true, cell: (tier) => shortDecimal(tier.cap_unit_price_yuan) },
            {
              head: w.tierAmount,
              right: true,
              cell: (tier) => groupDigits(twoPlaces(tier.amount_yuan)),
            },
          ]}
        />
      ) : null}
      {free.length > 0 ? (
        <PlainTable
          caption={w.freeWhy}
          rows={free}
          rowKey={([reason]) => reason}
          columns={[
            { head: w.freeWhy, cell: ([reason]) => <Reason of={reason} /> },
            { head: w.calls, right: true, cell: ([, calls]) => groupDigits(calls) },
          ]}
        />
      ) : null}
      <Facts
        facts={[
          {
            label: w.unrounded,
            value: `${shortDecimal(line.unrounded_yuan)} → ${line.amount}（${w.rounded}）`,
          },
          { label: w.atCap, value: groupDigits(line.cap_amount_yuan) },
          { label: w.taxSplit, value: percentOfRate(line.tax_rate) },
          {
            label: w.service,
            value: `${minuteText(line.service_from)} – ${minuteText(line.service_to)}`,
          },
          { label: w.rated, value: minuteText(line.rated_at) },
        ]}
      />
      <div>
        <Button onClick={open}>{w.seeCalls}</Button>
      </div>
    </div>
  )
}

function LineCalls({ line, onClose }: Readonly<{ line: BillLine; onClose: () => void }>) {
  const w = useWords(billWords)
  const u = useWords(usageWords)
  const { language } = useLanguage()
  const calls = useInfiniteQuery({
    queryKey: ['line-calls', line.line_id],
    queryFn: ({ pageParam }) =>
      ask(
        api.v1['bill-lines'][':id'].calls.$get({
          param: { id: line.line_id },
          query: { limit: '100', ...(pageParam ? { cursor: pageParam } : {}) },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const rows = calls.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Drawer
      open
      onClose={onClose}
      size={860}
      title={`${w.callsOf} · ${productName(line, language)}`}
    >
      {calls.isError ? (
        <PageProblem error={calls.error} onRetry={() => void calls.refetch()} />
      ) : calls.isPending ? (
        <Skeleton active paragraph={{ rows: 10 }} />
      ) : (
        <>
          <PlainTable
            caption={w.callsOf}
            rows={rows}
            rowKey={(call) => call.event_id}
            empty={u.noCalls}
            columns={[
              {
                head: u.time,
                cell: (call) => <span className="number">{secondText(call.occurred_at)}</span>,
              },
              {
                head: u.result,
                cell: (call) => <StatusTag kind="result" status={call.result_class} />,
              },
              {
                head: u.charged,
                cell: (call) => (
                  <>
                    {call.billable ? u.yes : u.no}{' '}
                    <span className="quiet">
                      <Reason of={call.reason} />
                    </span>
                  </>
                ),
              },
              { head: u.records, right: true, cell: (call) => groupDigits(call.records) },
              { head: u.duration, right: true, cell: (call) => `${call.duration_ms} ms` },
              {
                head: u.requestId,
                cell: (call) => (
                  <CopyText text={call.request_id} shown={`…${call.request_id.slice(-8)}`} />
                ),
              },
            ]}
          />
          {calls.hasNextPage ? (
            <div className="table-more">
              <Button loading={calls.isFetchingNextPage} onClick={() => void calls.fetchNextPage()}>
                {language === 'zh' ? '加载更多' : 'More'}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Drawer>
  )
}

function Payments({ bill }: Readonly<{ bill: BillDetail }>) {
  const w = useWords(billWords)
  return bill.payments.length === 0 ? (
    <EmptyState title={w.noPayments} hint={w.howToPay} />
  ) : (
    <PlainTable
      caption={w.payments}
      rows={bill.payments}
      rowKey={(payment) => payment.allocation_id}
      columns={[
        { head: w.paidOn, cell: (payment) => payment.paid_on },
        { head: w.reference, cell: (payment) => <code>{payment.bank_reference}</code> },
        { head: w.settled, right: true, cell: (payment) => groupDigits(payment.amount) },
      ]}
    />
  )
}

function BillRecord({ bill }: Readonly<{ bill: BillDetail }>) {
  const w = useWords(billWords)
  const entries: Happened[] = [
    { what: w.composed, at: bill.composed_at, tone: 'calm' },
    ...(bill.operator_confirmed_at
      ? [{ what: w.operatorConfirmed, at: bill.operator_confirmed_at }]
      : []),
    ...(bill.issued_at ? [{ what: w.issued, at: bill.issued_at }] : []),
    ...(bill.confirmed_at ? [{ what: w.buyerConfirmed, at: bill.confirmed_at }] : []),
    ...bill.payments.map((payment) => ({
      what: `${w.payments} ${groupDigits(payment.amount)}`,
      at: payment.allocated_at,
    })),
  ]
  return (
    <>
      <Timeline entries={entries} />
      <div className="quiet">
        {w.digest}{' '}
        <CopyText text={bill.content_digest} shown={`${bill.content_digest.slice(0, 20)}…`} />
      </div>
    </>
  )
}

function Objections({ bill }: Readonly<{ bill: BillDetail }>) {
  const w = useWords(billWords)
  const { language } = useLanguage()
  const lineName = (id: string | null) => {
    const line = bill.lines.find((each) => each.line_id === id)
    return line ? productName(line, language) : w.wholeBill
  }
  return (
    <Section title={w.objections}>
      <Timeline
        entries={bill.objections.flatMap((each): Happened[] => [
          {
            what: lineName(each.bill_line_id),
            at: each.objected_at,
            why: each.reason,
            tone: 'waiting',
          },
          each.verdict
            ? {
                what: w.decision[each.verdict],
                at: each.decided_at,
                why: each.decision,
                tone: each.verdict === 'upheld' ? 'good' : 'calm',
              }
            : { what: <ObjectionDecision objectionId={each.objection_id} />, tone: 'waiting' },
        ])}
      />
    </Section>
  )
}
