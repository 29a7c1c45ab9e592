import { problem } from './entry.ts'

/** Refusals about prices, bills and statements. */
export const billingProblems = {
  PRICE_ABOVE_CAP: problem(
    422,
    'not_a_call',
    ['实际标准高于上限', 'The posted price is above its cap'],
    [
      '实际标准不得高于政府指导价规定的上限，请逐档核对。',
      'No tier may be above the cap the data bureau set. Check each tier.',
    ],
  ),
  PAYMENT_IS_A_TOP_UP: problem(
    409,
    'not_a_call',
    ['该笔收款为预付充值', 'This payment is a top-up'],
    ['账单确认后自动从预付余额扣款。', 'Confirmed bills are drawn from the balance by themselves.'],
  ),
  REFUND_EXCEEDS_UNUSED: problem(
    409,
    'not_a_call',
    ['退款金额超过未使用的余额', 'The refund is more than the unused balance'],
    [
      '未结清账单和未出账用量所需的金额不能退还，请按 facts 减少金额。',
      'What open bills and unbilled use need stays. Ask for less; facts say how much is free.',
    ],
  ),
  REFUND_PENDING: problem(
    409,
    'not_a_call',
    ['已有待审核的退款申请', 'A refund is waiting for a decision'],
    ['请等待审核结果后再申请。', 'Wait for the decision, then ask again.'],
  ),
  REFUND_TOO_EARLY: problem(
    409,
    'not_a_call',
    ['申请前的调用尚未全部入库', 'Calls from before the request are still being counted'],
    ['请稍后再审核该退款。', 'Decide on the refund again in a few seconds.'],
  ),
  CREDIT_TERMS_NOT_ALLOWED: problem(
    409,
    'not_a_call',
    ['预付方式不设信用额度', 'A prepaid account has no credit limit'],
    ['请改为后付方式，或不填信用额度。', 'Choose postpaid, or leave the limit out.'],
  ),
  NO_POSTED_PRICE: problem(
    409,
    'no',
    ['尚无执行中的实际标准', 'There is no posted price in force'],
    ['请先公布实际标准。', 'Post a price first.'],
  ),
  PRICE_NOT_COMPARABLE: problem(
    422,
    'not_a_call',
    ['收费方式与上限标准不一致', 'The price does not charge in the way its cap does'],
    [
      '收费方式、计费单位和分档界限须与收费项目一致。',
      'Use the charging form, the unit and the tier boundaries of the price item.',
    ],
  ),
  CAP_NOT_REPORTED: problem(
    409,
    'not_a_call',
    ['上限标准未报告', 'The cap has not been reported'],
    [
      '请先登记向发改部门书面报告的日期和文号。',
      'Record date and number of the written report to the price authority first.',
    ],
  ),
  TRIAL_PERIOD_OVER: problem(
    409,
    'not_a_call',
    ['已有完整运营年度，不得再制定试行标准', 'A complete year of operation exists: no trial list'],
    ['请改为制定上限标准。', 'Draft a cap list instead.'],
  ),
  PRICE_PLANNED_LATER: problem(
    409,
    'not_a_call',
    ['已有同时或更晚生效的标准', 'A standard that begins then or later already stands'],
    ['请选择更晚的生效时间。', 'Choose a later time to take effect.'],
  ),
  USE_APPLICATION_NOT_APPROVED: problem(
    409,
    'not_a_call',
    ['数据使用申请未通过', 'The use application is not approved'],
    ['请先完成数据使用申请的审核。', 'Have the use application approved first.'],
  ),
  CHARGING_FORM_NOT_OFFERED: problem(
    409,
    'not_a_call',
    ['该收费方式暂不能订购', 'This charging form cannot be subscribed to yet'],
    ['请选择该产品的其他收费项目。', 'Choose another price item of the product.'],
  ),
  OBJECTION_WINDOW_CLOSED: problem(
    409,
    'not_a_call',
    ['异议期已过', 'The time for objections has passed'],
    ['请联系运营机构，更正将列入以后的账单。', 'Ask the operator: corrections go on a later bill.'],
  ),
  BANK_FILE_INVALID: problem(
    422,
    'not_a_call',
    ['银行流水文件不符合要求', 'The bank statement file is not acceptable'],
    [
      '请按所列行次逐项更正后整份重新导入。',
      'Correct the rows that are listed and import it again.',
    ],
  ),
  BUYER_OF_PAYMENT_DIFFERS: problem(
    409,
    'not_a_call',
    ['收款与账单不属于同一开发利用主体', 'Payment and bill belong to different buyers'],
    ['请核对付款人与账单后重新匹配。', 'Check payer and bill, then match again.'],
  ),
  STATEMENT_NOT_READY: problem(
    409,
    'not_a_call',
    ['结算单尚不具备生成条件', 'The statement cannot be made yet'],
    ['请先处理所列的未完成事项。', 'Finish the open items that are listed first.'],
  ),
  TREASURY_AMOUNT_DIFFERS: problem(
    422,
    'not_a_call',
    ['缴款金额与应缴金额不一致', 'The amount is not the amount that is due'],
    [
      '财政缴款须全额缴纳，不得抵扣；请按应缴金额登记。',
      'The government share is paid in full and never netted. Record the amount due.',
    ],
  ),
} as const
