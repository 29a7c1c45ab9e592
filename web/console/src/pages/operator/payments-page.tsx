/** @jsxImportSource react */
import { UploadOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { isZero, minuteText } from '#web/console/src/parts/format.ts'
import { Money } from '#web/console/src/parts/money.tsx'
import { EmptyState, Page, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag, statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { useAction } from '#web/console/src/parts/use-action.ts'
import { type Entry, EntryFacts, type EntryDialogProps } from './bank-entry.tsx'
import { Import } from './import-statement.tsx'
import { Match } from './match-entry.tsx'
import { TopUp } from './top-up.tsx'

type Payment = AnswerOf<Awaited<ReturnType<typeof api.v1.payments.$get>>>['items'][number]
type Opened = Readonly<{ entry: Entry; what: 'match' | 'top_up' | 'set_aside' }>

export function PaymentsPage() {
  const [state, change] = useUrlState()
  const view = state['view'] ?? 'entries'
  return (
    <Page
      title="收款与对账"
      lead="导入银行到账明细；附言含账单编号且付款单位一致的自动匹配，其余由人工判断。"
      actions={<PageActions />}
    >
      <Segmented
        className="views"
        value={view}
        options={[
          { value: 'entries', label: '银行到账' },
          { value: 'payments', label: '已匹配收款' },
        ]}
        onChange={(value) =>
          change({ view: value === 'entries' ? undefined : value, sort: undefined })
        }
      />
      {view === 'entries' ? <Entries /> : <Payments />}
    </Page>
  )
}

function PageActions() {
  const me = useMe()
  const may = useMay()
  const { act, isBusy } = useAction()
  const [isImporting, setImporting] = useState(false)
  return (
    <>
      {may('payment:match') ? (
        <Button
          loading={isBusy}
          onClick={() =>
            void act('自动匹配已完成', () =>
              ask(api.v1['payment-matchings'].$post({ json: { operator_id: me.organization_id } })),
            )
          }
        >
          自动匹配
        </Button>
      ) : null}
      {may('bank_statement:import') ? (
        <Button type="primary" icon={<UploadOutlined />} onClick={() => setImporting(true)}>
          导入银行明细
        </Button>
      ) : null}
      {isImporting ? <Import onClose={() => setImporting(false)} /> : null}
    </>
  )
}

function Entries() {
  const may = useMay()
  const [opened, setOpened] = useState<Opened>()
  const entries = useQuery({
    queryKey: ['bank-entries'],
    queryFn: () => ask(api.v1['bank-entries'].$get({ query: {} })),
  })
  const columns: Column<Entry>[] = [
    {
      key: 'paid',
      title: '到账日期',
      show: (row) => <span className="number">{row.paid_on}</span>,
      text: (row) => row.paid_on,
      sortable: true,
    },
    {
      key: 'payer',
      title: '付款单位',
      show: (row) => (
        <div className="cell-two">
          <div>{row.payer_name}</div>
          <code className="quiet">{row.payer_account}</code>
        </div>
      ),
      text: (row) => row.payer_name,
      matters: true,
    },
    {
      key: 'amount',
      title: '金额（元）',
      show: (row) => <Money yuan={row.amount} />,
      text: (row) => row.amount,
      numeric: true,
      sortable: true,
      matters: true,
    },
    {
      key: 'remark',
      title: '附言',
      show: (row) => <span className="break">{row.remark || '—'}</span>,
      text: (row) => row.remark,
    },
    {
      key: 'reference',
      title: '银行流水号',
      show: (row) => <code>{row.bank_reference}</code>,
      text: (row) => row.bank_reference,
    },
    {
      key: 'state',
      title: '状态',
      show: (row) => <StatusTag kind="bankEntry" status={row.status} />,
      text: (row) => statusName('bankEntry', row.status, 'zh'),
      matters: true,
    },
    {
      key: 'act',
      title: '',
      show: (row) =>
        row.status === 'unmatched' && may('payment:match') ? (
          <span className="section-extra">
            <Button
              size="small"
              type="primary"
              onClick={() => setOpened({ entry: row, what: 'match' })}
            >
              匹配
            </Button>
            {may('top_up:record') ? (
              <Button size="small" onClick={() => setOpened({ entry: row, what: 'top_up' })}>
                充值
              </Button>
            ) : null}
            <Button size="small" onClick={() => setOpened({ entry: row, what: 'set_aside' })}>
              搁置
            </Button>
          </span>
        ) : null,
      matters: true,
    },
  ]
  const close = () => setOpened(undefined)
  return (
    <Section flush>
      <Block query={entries} page>
        {({ items }) => (
          <DataTable
            rows={items}
            columns={columns}
            rowKey={(row) => row.bank_entry_id}
            caption="银行到账"
            exportName="bank-entries"
            filters={[
              { key: 'status', label: '状态', options: statusOptions('bankEntry', 'zh') },
              { key: 'q', label: '付款单位、附言或流水号' },
            ]}
            keeps={(row, { status, q }) =>
              (!status || row.status === status) &&
              (!q || `${row.payer_name}${row.remark}${row.bank_reference}`.includes(q))
            }
            empty={<EmptyState title="还没有银行到账" hint="从网银导出 CSV 后在此导入。" />}
          />
        )}
      </Block>
      {opened?.what === 'match' ? <Match entry={opened.entry} onClose={close} /> : null}
      {opened?.what === 'top_up' ? <TopUp entry={opened.entry} onClose={close} /> : null}
      {opened?.what === 'set_aside' ? <SetAside entry={opened.entry} onClose={close} /> : null}
    </Section>
  )
}

function purposeOf({ purpose }: Payment): string {
  return purpose === 'top_up' ? '充值' : '账单款'
}

const paymentColumns: Column<Payment>[] = [
  {
    key: 'p_matched',
    title: '匹配时间',
    show: (row) => <span className="number">{minuteText(row.matched_at)}</span>,
    text: (row) => row.matched_at,
    sortable: true,
  },
  {
    key: 'p_buyer',
    title: '付款主体',
    show: (row) => row.buyer_name,
    text: (row) => row.buyer_name,
    sortable: true,
    matters: true,
  },
  { key: 'p_paid', title: '到账日期', show: (row) => row.paid_on, text: (row) => row.paid_on },
  {
    key: 'p_amount',
    title: '到账（元）',
    show: (row) => <Money yuan={row.amount} />,
    text: (row) => row.amount,
    numeric: true,
    sortable: true,
    matters: true,
  },
  {
    key: 'p_allocated',
    title: '已核销（元）',
    show: (row) => <Money yuan={row.allocated} />,
    text: (row) => row.allocated,
    numeric: true,
  },
  {
    key: 'p_credit',
    title: '余额（元）',
    show: (row) =>
      isZero(row.credit) ? <span className="quiet">0.00</span> : <Money yuan={row.credit} strong />,
    text: (row) => row.credit,
    numeric: true,
    sortable: true,
    matters: true,
  },
  {
    key: 'p_purpose',
    title: '用途',
    show: purposeOf,
    text: purposeOf,
  },
  {
    key: 'p_reference',
    title: '银行流水号',
    show: (row) => <code>{row.bank_reference}</code>,
    text: (row) => row.bank_reference,
  },
]

function Payments() {
  const payments = useQuery({
    queryKey: ['payments'],
    queryFn: () => ask(api.v1.payments.$get()),
  })
  return (
    <Section flush>
      <Block query={payments} page>
        {({ items }) => (
          <DataTable
            rows={items}
            columns={paymentColumns}
            rowKey={(row) => row.payment_id}
            caption="已匹配收款"
            exportName="payments"
            empty={<EmptyState title="还没有已匹配的收款" />}
          />
        )}
      </Block>
    </Section>
  )
}

function SetAside({ entry, onClose }: EntryDialogProps) {
  const queries = useQueryClient()
  return (
    <CheckAndSubmit
      title="搁置到账"
      submitLabel="搁置"
      check={<EntryFacts entry={entry} />}
      opinion={{ label: '理由', required: true, hint: '例如：与数据服务无关的款项、误汇待退回。' }}
      submit={async ({ opinion }) => {
        const param = { id: entry.bank_entry_id }
        await ask(
          api.v1['bank-entries'][':id']['set-aside'].$post({ param, json: { reason: opinion } }),
        )
        await queries.invalidateQueries()
      }}
      onClose={onClose}
    />
  )
}
