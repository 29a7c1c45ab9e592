import { reasons } from '#web/shared/words/reasons.ts'

/** What codes are called on paper; a code without a name stands for itself. */
type Labels = Readonly<Record<string, string>>

const label =
  (labels: Labels) =>
  (code: string): string =>
    labels[code] ?? code

export const purposeLabel = label({
  public_interest: '公共治理、公益事业',
  industry: '产业发展、行业发展',
})
export const unitLabel = label({
  call: '次',
  record: '条',
  megabyte: 'MB',
  piece: '件',
  package: '包',
  day: '日',
  month: '月',
  year: '年',
})
export const lineKindLabel = label({
  usage: '用量',
  free: '免费',
  late: '补记',
  period: '期费',
  adjustment: '调整',
})
/** Short on paper where there is a short name; any other reason as the call log says it. */
export const reasonLabel = label({
  ...reasons.zh,
  nothing_found: '查无',
  not_found: '查无',
  found: '查得',
  failed: '失败',
  refused: '拒绝',
  repeated: '重复',
  public_interest: '公益免费',
  not_charged: '计量不收费',
  metered_not_charged: '计量不收费',
  covered: '已含在期费内',
})
export const statementStatusLabel = label({
  draft: '草稿',
  prepared: '已制单',
  checked: '已复核',
  submitted: '已提交',
  confirmed: '市政数局已确认',
  locked: '已锁定',
  treasury_paid: '已缴款',
  returned: '已退回',
})
export const stepLabel = label({
  prepare: '制单',
  check: '复核',
  submit: '运营机构负责人提交',
  confirm: '市政数局确认',
  review: '市财政局审核',
})
export const baseLabel = label({
  gross: '含税收入',
  net_of_vat: '不含增值税收入',
  net_of_vat_and_surcharges: '不含增值税及附加收入',
  net_of_cost: '扣除核定成本后的收入',
})
export const accrualLabel = label({ received: '收付实现（按到账）', billed: '权责发生（按出账）' })
export const basisLabel = label({
  received_gross: '到账金额（含税）',
  received_net: '到账金额（不含税）',
  billed_gross: '出账金额（含税）',
  billed_net: '出账金额（不含税）',
})
export const billStatusLabel = label({
  draft: '待运营机构确认',
  discarded: '已作废',
  operator_confirmed: '待出账',
  issued: '待需方确认',
  confirmed: '已确认',
  objected: '异议处理中',
  decided: '异议已处理',
  due: '待支付',
  part_paid: '部分支付',
  paid: '已结清',
  written_off: '已核销',
})
export const listKindLabel = label({ trial: '试行标准', cap: '上限标准' })
