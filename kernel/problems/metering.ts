import { problem } from './entry.ts'

/** Refusals the gateway gives to a data call. None of them is charged. */
export const meteringProblems = {
  QUOTA_EXCEEDED: problem(
    429,
    'no',
    ['调用额度已用完', 'The quota is used up'],
    [
      '请等待额度恢复，或在控制台调整订购额度。',
      'Wait for the quota to renew, or ask for a larger one.',
    ],
  ),
  INSUFFICIENT_BALANCE: problem(
    402,
    'no',
    ['预付余额不足', 'The prepaid balance is not enough'],
    [
      '本次调用可能产生的费用超过可用余额，请先充值再调用。',
      'The call could cost more than is left of the balance. Top it up, then call again.',
    ],
  ),
  CREDIT_LIMIT_EXCEEDED: problem(
    402,
    'no',
    ['超出信用额度', 'The credit limit is reached'],
    [
      '未结清账单与未出账用量之和将超过信用额度，请先付款或向运营机构申请提高额度。',
      'Unpaid bills and unbilled use would go beyond the credit limit. Pay, or ask the operator for a higher one.',
    ],
  ),
  KEY_SPEND_CAP_REACHED: problem(
    429,
    'no',
    ['访问密钥本月消费已达上限', 'The key has reached its spend cap of this month'],
    [
      '请等待下月，或由本单位在控制台提高该密钥的月度消费上限。',
      'Wait for the next month, or raise the cap of the key in the console.',
    ],
  ),
  CONCURRENCY_EXCEEDED: problem(
    429,
    'no',
    ['并发调用数超限', 'Too many calls at the same time'],
    ['请待前面的调用返回后再发起。', 'Wait for earlier calls to return.'],
  ),
  PURPOSE_NOT_ALLOWED: problem(
    403,
    'no',
    ['用途不在批准的应用场景内', 'This purpose is not within the approved scenario'],
    [
      '请仅在订购所对应的应用场景内使用数据。',
      'Use the data only within the scenario you subscribed for.',
    ],
  ),
  NETWORK_NOT_ALLOWED: problem(
    403,
    'no',
    ['来源网络地址不在允许范围内', 'Calls from this network address are not allowed'],
    [
      '请从登记的网络地址调用，或在控制台变更登记。',
      'Call from a registered address, or register this one.',
    ],
  ),
  SUBSCRIPTION_EXPIRED: problem(
    403,
    'no',
    ['订购已到期', 'The subscription has expired'],
    ['请在控制台续订。', 'Renew it in the console.'],
  ),
  SUBSCRIPTION_SUSPENDED: problem(
    403,
    'no',
    ['订购已暂停', 'The subscription is suspended'],
    ['请在控制台查看暂停原因。', 'See the reason in the console.'],
  ),
  PRODUCT_SUSPENDED: problem(
    403,
    'no',
    ['数据产品已暂停服务', 'The product is suspended'],
    [
      '暂停期间调用被拒绝且不计费；原因与恢复时间见产品页面和通知。',
      'Calls are refused and not charged for now; see the product page and your notices.',
    ],
  ),
  DATA_PROHIBITED: problem(
    403,
    'no',
    [
      '产品所用数据资源已停止提供或被列为禁止开放',
      'Data this product is made of may not be used now',
    ],
    [
      '调用被拒绝且不计费；请留意通知，勿重试。',
      'Calls are refused and not charged; wait for a notice rather than trying again.',
    ],
  ),
  BUYER_SUSPENDED: problem(
    403,
    'no',
    ['开发利用主体已被暂停使用', 'The buyer is suspended'],
    [
      '原因见通知与事件记录；请联系运营机构或市政数局。',
      'Your notices say why; speak to the operator or the data bureau.',
    ],
  ),
  KEY_SUSPENDED: problem(
    403,
    'no',
    ['密钥已停用', 'The key is suspended'],
    [
      '请在控制台查看停用原因；停用解除前调用被拒绝且不计费。',
      'The console says why; until it is resumed calls are refused and not charged.',
    ],
  ),
  IDEMPOTENCY_IN_FLIGHT: problem(
    409,
    'no',
    ['相同幂等键的请求正在处理', 'A request with this Idempotency-Key is still running'],
    ['请稍候用同一幂等键重试。', 'Wait, then repeat it with the same key.'],
  ),
  IDEMPOTENCY_BODY_CONFLICT: problem(
    409,
    'no',
    ['幂等键已用于不同内容的请求', 'This Idempotency-Key was used for a different request'],
    ['请为新的请求使用新的幂等键。', 'Use a new key for a new request.'],
  ),
  IDEMPOTENCY_KEY_TOO_OLD: problem(
    409,
    'no',
    ['幂等键已超过保存期限', 'This Idempotency-Key is too old to be repeated'],
    ['请使用新的幂等键。', 'Use a new key.'],
  ),
  CONSENT_REFERENCE_REQUIRED: problem(
    403,
    'no',
    ['缺少本人授权凭证编号', 'The call names no evidence of consent'],
    [
      '该产品涉及个人信息，请在参数表所列授权参数中填写授权书编号；本次不计费。',
      'This product holds personal information: give the consent reference its parameter table names. Not charged.',
    ],
  ),
  RANGE_NOT_SATISFIABLE: problem(
    416,
    'no',
    ['请求的字节范围超出文件', 'The file has no such bytes'],
    [
      '请按 Content-Range 响应头给出的文件长度重新请求；本次不计费。',
      'The Content-Range header says how long the file is. Not charged.',
    ],
  ),
  UPSTREAM_FAILED: problem(
    502,
    'no',
    ['数据提供方服务异常', 'The data provider answered with an error'],
    ['本次不计费，请稍后重试。', 'This call is not charged. Try again later.'],
  ),
  UPSTREAM_TIMEOUT: problem(
    504,
    'no',
    ['数据提供方服务超时', 'The data provider did not answer in time'],
    ['本次不计费，请稍后重试。', 'This call is not charged. Try again later.'],
  ),
  METERING_UNAVAILABLE: problem(
    503,
    'no',
    ['计量服务暂不可用', 'Metering is not available'],
    [
      '无法可靠计量时不提供数据，本次不计费，请稍后重试。',
      'Without a durable record no data is delivered. Not charged. Try again later.',
    ],
  ),
} as const
