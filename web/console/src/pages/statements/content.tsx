/** @jsxImportSource react */
import type { SplitStep, StatementContent } from '#billing/index.ts'
import { CopyText } from '#web/console/src/parts/copy-text.tsx'
import {
  groupDigits,
  percentOfBasisPoints,
  percentOfRate,
  shortDecimal,
  twoPlaces,
} from '#web/console/src/parts/format.ts'
import { Money, Quantity } from '#web/console/src/parts/money.tsx'
import { Facts, Section } from '#web/console/src/parts/page.tsx'
import { PlainTable } from '#web/console/src/parts/plain-table.tsx'
import { reasonName } from '#web/console/src/parts/reason.tsx'
import { WarningTag } from '#web/console/src/parts/status-tag.tsx'
import { Figure, type Drill } from './drill-down.tsx'
import { accrualName, baseName, basisName, lineKindName, purposeName, unitName } from './labels.ts'

type Parts = Readonly<{ content: StatementContent; drill: Drill }>

/** The parts of the statement in their order; every figure of A, B, C and F leads to its members. */
export function StatementParts({ content, drill }: Parts) {
  return (
    <div className="stack">
      <Volume content={content} drill={drill} />
      <Receivables content={content} drill={drill} />
      <Receipts content={content} drill={drill} />
      <Section id="part-d" title="D　规则允许的扣除">
        本期无扣除，合计 <Money yuan={content.deductions.totalYuan} unit />。
      </Section>
      <Split content={content} />
      <Attribution content={content} drill={drill} />
      <Cumulative content={content} />
      <Attachments content={content} />
    </div>
  )
}

const sum = <T,>(rows: readonly T[], of: (row: T) => string): string =>
  String(rows.reduce((total, row) => total + BigInt(of(row)), 0n))

function Volume({ content, drill }: Parts) {
  const { volume } = content
  return (
    <Section id="part-a" title="A　用量（次）">
      <PlainTable
        caption="A 用量"
        rows={volume}
        rowKey={(row) => `${row.productId} ${row.purposeClass} ${row.unit}`}
        columns={[
          {
            head: '产品',
            cell: (row) => (
              <div className="cell-two">
                <div>{row.productName}</div>
                <div className="quiet">{purposeName(row.purposeClass)}</div>
              </div>
            ),
          },
          { head: '期初读数', cell: (row) => groupDigits(row.openingReading), right: true },
          {
            head: '本期调用',
            right: true,
            cell: (row) => (
              <Figure
                drill={drill}
                figure={volumeFigure(row, 'calls')}
                name={`${row.productName} 本期调用`}
              >
                {groupDigits(row.calls)}
              </Figure>
            ),
            total: groupDigits(sum(volume, (row) => row.calls)),
          },
          { head: '期末读数', cell: (row) => groupDigits(row.closingReading), right: true },
          {
            head: '计费',
            right: true,
            cell: (row) => (
              <Figure
                drill={drill}
                figure={volumeFigure(row, 'billed')}
                name={`${row.productName} 计费次数`}
              >
                {groupDigits(row.billedCalls)}
              </Figure>
            ),
            total: groupDigits(sum(volume, (row) => row.billedCalls)),
          },
          {
            head: '免费',
            right: true,
            cell: (row) => (
              <Figure
                drill={drill}
                figure={volumeFigure(row, 'free')}
                name={`${row.productName} 免费次数`}
              >
                {groupDigits(row.freeCalls)}
              </Figure>
            ),
            total: groupDigits(sum(volume, (row) => row.freeCalls)),
          },
          {
            head: '争议',
            right: true,
            cell: (row) => groupDigits(row.disputedCalls),
            total: groupDigits(sum(volume, (row) => row.disputedCalls)),
          },
          {
            head: '免费构成',
            cell: (row) => (
              <span className="quiet">
                {Object.entries(row.freeByReason)
                  .map(([reason, calls]) => `${reasonName(reason, 'zh')} ${groupDigits(calls)}`)
                  .join('；') || '—'}
              </span>
            ),
          },
        ]}
      />
    </Section>
  )
}

function volumeFigure(
  row: StatementContent['volume'][number],
  column: 'calls' | 'billed' | 'free',
) {
  const { productId, purposeClass, unit } = row
  return { part: 'volume', productId, purposeClass, unit, column } as const
}

function Receivables({ content, drill }: Parts) {
  const { rows, bills, adjustments, lateItems, total } = content.receivables
  return (
    <Section
      id="part-b"
      title="B　应收（元）"
      extra={<span className="quiet">“最高可计”为同一数量按试行标准或上限标准计算的金额</span>}
    >
      <h3 className="sub">按产品与价格</h3>
      <PlainTable
        caption="B 应收：按产品与价格"
        rows={rows}
        rowKey={(_row, index) => String(index)}
        columns={[
          {
            head: '产品',
            cell: (row) => (
              <div className="cell-two">
                <div>{row.productName}</div>
                <div className="quiet">
                  {lineKindName(row.kind)} {row.priceNumber ?? ''}
                </div>
              </div>
            ),
          },
          {
            head: '数量',
            right: true,
            cell: (row) => `${groupDigits(shortDecimal(row.quantity))} ${unitName(row.unit)}`,
          },
          {
            head: '最高可计',
            right: true,
            cell: (row) => groupDigits(row.atCapYuan),
            total: groupDigits(total.atCapYuan),
          },
          {
            head: '含税金额',
            right: true,
            cell: (row) => (
              <Figure
                drill={drill}
                figure={{ part: 'receivables', productId: row.productId }}
                name={`${row.productName} 含税应收`}
              >
                {groupDigits(row.amountYuan)}
              </Figure>
            ),
            total: (
              <Figure drill={drill} figure={{ part: 'receivables' }} name="含税应收合计">
                {groupDigits(total.amountYuan)}
              </Figure>
            ),
          },
          { head: '税率', right: true, cell: (row) => percentOfRate(row.taxRate) },
          {
            head: '税额',
            right: true,
            cell: (row) => groupDigits(row.taxYuan),
            total: groupDigits(total.taxYuan),
          },
          {
            head: '不含税金额',
            right: true,
            cell: (row) => groupDigits(row.netYuan),
            total: groupDigits(total.netYuan),
          },
        ]}
      />
      <h3 className="sub">按账单</h3>
      <PlainTable
        caption="B 应收：按账单"
        rows={bills}
        rowKey={(row) => row.billId}
        empty="本期没有签发的账单"
        columns={[
          { head: '账单编号', cell: (row) => row.number },
          { head: '账期', cell: (row) => row.month },
          { head: '开发利用主体', cell: (row) => row.buyerName },
          {
            head: '含税金额',
            right: true,
            cell: (row) => (
              <Figure
                drill={drill}
                figure={{ part: 'receivables', billId: row.billId }}
                name={`账单 ${row.number}`}
              >
                {groupDigits(row.amountYuan)}
              </Figure>
            ),
            total: groupDigits(total.amountYuan),
          },
          {
            head: '税额',
            right: true,
            cell: (row) => groupDigits(row.taxYuan),
            total: groupDigits(total.taxYuan),
          },
          {
            head: '不含税金额',
            right: true,
            cell: (row) => groupDigits(row.netYuan),
            total: groupDigits(total.netYuan),
          },
        ]}
      />
      <Corrections caption="补记（以前月份的用量，按当月价格）" rows={lateItems} />
      <Corrections caption="调整" rows={adjustments} />
    </Section>
  )
}

function Corrections(
  props: Readonly<{ caption: string; rows: StatementContent['receivables']['lateItems'] }>,
) {
  if (props.rows.length === 0) return null
  return (
    <>
      <h3 className="sub">{props.caption}</h3>
      <PlainTable
        caption={props.caption}
        rows={props.rows}
        rowKey={(row) => row.lineId}
        columns={[
          { head: '账单编号', cell: (row) => row.billNumber },
          { head: '开发利用主体', cell: (row) => row.buyerName },
          { head: '产品', cell: (row) => row.productName },
          { head: '使用月份', cell: (row) => row.usageMonth },
          { head: '金额', right: true, cell: (row) => groupDigits(row.amountYuan) },
        ]}
      />
    </>
  )
}

function Receipts({ content, drill }: Parts) {
  const { buyers, total, receipts, received } = content.receipts
  const amount = (head: string, of: (row: typeof total) => string) => ({
    head,
    right: true,
    cell: (row: typeof total) => groupDigits(of(row)),
    total: groupDigits(of(total)),
  })
  return (
    <Section
      id="part-c"
      title="C　收款（元）"
      extra={<span className="quiet">期初 ＋ 本期应收 − 本期到账 − 核销 ＝ 期末</span>}
    >
      <h3 className="sub">应收账款滚动</h3>
      <PlainTable
        caption="C 收款：应收账款滚动"
        rows={buyers}
        rowKey={(row) => row.buyerId}
        columns={[
          { head: '开发利用主体', cell: (row) => row.buyerName },
          amount('期初应收', (row) => row.openingYuan),
          amount('本期应收', (row) => row.billedYuan),
          {
            head: '本期到账',
            right: true,
            cell: (row) => (
              <Figure
                drill={drill}
                figure={{ part: 'receipts', buyerId: row.buyerId }}
                name={`${row.buyerName} 本期到账`}
              >
                {groupDigits(row.receivedYuan)}
              </Figure>
            ),
            total: (
              <Figure drill={drill} figure={{ part: 'receipts' }} name="本期到账合计">
                {groupDigits(total.receivedYuan)}
              </Figure>
            ),
          },
          amount('核销', (row) => row.writtenOffYuan),
          amount('期末应收', (row) => row.closingYuan),
        ]}
      />
      <h3 className="sub">到账明细</h3>
      <PlainTable
        caption="C 收款：到账明细"
        rows={receipts}
        rowKey={(row) => row.allocationId}
        empty="本期没有匹配的到账"
        columns={[
          { head: '到账日期', cell: (row) => row.paidOn },
          { head: '匹配日期', cell: (row) => row.matchedOn },
          { head: '付款单位', cell: (row) => row.buyerName },
          { head: '银行流水号', cell: (row) => <code>{row.bankReference}</code> },
          { head: '账单编号', cell: (row) => row.billNumber },
          {
            head: '含税金额',
            right: true,
            cell: (row) => groupDigits(row.amountYuan),
            total: groupDigits(received.amountYuan),
          },
          {
            head: '不含税金额',
            right: true,
            cell: (row) => groupDigits(row.netYuan),
            total: groupDigits(received.netYuan),
          },
        ]}
      />
    </Section>
  )
}

function Split({ content }: Readonly<{ content: StatementContent }>) {
  const { split, head } = content
  return (
    <Section
      id="part-e"
      title="E　收益分配（元）"
      extra={head.rule.isSample ? <WarningTag>示例，非政策口径</WarningTag> : undefined}
    >
      <Facts
        facts={[
          { label: '分配规则', value: `${head.rule.title}（第 ${head.rule.version} 版）` },
          { label: '依据文件', value: `${head.rule.documentTitle} ${head.rule.documentNumber}` },
          { label: '口径', value: `${accrualName(split.accrual)}，按自然年累计额分档` },
        ]}
      />
      <p className="formula">
        本期政府分成 ＝ 截至本期累计应分 − 截至上期累计应分 ＝{' '}
        <strong>
          <Money yuan={split.governmentYuan} unit />
        </strong>
      </p>
      <PlainTable
        caption="E 收益分配：逐步计算"
        rows={split.steps.filter(changesSomething)}
        rowKey={(row, index) => `${row.step} ${index}`}
        columns={[
          { head: '步骤', cell: splitStepName },
          { head: '计算', cell: (row) => <span className="quiet">{splitFormula(row)}</span> },
          {
            head: '金额',
            right: true,
            cell: (row) => (
              <span className={isResult(row) ? 'strong' : ''}>{groupDigits(splitAmount(row))}</span>
            ),
          },
        ]}
      />
    </Section>
  )
}

const isResult = (row: SplitStep): boolean =>
  row.step === 'base' || row.step === 'government' || row.step === 'operator'

function changesSomething(row: SplitStep): boolean {
  switch (row.step) {
    case 'coefficient':
      return row.coefficient !== '1'
    case 'ceiling':
    case 'floor':
      return row.yearlyYuan !== null
    case 'rounding':
      return row.effectYuan !== '0'
    default:
      return true
  }
}

function splitStepName(row: SplitStep): string {
  switch (row.step) {
    case 'base':
      return '分配基数'
    case 'tier':
      return `第 ${row.position} 档`
    case 'coefficient':
      return '评价系数'
    case 'ceiling':
      return '年度上限'
    case 'floor':
      return '年度下限'
    case 'rounding':
      return '取整至分'
    case 'government':
      return '政府分成合计'
    case 'receiver':
      return `其中：${row.name}`
    case 'operator':
      return '运营机构分成'
  }
}

function splitFormula(row: SplitStep): string {
  switch (row.step) {
    case 'base':
      return `${baseName(row.kind)}：本年累计 ${groupDigits(row.afterYuan)} − 上期累计 ${groupDigits(row.beforeYuan)}`
    case 'tier':
      return `累计 ${groupDigits(row.fromYuan)} 以上${row.toYuan === null ? '' : `至 ${groupDigits(row.toYuan)}`}部分：本期 ${groupDigits(twoPlaces(row.baseYuan))} × ${percentOfBasisPoints(row.shareBasisPoints)}`
    case 'coefficient':
      return `× ${row.coefficient}`
    case 'ceiling':
    case 'floor':
      return row.yearlyYuan === null ? '' : `全年 ${groupDigits(row.yearlyYuan)}`
    case 'rounding':
      return '最大余额法，分毫不差'
    case 'government':
      return '以上各项之和'
    case 'receiver':
      return `按权重 ${row.weight} 分配`
    case 'operator':
      return '分配基数 − 政府分成'
  }
}

function splitAmount(row: SplitStep): string {
  return twoPlaces('amountYuan' in row ? row.amountYuan : row.effectYuan)
}

function Attribution({ content, drill }: Parts) {
  const { attribution } = content
  return (
    <Section
      id="part-f"
      title="F　数据提供单位贡献归集（元）"
      extra={
        <span className="quiet">
          供预算参考，不抵扣政府分成；口径：{basisName(attribution.basis)}
        </span>
      }
    >
      <PlainTable
        caption="F 按数据提供单位"
        rows={attribution.providers}
        rowKey={(row) => row.providerId}
        columns={[
          { head: '数据提供单位', cell: (row) => row.providerName },
          {
            head: '归集金额',
            right: true,
            cell: (row) => groupDigits(row.amountYuan),
            total: groupDigits(attribution.totalYuan),
          },
        ]}
      />
      <h3 className="sub">按产品与数据资源权重</h3>
      <PlainTable
        caption="F 按产品与数据资源"
        rows={attribution.products.flatMap((product) =>
          product.resources.map((resource, index) => ({
            ...resource,
            product,
            isFirst: index === 0,
          })),
        )}
        rowKey={(row) => `${row.product.productId} ${row.resourceId}`}
        columns={[
          { head: '产品', cell: (row) => (row.isFirst ? row.product.productName : '') },
          {
            head: '产品收入',
            right: true,
            cell: (row) =>
              row.isFirst ? (
                <Figure
                  drill={drill}
                  figure={{ part: 'attribution', productId: row.product.productId }}
                  name={`${row.product.productName} 收入`}
                >
                  {groupDigits(row.product.amountYuan)}
                </Figure>
              ) : (
                ''
              ),
          },
          { head: '数据资源', cell: (row) => row.resourceName },
          { head: '提供单位', cell: (row) => row.providerName },
          { head: '权重', right: true, cell: (row) => percentOfRate(row.weight) },
          { head: '归集金额', right: true, cell: (row) => groupDigits(row.amountYuan) },
        ]}
      />
    </Section>
  )
}

function Cumulative({ content }: Readonly<{ content: StatementContent }>) {
  const { cumulative } = content
  const { permitted } = cumulative
  return (
    <Section id="part-g" title={`G　${cumulative.year} 年累计（元）`}>
      <Facts
        facts={[
          { label: '累计应收（含税）', value: <Money yuan={cumulative.billedYuan} /> },
          { label: '累计到账（含税）', value: <Money yuan={cumulative.receivedYuan} /> },
          { label: '累计到账（不含税）', value: <Money yuan={cumulative.receivedNetYuan} /> },
          { label: '累计政府分成', value: <Money yuan={cumulative.governmentYuan} /> },
          ...(permitted.kind === 'not_verified'
            ? [{ label: '最高准许收入', value: '未核定' }]
            : [
                {
                  label: `最高准许收入（${permitted.documentNumber}）`,
                  value: <Money yuan={permitted.permittedYuan} />,
                },
                { label: '周期内收入', value: <Money yuan={permitted.revenueYuan} /> },
                { label: '剩余额度', value: <Money yuan={permitted.remainingYuan} /> },
                { label: '超出额', value: <Money yuan={permitted.excessYuan} /> },
              ]),
        ]}
      />
    </Section>
  )
}

function Attachments({ content }: Readonly<{ content: StatementContent }>) {
  const { files, seals } = content.attachments
  return (
    <Section id="part-j" title="J　附件与封存">
      <PlainTable
        caption="J 明细文件"
        rows={files}
        rowKey={(file) => file.name}
        columns={[
          { head: '明细文件', cell: (file) => file.name },
          { head: '行数', right: true, cell: (file) => <Quantity of={file.rows} /> },
          {
            head: '摘要',
            cell: (file) => <CopyText text={file.digest} shown={`${file.digest.slice(0, 24)}…`} />,
          },
        ]}
      />
      <p className="quiet gap-above">
        计量日封存{' '}
        {seals.length === 0 ? '本期无' : <a href="/seals">{`${seals.length} 份，逐日公示`}</a>}
      </p>
    </Section>
  )
}
