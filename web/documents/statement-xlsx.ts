import ExcelJS from 'exceljs'
import type { StatementDocument } from '#billing/index.ts'
import { beijingTime, lastDay, beijingDay } from './chinese.ts'
import { lineKindLabel, purposeLabel, stepLabel, unitLabel } from './labels.ts'

type Cell = string | Readonly<{ yuan: string }> | Readonly<{ count: string }>
const yuan = (text: string): Cell => ({ yuan: text })
const count = (text: string): Cell => ({ count: text })

/**
 * The statement as a workbook, a sheet per part, with the very amounts of its content (R71). Text
 * becomes a spreadsheet's number only here, at the last step, and nothing is computed with it.
 */
export async function statementXlsx(statement: StatementDocument): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  workbook.created = statement.generatedAt
  workbook.modified = statement.generatedAt
  headSheet(workbook, statement)
  volumeSheet(workbook, statement)
  receivablesSheets(workbook, statement)
  receiptsSheets(workbook, statement)
  splitSheets(workbook, statement)
  signingSheet(workbook, statement)
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

function addSheet(
  workbook: ExcelJS.Workbook,
  name: string,
  rows: readonly (readonly Cell[])[],
): void {
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] })
  for (const cells of rows) {
    const row = sheet.addRow(cells.map(valueOf))
    cells.forEach((cell, index) => {
      const format = formatOf(cell)
      if (format !== undefined) row.getCell(index + 1).numFmt = format
    })
  }
  sheet.getRow(1).font = { bold: true }
  sheet.columns.forEach((column) => {
    column.width = 22
  })
}

function valueOf(cell: Cell): string | number {
  if (typeof cell === 'string') return cell
  return Number('yuan' in cell ? cell.yuan : cell.count)
}

function formatOf(cell: Cell): string | undefined {
  if (typeof cell === 'string') return undefined
  return 'yuan' in cell ? '#,##0.00' : '#,##0.######'
}

function headSheet(workbook: ExcelJS.Workbook, statement: StatementDocument): void {
  const { head, split, receipts, receivables } = statement.content
  const isSample = head.rule.isSample || head.priceLists.some((list) => list.isSample)
  addSheet(workbook, '概要', [
    ['项目', '内容'],
    ...(isSample ? [['说明', '示例，非政策口径']] : []),
    ['结算单编号', head.number],
    ['版本', head.version],
    ['结算期间', `${beijingDay(head.periodFrom)} 至 ${lastDay(head.periodTo)}`],
    ['运营机构', `${head.operator.name} ${head.operator.creditCode}`],
    ['授权运营协议', head.agreement.number],
    ['分配规则', `${head.rule.title} 第${head.rule.version}版 ${head.rule.documentNumber}`],
    ['本期应收（含税）', yuan(receivables.total.amountYuan)],
    ['本期到账（含税）', yuan(receipts.received.amountYuan)],
    ['到账不含税', yuan(receipts.received.netYuan)],
    ['分配基数', yuan(split.baseYuan)],
    ['政府分成', yuan(split.governmentYuan)],
    ['运营机构分成', yuan(split.operatorYuan)],
    ['内容摘要', statement.contentDigest],
  ])
}

function volumeSheet(workbook: ExcelJS.Workbook, statement: StatementDocument): void {
  addSheet(workbook, 'A 用量', [
    [
      '产品编码',
      '产品',
      '用途',
      '单位',
      '期初读数',
      '本期调用',
      '期末读数',
      '计费',
      '免费',
      '争议',
    ],
    ...statement.content.volume.map((row) => [
      row.productCode,
      row.productName,
      purposeLabel(row.purposeClass),
      unitLabel(row.unit),
      count(row.openingReading),
      count(row.calls),
      count(row.closingReading),
      count(row.billedCalls),
      count(row.freeCalls),
      count(row.disputedCalls),
    ]),
  ])
}

function receivablesSheets(workbook: ExcelJS.Workbook, statement: StatementDocument): void {
  const { rows, bills, total } = statement.content.receivables
  addSheet(workbook, 'B 应收', [
    [
      '产品',
      '类型',
      '价格编号',
      '数量',
      '单位',
      '按最高标准计',
      '含税金额',
      '税率',
      '税额',
      '不含税金额',
    ],
    ...rows.map((row) => [
      row.productName,
      lineKindLabel(row.kind),
      row.priceNumber ?? '',
      count(row.quantity),
      unitLabel(row.unit),
      yuan(row.atCapYuan),
      yuan(row.amountYuan),
      row.taxRate,
      yuan(row.taxYuan),
      yuan(row.netYuan),
    ]),
    [
      '合计',
      '',
      '',
      '',
      '',
      yuan(total.atCapYuan),
      yuan(total.amountYuan),
      '',
      yuan(total.taxYuan),
      yuan(total.netYuan),
    ],
  ])
  addSheet(workbook, 'B 账单', [
    ['账单编号', '账期', '开发利用主体', '含税金额', '税额', '不含税金额'],
    ...bills.map((row) => [
      row.number,
      row.month,
      row.buyerName,
      yuan(row.amountYuan),
      yuan(row.taxYuan),
      yuan(row.netYuan),
    ]),
  ])
}

function receiptsSheets(workbook: ExcelJS.Workbook, statement: StatementDocument): void {
  const { buyers, total, receipts } = statement.content.receipts
  const amounts = (row: typeof total): Cell[] => [
    yuan(row.openingYuan),
    yuan(row.billedYuan),
    yuan(row.receivedYuan),
    yuan(row.writtenOffYuan),
    yuan(row.closingYuan),
  ]
  addSheet(workbook, 'C 应收滚动', [
    ['开发利用主体', '期初应收', '本期出账', '本期到账', '本期核销', '期末应收'],
    ...buyers.map((row) => [row.buyerName, ...amounts(row)]),
    ['合计', ...amounts(total)],
  ])
  addSheet(workbook, 'C 到账明细', [
    [
      '银行流水号',
      '到账日',
      '匹配日',
      '开发利用主体',
      '账单编号',
      '含税金额',
      '税额',
      '不含税金额',
    ],
    ...receipts.map((row) => [
      row.bankReference,
      row.paidOn,
      row.matchedOn,
      row.buyerName,
      row.billNumber,
      yuan(row.amountYuan),
      yuan(row.taxYuan),
      yuan(row.netYuan),
    ]),
  ])
}

function splitSheets(workbook: ExcelJS.Workbook, statement: StatementDocument): void {
  const { split, attribution, cumulative } = statement.content
  addSheet(workbook, 'E 分配', [
    ['项目', '金额'],
    ['分配基数', yuan(split.baseYuan)],
    ['政府分成', yuan(split.governmentYuan)],
    ...split.receivers.map((row) => [`其中：${row.name}`, yuan(row.amountYuan)]),
    ['运营机构分成', yuan(split.operatorYuan)],
  ])
  addSheet(workbook, 'F 归集', [
    ['产品', '数据资源', '数据提供单位', '权重', '归集金额'],
    ...attribution.products.flatMap((product) =>
      product.resources.map((row) => [
        product.productName,
        row.resourceName,
        row.providerName,
        row.weight,
        yuan(row.amountYuan),
      ]),
    ),
    ['合计', '', '', '', yuan(attribution.totalYuan)],
  ])
  addSheet(workbook, 'G 累计', [
    ['项目', '金额'],
    ['年度', cumulative.year],
    ['累计应收（含税）', yuan(cumulative.billedYuan)],
    ['累计到账（含税）', yuan(cumulative.receivedYuan)],
    ['累计政府分成', yuan(cumulative.governmentYuan)],
    [
      '最高准许收入',
      cumulative.permitted.kind === 'verified'
        ? yuan(cumulative.permitted.permittedYuan)
        : '未核定',
    ],
  ])
}

function signingSheet(workbook: ExcelJS.Workbook, statement: StatementDocument): void {
  addSheet(workbook, 'I 签署', [
    ['环节', '单位', '签署人', '意见', '时间', '摘要', '签名'],
    ...statement.signatures.map((row) => [
      stepLabel(row.step),
      row.organizationName,
      row.personName,
      row.opinion,
      beijingTime(row.signedAt),
      row.contentDigest,
      row.signature,
    ]),
  ])
}
