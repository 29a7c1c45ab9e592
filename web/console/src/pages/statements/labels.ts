/** What codes of a statement are called; a code without a name stands for itself. */
const label =
  (names: Readonly<Record<string, string>>) =>
  (code: string): string =>
    names[code] ?? code

export const stepName = label({
  prepare: '制单',
  check: '复核',
  submit: '负责人报送',
  confirm: '政数局确认',
  review: '财政局审核',
})
export const stepVerb = label({
  prepare: '制单签署',
  check: '复核签署',
  submit: '签署并报送',
  confirm: '确认签署',
  review: '审核签署',
})
/** What happens after each signature, told on the confirmation page. */
export const afterStep = label({
  prepare: '结算单转运营机构复核人员复核。',
  check: '结算单转运营机构负责人报送。',
  submit: '结算单已报送市政数局，等待确认。',
  confirm: '结算单已转市财政局，等待审核。',
  review:
    '五方签署完成，结算单已锁定，内容不可更改。请据此开具非税缴款通知，运营机构按期缴入国库。',
})
export const purposeName = label({
  public_interest: '公共治理、公益事业',
  industry: '产业发展、行业发展',
})
export const unitName = label({
  call: '次',
  record: '条',
  megabyte: 'MB',
  piece: '件',
  package: '包',
  day: '日',
  month: '月',
  year: '年',
})
export const lineKindName = label({
  usage: '用量',
  free: '免费',
  late: '补记',
  period: '期费',
  adjustment: '调整',
})
export const baseName = label({
  gross: '含税收入',
  net_of_vat: '不含增值税收入',
  net_of_vat_and_surcharges: '不含增值税及附加收入',
  net_of_cost: '扣除核定成本后的收入',
})
export const accrualName = label({ received: '收付实现（按到账）', billed: '权责发生（按出账）' })
export const basisName = label({
  received_gross: '到账金额（含税）',
  received_net: '到账金额（不含税）',
  billed_gross: '出账金额（含税）',
  billed_net: '出账金额（不含税）',
})
export const changeName = label({
  volume: '用量变化',
  price: '价格变化',
  new_buyers: '新增主体',
  lost_buyers: '流失主体',
  late_items: '补记',
  adjustments: '调整',
})
export const exceptionName = label({
  late_item: '补记明细',
  objection: '账单异议',
  above_cap: '超出上限',
  negative_line: '负数明细',
  adjustment: '调整明细',
  overdue_bill: '逾期账单',
})
export const blockerName = label({
  month_not_over: '该月尚未结束',
  earlier_statement_open: '更早月份的结算单尚未锁定',
  agreement_missing: '缺少有效的授权运营协议',
  split_rule_missing: '缺少双方批准的收益分配规则',
  verified_cost_missing: '缺少核定成本',
  ledger_differs: '总账与账单、收款不一致',
  lineage_missing: '产品缺少数据资源权重',
  usage_not_sealed: '当期用量尚未全部封存',
})
export const warningName = label({
  bank_entries_unmatched: '笔银行到账未匹配',
  bills_not_issued: '张账单未签发',
  bills_parked: '个主体的账单被搁置',
  objections_open: '项账单异议未处理',
})
