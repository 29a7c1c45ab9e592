import { problem } from './entry.ts'

/** Refusals about organizations, approvals, authorizations and keys. */
export const governanceProblems = {
  INVALID_CREDIT_CODE: problem(
    422,
    'not_a_call',
    ['统一社会信用代码不正确', 'The unified social credit code is not valid'],
    ['请按营业执照核对 18 位代码。', 'Check the 18 characters against the business licence.'],
  ),
  APPROVAL_DOCUMENT_MISSING: problem(
    409,
    'not_a_call',
    ['缺少批准文件', 'The approval document is missing'],
    [
      '请先登记批准文件的名称、文号和日期。',
      'Record the document with title, number and date first.',
    ],
  ),
  NOT_AUTHORIZED_RESOURCE: problem(
    409,
    'not_a_call',
    ['数据资源未在有效授权范围内', 'A data resource is not under an authorization in force'],
    [
      '请核对运营目录与授权范围后再提交。',
      'Check the published catalogue and the authorization first.',
    ],
  ),
  UPSTREAM_NOT_FIT: problem(
    409,
    'not_a_call',
    ['该数据接入不能批准', 'This upstream cannot be approved'],
    [
      'role_is_no_reader：数据库账号除读取外还有其他权限，请数据提供单位改为只读账号；其他原因见 reason，处理后重新批准。',
      'role_is_no_reader: the database role can do more than read; ask the provider for one that can only read. Any other reason says why it could not be looked at; mend that and approve again.',
    ],
  ),
  SCENARIO_NOT_APPROVED: problem(
    409,
    'not_a_call',
    ['应用场景未通过审核', 'The scenario is not approved'],
    ['一场景一审核：请先完成场景审核。', 'Each scenario is reviewed once: have it reviewed first.'],
  ),
  OPERATOR_NOT_ACTIVE: problem(
    409,
    'not_a_call',
    ['运营机构当前未在有效运营期', 'The operator is not active'],
    ['请核对授权运营协议的期限与状态。', 'Check term and status of the operating agreement.'],
  ),
  BUYER_NOT_ACTIVE: problem(
    403,
    'no',
    ['开发利用主体未处于有效状态', 'The buyer is not active'],
    [
      '请先完成入驻及开发利用协议签订。',
      'Complete the entry and sign the development agreement first.',
    ],
  ),
  AGREEMENT_TERM: problem(
    422,
    'not_a_call',
    ['授权运营协议期限不符合规定', 'The term of the agreement is not allowed'],
    ['请按实施方案规定的期限填写。', 'Use the term the implementation plan lays down.'],
  ),
  PRODUCT_NOT_LISTED: problem(
    409,
    'no',
    ['数据产品未上架', 'The product is not listed'],
    ['请在产品目录中选择已上架的产品。', 'Choose a listed product from the catalogue.'],
  ),
  KEY_REVOKED: problem(
    401,
    'no',
    ['密钥已吊销', 'The key has been revoked'],
    ['请在控制台创建新密钥。', 'Create a new key in the console.'],
  ),
  KEY_EXPIRED: problem(
    401,
    'no',
    ['密钥已过期', 'The key has expired'],
    ['请在控制台创建新密钥。', 'Create a new key in the console.'],
  ),
  KEY_WRONG_SCOPE: problem(
    403,
    'no',
    ['密钥的权限范围不含此操作', 'The scope of the key does not cover this'],
    [
      '请使用具有相应权限范围的密钥（data:call、usage:read 或 bill:read）。',
      'Use a key with the scope this needs: data:call, usage:read or bill:read.',
    ],
  ),
  KEY_WRONG_MODE: problem(
    403,
    'no',
    ['密钥的环境与请求不符', 'The key belongs to the other mode'],
    [
      '正式调用使用 xn_live_ 密钥，沙箱使用 xn_test_ 密钥。',
      'Use an xn_live_ key for live calls and an xn_test_ key in the sandbox.',
    ],
  ),
  SINGLE_BODY_EXISTS: problem(
    409,
    'not_a_call',
    ['该类机构全市只能登记一个', 'The city has only one body of this kind'],
    ['请核对已登记的机构。', 'Look at the body that is registered already.'],
  ),
  CREDIT_CODE_TAKEN: problem(
    409,
    'not_a_call',
    [
      '该统一社会信用代码已由其他登记使用',
      'This credit code is registered under another name or kind',
    ],
    ['请核对单位名称与类型。', 'Check name and kind of the organization.'],
  ),
  ROLE_NOT_FOR_ORGANIZATION: problem(
    422,
    'not_a_call',
    ['该角色不属于此类机构', 'This role does not belong to an organization of this kind'],
    ['请选择与机构类型相符的角色。', 'Choose a role that fits the kind of organization.'],
  ),
  DUTIES_SEPARATED: problem(
    409,
    'not_a_call',
    ['同一人不得兼任互斥岗位', 'One person may not hold both of these duties'],
    ['请先结束原角色，或授予另一位人员。', 'End the other role first, or choose another person.'],
  ),
  OPERATOR_NOT_READY: problem(
    409,
    'not_a_call',
    ['运营机构尚不具备启用条件', 'The operator cannot be activated yet'],
    [
      '须有公示期满的遴选记录和已签订的授权运营协议。',
      'It needs a selection whose public notice is over and a signed agreement.',
    ],
  ),
  RESOURCE_PROHIBITED: problem(
    409,
    'not_a_call',
    ['禁止开放的数据资源不得用于授权运营', 'A resource that may not be opened cannot be used'],
    ['请移除该数据资源。', 'Leave this resource out.'],
  ),
  RESOURCE_NOT_PUBLISHABLE: problem(
    409,
    'not_a_call',
    ['有数据资源不符合发布条件', 'A resource cannot be published in the catalogue'],
    [
      '请按所列原因补齐提供单位意见、分类分级或批准文件。',
      'Complete what is listed: the opinion of the provider, class and level, or the approval.',
    ],
  ),
  PROVIDER_OPINION_MISSING: problem(
    409,
    'not_a_call',
    ['有数据提供单位尚未同意', 'A provider concerned has not agreed'],
    [
      '全部相关数据提供单位同意后方可通过。',
      'It can be approved once every provider concerned has agreed.',
    ],
  ),
  REVIEW_INCOMPLETE: problem(
    409,
    'not_a_call',
    ['出域合规审核要件不全', 'The outbound review is not complete'],
    ['请逐项完成核对并上传证据材料。', 'Meet every item of the checklist and add the evidence.'],
  ),
  REGISTRATION_MISSING: problem(
    409,
    'not_a_call',
    ['收费产品缺少登记编号', 'A chargeable product lacks its registration number'],
    [
      '请补充登记编号，或附市政数局同意先行上架的文件。',
      'Add the registration number, or the waiver of the data bureau.',
    ],
  ),
  SUSPENDED_BY_BUREAU: problem(
    409,
    'not_a_call',
    ['产品由市政数局暂停', 'The product was suspended by the data bureau'],
    ['须由市政数局恢复。', 'Only the data bureau can resume it.'],
  ),
  RESOURCE_STOPPED: problem(
    409,
    'not_a_call',
    ['有数据资源已被紧急停用', 'A resource it needs has been stopped'],
    ['请待停用解除后再办理。', 'Wait until the stop of this resource is lifted.'],
  ),
  RESUME_NOT_YOURS: problem(
    409,
    'not_a_call',
    ['该停用由其他单位作出', 'Another body made this stop'],
    ['须由作出停用的单位或其上级恢复。', 'Only the body that made it, or one above, can lift it.'],
  ),
  INCIDENT_STILL_STOPPED: problem(
    409,
    'not_a_call',
    ['停用尚未解除，不能结案', 'The stop is still in force'],
    ['请先恢复使用，再填写结论并结案。', 'Resume it first, then close the incident.'],
  ),
  INCIDENT_CLOSED: problem(
    409,
    'not_a_call',
    ['事件已结案', 'The incident is closed'],
    ['如有新情况，请作为新的事件处理。', 'Open another one for anything new.'],
  ),
  KEY_BEING_ROTATED: problem(
    409,
    'not_a_call',
    ['该密钥正在轮换', 'This key is being rotated'],
    [
      '重叠期结束后可再次轮换；如需立即更换，请先撤销旧密钥。',
      'Wait for the end of the overlap, or revoke the older key of the pair first.',
    ],
  ),
  KEY_NOT_ACTIVE: problem(
    409,
    'not_a_call',
    ['密钥已失效或停用，不能轮换', 'The key is no longer active'],
    ['请新建密钥。', 'Create a new key instead.'],
  ),
  RECENT_INCIDENT: problem(
    409,
    'not_a_call',
    ['近3年发生过网络安全、数据安全事件', 'There was a security incident in the last three years'],
    ['不符合入驻条件，不能通过。', 'The application cannot be approved.'],
  ),
  ENTRY_NOT_APPROVED: problem(
    409,
    'not_a_call',
    ['入驻申请未通过审核', 'The entry application is not approved'],
    ['请先完成入驻审核。', 'Have the entry application approved first.'],
  ),
  USE_NOT_APPROVED: problem(
    409,
    'not_a_call',
    ['数据使用申请未通过审核', 'The use application is not approved'],
    ['请先完成数据使用申请审核。', 'Have the use application approved first.'],
  ),
} as const
