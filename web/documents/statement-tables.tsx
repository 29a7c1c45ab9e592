import type { Child } from 'hono/jsx'
import type { StatementContent } from '#billing/index.ts'
import { grouped, percent } from './chinese.ts'
import { lineKindLabel, purposeLabel, reasonLabel, unitLabel } from './labels.ts'
import { type Column, PrintTable } from './print-page.tsx'

type Content = Readonly<{ content: StatementContent }>
type Volume = StatementContent['volume'][number]
type Receivable = StatementContent['receivables']['rows'][number]
type Bill = StatementContent['receivables']['bills'][number]
type Correction = StatementContent['receivables']['lateItems'][number]
type Roll = StatementContent['receipts']['buyers'][number]
type Receipt = StatementContent['receipts']['receipts'][number]

/** Parts A to D. */
export function StatementTables({ content }: Content): Child {
  return (
    <>
      <VolumeSection content={content} />
      <ReceivablesSection content={content} />
      <ReceiptsSection content={content} />
      <section>
        <h2>D　规则允许的扣除</h2>
        <p>本期无扣除，合计 {grouped(content.deductions.totalYuan)} 元。</p>
      </section>
    </>
  )
}

const number = <T,>(head: string, read: (row: T) => string, width?: string): Column<T> => ({
  head,
  cell: (row) => grouped(read(row)),
  isNumber: true,
  ...(width === undefined ? {} : { width }),
})

function VolumeSection({ content }: Content): Child {
  const sum = (read: (row: Volume) => string) =>
    grouped(String(content.volume.reduce((total, row) => total + BigInt(read(row)), 0n)))
  const columns: Column<Volume>[] = [
    {
      head: '产品',
      cell: (row) => (
        <>
          {row.productName}
          <br />
          <span class="code">{row.productCode}</span>
        </>
      ),
    },
    { head: '用途', cell: (row) => purposeLabel(row.purposeClass), width: '24mm' },
    number('期初读数', (row) => row.openingReading),
    number('本期调用', (row) => row.calls),
    number('期末读数', (row) => row.closingReading),
    number('计费', (row) => row.billedCalls),
    number('免费', (row) => row.freeCalls),
    number('争议', (row) => row.disputedCalls),
    { head: '免费构成', cell: (row) => reasonsOf(row), width: '28mm' },
  ]
  return (
    <section>
      <h2>A　用量（次）</h2>
      <PrintTable
        columns={columns}
        rows={content.volume}
        total={[
          '合计',
          '',
          sum((row) => row.openingReading),
          sum((row) => row.calls),
          sum((row) => row.closingReading),
          sum((row) => row.billedCalls),
          sum((row) => row.freeCalls),
          sum((row) => row.disputedCalls),
          '',
        ]}
      />
    </section>
  )
}

function reasonsOf(row: Volume): string {
  return Object.entries(row.freeByReason)
    .map(([reason, calls]) => `${reasonLabel(reason)} ${grouped(calls)}`)
    .join('；')
}

function ReceivablesSection({ content }: Content): Child {
  const { rows, bills, adjustments, lateItems, total } = content.receivables
  const columns: Column<Receivable>[] = [
    { head: '产品', cell: (row) => row.productName },
    { head: '类型', cell: (row) => lineKindLabel(row.kind), width: '12mm' },
    {
      head: '价格编号',
      cell: (row) => <span class="nowrap">{row.priceNumber ?? '—'}</span>,
      width: '27mm',
    },
    {
      head: '数量',
      cell: (row) => `${grouped(row.quantity)} ${unitLabel(row.unit)}`,
      isNumber: true,
    },
    number('最高可计', (row) => row.atCapYuan),
    number('含税金额', (row) => row.amountYuan),
    { head: '税率', cell: (row) => percent(row.taxRate), isNumber: true, width: '11mm' },
    number('税额', (row) => row.taxYuan),
    number('不含税金额', (row) => row.netYuan),
  ]
  return (
    <section>
      <h2>B　应收（元）</h2>
      <PrintTable
        caption="按产品和价格；「最高可计」为同一数量按试行标准或上限标准计算的金额"
        columns={columns}
        rows={rows}
        total={[
          '合计',
          '',
          '',
          '',
          grouped(total.atCapYuan),
          grouped(total.amountYuan),
          '',
          grouped(total.taxYuan),
          grouped(total.netYuan),
        ]}
      />
      <PrintTable
        caption="账单"
        columns={[
          { head: '账单编号', cell: (row) => row.number, width: '32mm' },
          { head: '账期', cell: (row) => row.month, width: '16mm' },
          { head: '开发利用主体', cell: (row) => row.buyerName },
          number<Bill>('含税金额', (row) => row.amountYuan),
          number<Bill>('税额', (row) => row.taxYuan),
          number<Bill>('不含税金额', (row) => row.netYuan),
        ]}
        rows={bills}
      />
      <Corrections caption="补记（以前月份的用量，按当月价格）" rows={lateItems} />
      <Corrections caption="调整" rows={adjustments} />
    </section>
  )
}

function Corrections(
  props: Readonly<{ caption: string; rows: StatementContent['receivables']['lateItems'] }>,
): Child {
  return (
    <PrintTable
      caption={props.caption}
      columns={[
        { head: '账单编号', cell: (row) => row.billNumber, width: '32mm' },
        { head: '开发利用主体', cell: (row) => row.buyerName },
        { head: '产品', cell: (row) => row.productName },
        { head: '使用月份', cell: (row) => row.usageMonth, width: '18mm' },
        { head: '原明细', cell: (row) => row.correctsLineId ?? '—' },
        number<Correction>('金额', (row) => row.amountYuan),
      ]}
      rows={props.rows}
    />
  )
}

function ReceiptsSection({ content }: Content): Child {
  const { buyers, total, receipts, received } = content.receipts
  return (
    <section>
      <h2>C　收款（元）</h2>
      <PrintTable
        caption="应收滚动：期初 + 出账 − 到账 − 核销 = 期末"
        columns={[
          { head: '开发利用主体', cell: (row) => row.buyerName },
          number<Roll>('期初应收', (row) => row.openingYuan),
          number<Roll>('本期出账', (row) => row.billedYuan),
          number<Roll>('本期到账', (row) => row.receivedYuan),
          number<Roll>('本期核销', (row) => row.writtenOffYuan),
          number<Roll>('期末应收', (row) => row.closingYuan),
        ]}
        rows={buyers}
        total={[
          '合计',
          grouped(total.openingYuan),
          grouped(total.billedYuan),
          grouped(total.receivedYuan),
          grouped(total.writtenOffYuan),
          grouped(total.closingYuan),
        ]}
      />
      <PrintTable
        caption="到账明细"
        columns={[
          { head: '银行流水号', cell: (row) => row.bankReference },
          { head: '到账日', cell: (row) => row.paidOn, width: '20mm' },
          { head: '匹配日', cell: (row) => row.matchedOn, width: '20mm' },
          { head: '开发利用主体', cell: (row) => row.buyerName },
          { head: '账单编号', cell: (row) => row.billNumber, width: '30mm' },
          number<Receipt>('含税金额', (row) => row.amountYuan),
          number<Receipt>('不含税金额', (row) => row.netYuan),
        ]}
        rows={receipts}
        total={['合计', '', '', '', '', grouped(received.amountYuan), grouped(received.netYuan)]}
      />
    </section>
  )
}
