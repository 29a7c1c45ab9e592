import type { Child } from 'hono/jsx'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { BillDocument } from '#billing/index.ts'
import { formatYuan } from '#kernel/money.ts'
import { beijingDay, beijingTime, chineseMoney, grouped, monthInWords, percent } from './chinese.ts'
import { billStatusLabel, lineKindLabel, reasonLabel, unitLabel } from './labels.ts'
import { type Column, Facts, PrintPage, PrintTable } from './print-page.tsx'

type Line = BillDocument['lines'][number]
const yuan = (amount: Parameters<typeof formatYuan>[0]) => grouped(formatYuan(amount))

/** A buyer's bill for screen, printer and PDF: a section per subscription, tiers beside each line. */
export function BillPage(
  props: Readonly<{ bill: BillDocument; isSample?: boolean }>,
): HtmlEscapedString | Promise<HtmlEscapedString> {
  const { bill } = props
  const number = bill.number ?? '未出账'
  const bySubscription = Map.groupBy(bill.lines, (line) => line.subscriptionNumber)
  return (
    <PrintPage
      title={`账单 ${number}`}
      foot={`${number}　${monthInWords(bill.month)}　摘要 ${bill.contentDigest.slice(0, 20)}`}
    >
      <h1>账　单</h1>
      <p class="under">
        {[
          number,
          monthInWords(bill.month),
          `${billStatusLabel(bill.status)}${bill.isOverdue ? '（逾期）' : ''}`,
        ].join('　')}
      </p>
      {props.isSample === true && <p class="sample">示例，非政策口径</p>}
      <BillFacts bill={bill} />
      {[...bySubscription].map(([subscription, lines]) => (
        <section>
          <h2>
            {lines[0]?.productName ?? ''}　{lines[0]?.scenarioName ?? ''}
          </h2>
          <p class="small">订购 {subscription}</p>
          <PrintTable columns={lineColumns} rows={lines} total={subtotal(lines)} />
        </section>
      ))}
      <BillPayments bill={bill} />
      <p class="small">
        账单不是发票。未收费的调用按结果列出次数；如有异议，请在异议期内提出。金额按明细四舍五入到分。
      </p>
    </PrintPage>
  )
}

function BillFacts({ bill }: Readonly<{ bill: BillDocument }>): Child {
  return (
    <>
      <Facts
        perRow={2}
        pairs={[
          ['开发利用主体', bill.buyerName],
          ['运营机构', bill.operatorName],
          ['出账日期', bill.issuedAt === null ? '—' : beijingDay(bill.issuedAt)],
          ['付款期限', bill.dueOn ?? '—'],
          ['异议期至', bill.objectionUntil === null ? '—' : beijingTime(bill.objectionUntil)],
          ['确认时间', bill.confirmedAt === null ? '—' : beijingTime(bill.confirmedAt)],
          ['含税金额', yuan(bill.grossFen)],
          ['税额', yuan(bill.taxFen)],
          ['不含税金额', yuan(bill.netFen)],
          ['未付金额', yuan(bill.outstandingFen)],
        ]}
      />
      <Facts
        pairs={[
          [
            '含税金额（大写）',
            <span class="words">人民币{chineseMoney(formatYuan(bill.grossFen))}</span>,
          ],
        ]}
      />
    </>
  )
}

const lineColumns: readonly Column<Line>[] = [
  { head: '类型', cell: (line) => lineKindLabel(line.kind), width: '12mm' },
  { head: '使用月份', cell: (line) => line.usageMonth, width: '18mm' },
  { head: '价格编号', cell: (line) => line.postedPriceNumber ?? '—', width: '24mm' },
  { head: '调用', cell: (line) => grouped(String(line.calls)), isNumber: true },
  { head: '计费', cell: (line) => grouped(String(line.billedCalls)), isNumber: true },
  {
    head: '数量与单价',
    cell: (line) =>
      line.tiers.length === 0
        ? freeReasons(line)
        : line.tiers.map((tier) => (
            <div>
              {grouped(tier.quantity.toFixed())} {unitLabel(line.unit)} ×{' '}
              {tier.unitPriceYuan.toFixed()} = {tier.amountYuan.toFixed()}
            </div>
          )),
  },
  { head: '含税金额', cell: (line) => yuan(line.amountFen), isNumber: true },
  { head: '税率', cell: (line) => percent(line.taxRate.toFixed()), isNumber: true, width: '11mm' },
  { head: '税额', cell: (line) => yuan(line.taxFen), isNumber: true },
]

function freeReasons(line: Line): string {
  return Object.entries(line.freeCalls)
    .map(([reason, calls]) => `${reasonLabel(reason)} ${grouped(String(calls))}`)
    .join('；')
}

function subtotal(lines: readonly Line[]): readonly Child[] {
  const sum = (read: (line: Line) => bigint) =>
    lines.reduce((total, line) => total + read(line), 0n)
  const money = (read: (line: Line) => bigint) =>
    yuan(sum(read) as Parameters<typeof formatYuan>[0])
  return [
    '小计',
    '',
    '',
    grouped(String(sum((line) => line.calls))),
    grouped(String(sum((line) => line.billedCalls))),
    '',
    money((line) => line.amountFen),
    '',
    money((line) => line.taxFen),
  ]
}

function BillPayments({ bill }: Readonly<{ bill: BillDocument }>): Child {
  return (
    <section>
      <h2>收款</h2>
      <PrintTable
        columns={[
          { head: '银行流水号', cell: (payment) => payment.bankReference },
          { head: '到账日', cell: (payment) => payment.paidOn },
          { head: '匹配时间', cell: (payment) => beijingTime(payment.allocatedAt) },
          { head: '金额', cell: (payment) => yuan(payment.amountFen), isNumber: true },
        ]}
        rows={bill.payments}
        empty="尚未收款"
      />
    </section>
  )
}
