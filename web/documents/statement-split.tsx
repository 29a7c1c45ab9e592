import type { Child } from 'hono/jsx'
import type { SplitStep, StatementContent } from '#billing/index.ts'
import { grouped, percentOfBasisPoints } from './chinese.ts'
import { accrualLabel, baseLabel, basisLabel } from './labels.ts'
import { Facts, PrintTable } from './print-page.tsx'

type Content = Readonly<{ content: StatementContent }>

/** Parts E to G: the rule in words with its numbers filled in, whose data earned it, the year so far. */
export function StatementSplit({ content }: Content): Child {
  const { split } = content
  return (
    <>
      <section class="keep">
        <h2>E　收益分配（元）</h2>
        <p class="small">
          口径：{accrualLabel(split.accrual)}；按自然年累计额分档，本期分成 = 累计后分成 −
          累计前分成。规则摘要 {split.ruleDigest.slice(0, 20)}
        </p>
        <PrintTable
          columns={[
            { head: '步骤', cell: (row) => stepName(row), width: '34mm' },
            { head: '计算', cell: (row) => stepFormula(row) },
            { head: '金额', cell: (row) => stepAmount(row), isNumber: true, width: '32mm' },
          ]}
          rows={split.steps.filter(isShown)}
        />
      </section>
      <AttributionSection content={content} />
      <CumulativeSection content={content} />
    </>
  )
}

/** Steps that change nothing are left out, but the ones that tell the parts. */
function isShown(row: SplitStep): boolean {
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

function stepName(row: SplitStep): string {
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

function stepFormula(row: SplitStep): string {
  switch (row.step) {
    case 'base':
      return `${baseLabel(row.kind)}：本年累计 ${grouped(row.afterYuan)} − 上期累计 ${grouped(row.beforeYuan)}`
    case 'tier':
      return `累计 ${grouped(row.fromYuan)} 以上${row.toYuan === null ? '' : `至 ${grouped(row.toYuan)}`}部分：本期 ${grouped(inFen(row.baseYuan))} × ${percentOfBasisPoints(row.shareBasisPoints)}`
    case 'coefficient':
      return `× ${row.coefficient}`
    case 'ceiling':
    case 'floor':
      return row.yearlyYuan === null ? '' : `全年 ${grouped(row.yearlyYuan)}`
    case 'rounding':
      return '最大余额法'
    case 'government':
      return '以上各项之和'
    case 'receiver':
      return `按权重 ${row.weight} 分配`
    case 'operator':
      return '分配基数 − 政府分成'
  }
}

/** At least two decimals; steps before the rounding may have more. */
function inFen(amount: string): string {
  const [whole = '', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.padEnd(2, '0')}`
}

function stepAmount(row: SplitStep): string {
  return grouped(inFen('amountYuan' in row ? row.amountYuan : row.effectYuan))
}

function AttributionSection({ content }: Content): Child {
  const { attribution } = content
  const rows = attribution.products.flatMap((product) =>
    product.resources.map((resource, index) => ({
      ...resource,
      product: index === 0 ? product.productName : '',
      productYuan: index === 0 ? grouped(product.amountYuan) : '',
    })),
  )
  return (
    <section>
      <h2>F　数据提供单位贡献归集（元，供预算参考，不抵扣政府分成）</h2>
      <p class="small">口径：{basisLabel(attribution.basis)}，按产品的数据资源权重归集。</p>
      <PrintTable
        columns={[
          { head: '产品', cell: (row) => row.product },
          { head: '产品收入', cell: (row) => row.productYuan, isNumber: true },
          { head: '数据资源', cell: (row) => `${row.resourceName}（${row.resourceCode}）` },
          { head: '数据提供单位', cell: (row) => row.providerName },
          { head: '权重', cell: (row) => row.weight, isNumber: true, width: '14mm' },
          { head: '归集金额', cell: (row) => grouped(row.amountYuan), isNumber: true },
        ]}
        rows={rows}
        total={['合计', grouped(attribution.totalYuan), '', '', '', grouped(attribution.totalYuan)]}
      />
      <PrintTable
        caption="按数据提供单位"
        columns={[
          { head: '数据提供单位', cell: (row) => row.providerName },
          { head: '归集金额', cell: (row) => grouped(row.amountYuan), isNumber: true },
        ]}
        rows={attribution.providers}
      />
    </section>
  )
}

function CumulativeSection({ content }: Content): Child {
  const { cumulative } = content
  const { permitted } = cumulative
  return (
    <section>
      <h2>G　{cumulative.year} 年累计（元）</h2>
      <Facts
        perRow={2}
        pairs={[
          ['累计应收（含税）', grouped(cumulative.billedYuan)],
          ['累计应收不含税', grouped(cumulative.billedNetYuan)],
          ['累计到账（含税）', grouped(cumulative.receivedYuan)],
          ['累计到账不含税', grouped(cumulative.receivedNetYuan)],
          ['累计政府分成', grouped(cumulative.governmentYuan)],
          ...(permitted.kind === 'not_verified'
            ? ([['最高准许收入', '未核定']] as const)
            : ([
                [
                  '最高准许收入',
                  `${grouped(permitted.permittedYuan)}（${permitted.documentNumber}，${permitted.cycleFrom} 至 ${permitted.cycleTo}，${permitted.taxInclusive ? '含税' : '不含税'}）`,
                ],
                ['周期内收入', grouped(permitted.revenueYuan)],
                ['剩余额度', grouped(permitted.remainingYuan)],
                ['超出额', grouped(permitted.excessYuan)],
              ] as const)),
        ]}
      />
    </section>
  )
}
