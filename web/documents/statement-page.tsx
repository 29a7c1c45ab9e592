import type { Child } from 'hono/jsx'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { StatementDocument } from '#billing/index.ts'
import { beijingDay, beijingTime, lastDay, monthInWords } from './chinese.ts'
import { listKindLabel, statementStatusLabel } from './labels.ts'
import { Facts, PrintPage } from './print-page.tsx'
import { StatementSigning } from './statement-signing.tsx'
import { StatementSplit } from './statement-split.tsx'
import { StatementSummary } from './statement-summary.tsx'
import { StatementTables } from './statement-tables.tsx'

export const sampleNotice = '示例，非政策口径'

/** Whether a rule or a price list in it is a sample, which a reader must see (policy.md). */
export function isSample(statement: Pick<StatementDocument, 'content'>): boolean {
  const { rule, priceLists } = statement.content.head
  return rule.isSample || priceLists.some((list) => list.isSample)
}

/** The settlement statement for screen, printer and PDF: head, parts A–J, five signatures (ux.md A9). */
export function StatementPage({
  statement,
}: Readonly<{ statement: StatementDocument }>): HtmlEscapedString | Promise<HtmlEscapedString> {
  const title = `政企收益结算单 ${statement.number}`
  const foot = `${statement.number} 第${statement.version}版　生成 ${beijingTime(statement.generatedAt)}　摘要 ${statement.contentDigest.slice(0, 20)}`
  return (
    <PrintPage title={title} foot={foot}>
      <h1>政企收益结算单</h1>
      <p class="under">
        {[
          statement.number,
          `第 ${statement.version} 版`,
          monthInWords(statement.month),
          statementStatusLabel(statement.status),
        ].join('　')}
      </p>
      {isSample(statement) && <p class="sample">{sampleNotice}</p>}
      <Head statement={statement} />
      <StatementSummary statement={statement} />
      <StatementTables content={statement.content} />
      <StatementSplit content={statement.content} />
      <StatementSigning statement={statement} />
    </PrintPage>
  )
}

function Head({ statement }: Readonly<{ statement: StatementDocument }>): Child {
  const { head } = statement.content
  const party = (of: { name: string; creditCode: string } | null) =>
    of === null ? '—' : `${of.name}（统一社会信用代码 ${of.creditCode}）`
  return (
    <Facts
      pairs={[
        [
          '结算期间',
          `${beijingDay(head.periodFrom)} 至 ${lastDay(head.periodTo)}（北京时间，含首尾日）`,
        ],
        ['运营机构', party(head.operator)],
        ['实施机构', party(head.dataBureau)],
        ['财政部门', party(head.financeBureau)],
        [
          '授权运营协议',
          `${head.agreement.number}（${head.agreement.startsOn} 至 ${head.agreement.endsOn}）`,
        ],
        [
          '分配规则',
          `${head.rule.title} 第${head.rule.version}版；依据《${head.rule.documentTitle}》${head.rule.documentNumber}`,
        ],
        [
          '收费标准',
          head.priceLists
            .map((list) => `${list.title}（${listKindLabel(list.kind)} ${list.number}）`)
            .join('；') || '本期无收费用量',
        ],
        [
          '数据截止',
          `${beijingTime(head.cutOffAt)}　生成时间 ${beijingTime(head.generatedAt)}　币种 人民币，单位 元`,
        ],
      ]}
    />
  )
}
