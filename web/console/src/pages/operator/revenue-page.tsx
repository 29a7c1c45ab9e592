/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Alert, Select } from 'antd'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMe } from '#web/console/src/app/session.ts'
import { AsOf } from '#web/console/src/parts/as-of.tsx'
import { Block } from '#web/console/src/parts/block.tsx'
import { Chart } from '#web/console/src/parts/chart.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { currentMonth, monthAfter } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { Money, Quantity } from '#web/console/src/parts/money.tsx'
import { EmptyState, Page, Section, Tiles } from '#web/console/src/parts/page.tsx'
import { addYuan, shareOfYuan, subtractYuan } from '#web/console/src/parts/yuan.ts'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { statementsQuery } from '#web/console/src/pages/statements/statement-queries.ts'

type Board = AnswerOf<Awaited<ReturnType<typeof api.v1.revenue.$get>>>

const spans = [
  { value: '6', label: '近 6 个月' },
  { value: '12', label: '近 12 个月' },
  { value: '36', label: '近 3 年' },
]

/** What was billed and what came in, from issued bills; an operator its own, the others by operator. */
export function RevenuePage() {
  const me = useMe()
  const [state, change] = useUrlState()
  const isOperator = me.organization_kind === 'operator'
  // Bureaus learn of the operators from their statements, which they may read.
  const statements = useQuery({ ...statementsQuery, enabled: !isOperator })
  const operators = [
    ...new Map(
      (statements.data?.items ?? []).map((each) => [each.operator_id, each.operator_name]),
    ),
  ]
  const operatorId = isOperator ? me.organization_id : (state['operator'] ?? operators[0]?.[0])
  const months = Number(state['span'] ?? '6')
  const board = useQuery({
    queryKey: ['revenue', operatorId, months],
    queryFn: () =>
      ask(
        api.v1.revenue.$get({
          query: {
            operator_id: operatorId ?? '',
            from: monthAfter(currentMonth(), 1 - months),
            to: currentMonth(),
          },
        }),
      ),
    enabled: operatorId !== undefined,
  })
  return (
    <Page
      title="收入驾驶舱"
      lead="按已签发账单统计，含税；公益免费用量单列，不计入收入。"
      actions={
        <>
          {isOperator ? null : (
            <Select
              aria-label="运营机构"
              value={operatorId ?? null}
              options={operators.map(([value, label]) => ({ value, label }))}
              onChange={(operator: string) => change({ operator })}
            />
          )}
          <Select
            aria-label="统计范围"
            value={String(months)}
            options={spans}
            onChange={(span) => change({ span })}
          />
        </>
      }
    >
      {operatorId === undefined && !statements.isPending ? (
        <EmptyState title="还没有运营机构的结算数据" />
      ) : (
        <Block query={board} page>
          {(told) => <Told board={told} />}
        </Block>
      )}
    </Page>
  )
}

function Told({ board }: Readonly<{ board: Board }>) {
  const billed = addYuan(board.months.map((each) => each.billed))
  const settled = addYuan(board.months.map((each) => each.settled))
  const overdue = addYuan(board.buyers.map((each) => each.overdue))
  const sum = (of: (month: Board['months'][number]) => string) =>
    String(board.months.reduce((total, month) => total + BigInt(of(month)), 0n))
  return (
    <div className="stack">
      <Tiles
        tiles={[
          {
            label: '已出账',
            value: <Money yuan={billed} unit />,
            note: `${board.months.reduce((total, { bills }) => total + bills, 0)} 份账单`,
            to: '/bills',
          },
          {
            label: '已收',
            value: <Money yuan={settled} unit />,
            note: `回款率 ${shareOfYuan(settled, billed)}`,
            to: '/payments',
          },
          {
            label: '未收',
            value: <Money yuan={subtractYuan(billed, settled)} unit />,
            note: (
              <>
                其中逾期 <Money yuan={overdue} unit />
              </>
            ),
            to: '/bills?status=overdue',
          },
          {
            label: '计费调用',
            value: <Quantity of={sum((month) => month.billed_calls)} unit="次" />,
            note: `全部调用 ${sum((month) => month.calls)} 次`,
            to: '/usage',
          },
          {
            label: '公益免费调用',
            value: <Quantity of={sum((month) => month.public_interest_calls)} unit="次" />,
            note: '不产生收入',
          },
        ]}
      />
      <AsOf at={board.as_of} finality="billed" />
      <Permitted board={board} />
      <Section>
        <Chart
          caption="各月出账与回款（元）"
          axis="月份"
          unit="元"
          labels={board.months.map(({ month }) => month)}
          series={[
            { name: '已出账', kind: 'bar', values: board.months.map((each) => each.billed) },
            { name: '已收', kind: 'bar', values: board.months.map((each) => each.settled) },
          ]}
        />
      </Section>
      <Section title="按产品" flush>
        <DataTable
          rows={board.products}
          columns={productColumns}
          rowKey={(row) => row.product_id}
          caption="按产品的收入"
          exportName="revenue-products"
        />
      </Section>
      <Section title="按开发利用主体" flush>
        <DataTable
          rows={board.buyers}
          columns={buyerColumns}
          rowKey={(row) => row.buyer_id}
          caption="按开发利用主体的收入"
          exportName="revenue-buyers"
        />
      </Section>
    </div>
  )
}

function Permitted({ board }: Readonly<{ board: Board }>) {
  const { permitted } = board
  if (!permitted)
    return (
      <Alert
        type="info"
        showIcon
        title="最高准许收入：未核定"
        description="价格主管部门核定后，此处显示周期内收入与核定额的进度。"
      />
    )
  const share = shareOfYuan(permitted.revenue, permitted.permitted)
  return (
    <Section
      title={`最高准许收入进度（${permitted.document_number}）`}
      extra={
        <span className="quiet">
          {permitted.cycle_from} 至 {permitted.cycle_to}，
          {permitted.tax_inclusive ? '含税' : '不含税'}
        </span>
      }
    >
      <div className="bar-track" role="img" aria-label={`已达 ${share}`}>
        <span style={{ width: share }} />
      </div>
      <p className="gap-above">
        周期内收入 <Money yuan={permitted.revenue} unit strong />
        ，占核定额 <Money yuan={permitted.permitted} unit /> 的 {share}
      </p>
    </Section>
  )
}

type Product = Board['products'][number]
type Buyer = Board['buyers'][number]

const productColumns: Column<Product>[] = [
  {
    key: 'product',
    title: '产品',
    show: (row) => <Go to={`/usage?product=${row.product_id}&span=last30`}>{row.product_name}</Go>,
    text: (row) => row.product_name,
    matters: true,
  },
  {
    key: 'amount',
    title: '已出账（元）',
    show: (row) => <Money yuan={row.amount} />,
    text: (row) => row.amount,
    numeric: true,
    sortable: true,
    matters: true,
  },
  countColumn('calls', '调用', (row) => row.calls),
  countColumn('billed_calls', '计费', (row) => row.billed_calls),
  countColumn('public', '公益免费', (row) => row.public_interest_calls),
]

function countColumn(key: string, title: string, of: (row: Product) => string): Column<Product> {
  return {
    key,
    title,
    show: (row) => <Quantity of={of(row)} />,
    text: of,
    numeric: true,
    sortable: true,
  }
}

const buyerMoney = (key: string, title: string, of: (row: Buyer) => string): Column<Buyer> => ({
  key,
  title,
  show: (row) => <Money yuan={of(row)} />,
  text: of,
  numeric: true,
  sortable: true,
  matters: true,
})
const buyerColumns: Column<Buyer>[] = [
  {
    key: 'buyer',
    title: '开发利用主体',
    show: (row) => <Go to={`/bills?buyer=${row.buyer_id}`}>{row.buyer_name}</Go>,
    text: (row) => row.buyer_name,
    matters: true,
  },
  buyerMoney('b_billed', '已出账（元）', (row) => row.billed),
  buyerMoney('b_settled', '已收（元）', (row) => row.settled),
  buyerMoney('b_open', '未收（元）', (row) => subtractYuan(row.billed, row.settled)),
  buyerMoney('b_overdue', '逾期（元）', (row) => row.overdue),
]
