import { problem } from './entry.ts'

/** Refusals any door can give: about the request, the session, the state of a thing, ourselves. */
export const generalProblems = {
  UNAUTHENTICATED: problem(
    401,
    'no',
    ['未登录或凭证无效', 'Not signed in, or the credential is not valid'],
    [
      '请登录，或检查请求头 Authorization 中的密钥。',
      'Sign in, or check the key in the Authorization header.',
    ],
  ),
  SIGN_IN_FAILED: problem(
    401,
    'not_a_call',
    ['邮箱或密码不正确', 'The e-mail address or the password is not right'],
    [
      '请核对后重试；连续 5 次错误，账号将锁定 15 分钟。',
      'Check both and try again. After five wrong passwords the account is locked for 15 minutes.',
    ],
  ),
  CROSS_ORIGIN: problem(
    403,
    'not_a_call',
    ['拒绝来自其他网站的请求', 'A request from another site is refused'],
    ['请在本平台页面内操作。', 'Do this on the pages of the platform itself.'],
  ),
  IDEMPOTENCY_SECRET_SHOWN_ONCE: problem(
    409,
    'not_a_call',
    [
      '该请求已完成，其密钥或链接只显示一次',
      'This request was done; its secret is shown only once',
    ],
    ['如未保存，请撤销后重新创建。', 'If it was not kept, revoke it and make a new one.'],
  ),
  FORBIDDEN: problem(
    403,
    'no',
    ['无权进行此操作', 'You may not do this'],
    [
      '如确需此权限，请联系本单位管理员。',
      'If you need this permission, ask the administrator of your organization.',
    ],
  ),
  NOT_FOUND: problem(
    404,
    'no',
    ['未找到', 'Not found'],
    ['请检查地址或编号是否正确。', 'Check the address or the identifier.'],
  ),
  CONFLICT: problem(
    409,
    'no',
    ['与当前数据冲突', 'This conflicts with what is already recorded'],
    ['请刷新后查看最新内容再提交。', 'Reload, look at the present state, then try again.'],
  ),
  INVALID_TRANSITION: problem(
    409,
    'not_a_call',
    ['当前状态不允许此操作', 'The present status does not allow this step'],
    ['请刷新后按流程的下一步办理。', 'Reload and take the next step the process allows.'],
  ),
  VALIDATION_FAILED: problem(
    422,
    'no',
    ['填写内容不符合要求', 'Some of the values are not acceptable'],
    ['请按所列字段逐项更正。', 'Correct the fields that are listed.'],
  ),
  MALFORMED_BODY: problem(
    400,
    'no',
    ['请求内容无法解析', 'The request body cannot be read'],
    ['请提交格式正确的 JSON。', 'Send well-formed JSON.'],
  ),
  UNSUPPORTED_MEDIA_TYPE: problem(
    415,
    'no',
    ['不支持的内容类型', 'This content type is not supported'],
    ['请使用 Content-Type: application/json。', 'Use Content-Type: application/json.'],
  ),
  BODY_TOO_LARGE: problem(
    413,
    'no',
    ['请求内容过大', 'The request body is too large'],
    ['请减小内容或分次提交。', 'Send less, or send it in parts.'],
  ),
  RATE_LIMITED: problem(
    429,
    'no',
    ['请求过于频繁', 'Too many requests'],
    ['请按 Retry-After 所示时间后重试。', 'Try again after the time given in Retry-After.'],
  ),
  SAME_PERSON_TWICE: problem(
    409,
    'not_a_call',
    ['同一人不能办理两个环节', 'One person may not take two of these steps'],
    ['请由另一位有权限的人员办理。', 'Ask another person who holds this permission.'],
  ),
  SELF_APPROVAL: problem(
    409,
    'not_a_call',
    ['不能审批本人提交的内容', 'You may not approve what you made yourself'],
    ['请由另一位有权限的人员审批。', 'Ask another person who holds this permission.'],
  ),
  PASSWORD_RECHECK_FAILED: problem(
    403,
    'not_a_call',
    ['密码校验未通过', 'The password check failed'],
    ['签署前需再次输入登录密码，请重试。', 'Signing asks for your password again. Try once more.'],
  ),
  LOCKED_OUT: problem(
    423,
    'not_a_call',
    ['账号已暂时锁定', 'This account is locked for now'],
    ['请稍后再试，或联系安全管理员解锁。', 'Wait, or ask the security administrator to unlock it.'],
  ),
  INVITATION_INVALID: problem(
    410,
    'not_a_call',
    ['邀请链接无效或已过期', 'The invitation is not valid or has expired'],
    ['请联系本单位管理员重新邀请。', 'Ask the administrator of your organization for a new one.'],
  ),
  SERVICE_STARTING: problem(
    503,
    'no',
    ['系统正在启动', 'The service is starting'],
    ['请稍候重试。', 'Try again in a moment.'],
  ),
  INTERNAL: problem(
    500,
    'no',
    ['系统内部错误', 'Something went wrong on our side'],
    [
      '请稍后重试；如持续出现，请提供请求编号联系运营机构。',
      'Try again later; if it persists, give the request id to the operator.',
    ],
  ),
} as const
