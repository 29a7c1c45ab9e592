import { words } from './words.ts'

/** Asking that a recorded call be voided, or replaced by what it really was. */
export const corrections = words({
  zh: {
    voidCall: '申请作废',
    voidTitle: '申请作废一条调用',
    voidHint: '原记录不变；批准后不再计费，已出账的在下一张账单以负数明细冲回。',
    replaceCall: '申请替代',
    replaceTitle: '申请以更正记录替代一条调用',
    replaceHint:
      '原记录不变；批准后以更正记录计入，是否计费由该次调用适用的计费规则判定，无需填写。已出账的差额在下一张账单体现。',
    occurredAt: '调用时间',
    product: '产品',
    event: '计量记录编号',
    recorded: '原记录',
    recordedAs: (result: string, status: string, records: string, bytes: string) =>
      `${result}，HTTP ${status}，${records} 条，${bytes} 字节`,
    result: '实际结果',
    status: '实际状态码',
    records: '实际返回条数',
    bytes: '实际字节数',
    reference: '依据（文件或投诉编号）',
    reason: '理由（开发利用主体可见）',
    submit: '提交申请',
    proposed: '已提交，待负责人审批',
    proposedNext: '运营机构负责人在“计量运行”页审批；提出人不能审批自己的申请。',
  },
  en: {
    voidCall: 'Ask to void',
    voidTitle: 'Ask that a call be voided',
    voidHint:
      'The record stays as it is; once approved it is no longer charged, and what was billed is taken back on the next bill.',
    replaceCall: 'Ask to replace',
    replaceTitle: 'Ask that a call be replaced by what it really was',
    replaceHint:
      'The record stays as it is; once approved the correcting event counts instead. Whether it is charged follows from the rule of the price that held, and is not entered here. A difference to what was billed comes with the next bill.',
    occurredAt: 'Called at',
    product: 'Product',
    event: 'Usage event',
    recorded: 'As recorded',
    recordedAs: (result, status, records, bytes) =>
      `${result}, HTTP ${status}, ${records} records, ${bytes} bytes`,
    result: 'What it really was',
    status: 'Real status',
    records: 'Records really returned',
    bytes: 'Bytes really returned',
    reference: 'Reference (document or complaint)',
    reason: 'Reason (the buyer sees it)',
    submit: 'Submit',
    proposed: 'Submitted; the operator’s head decides',
    proposedNext:
      'The head of the operator decides on the page of the metering; nobody decides on a request of their own.',
  },
})
