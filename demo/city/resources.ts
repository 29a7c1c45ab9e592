import type { ProposeResource } from '#governance/index.ts'

/** A resource of the catalogue; `provider` is the key of its organization. */
export type CityResource = Readonly<
  Omit<ProposeResource, 'providerId'> & { key: string; provider: string; level: 'L1' | 'L2' | 'L3' }
>

type Facts = Pick<
  CityResource,
  'key' | 'provider' | 'name' | 'fieldCode' | 'abstract' | 'updateFrequency' | 'level'
> &
  Partial<CityResource> &
  Readonly<{ columns: readonly string[] }>

function resourceFrom(facts: Facts, index: number): CityResource {
  const { columns, ...rest } = facts
  return {
    code: `R421299-${String(index + 1).padStart(4, '0')}`,
    sourceKind: facts.provider.startsWith('utility_') ? 'public_utility' : 'public_institution',
    legalBasis: facts.provider.startsWith('utility_')
      ? '公用企业提供公共服务过程中收集和产生（示例）'
      : null,
    format: '数据库',
    items: columns.map((name) => ({ name, type: '字符型' })),
    sharing: 'conditional',
    opening: 'conditional',
    relatedCode: null,
    containsPersonalInformation: false,
    containsSensitivePersonalInformation: false,
    ...rest,
  }
}

/** Fourteen resources of twelve providers, all made up. */
const facts: readonly Facts[] = [
  {
    key: 'fund_accounts',
    provider: 'housing_fund',
    name: '住房公积金缴存信息',
    fieldCode: 'housing_fund',
    abstract: '缴存人账户状态、连续缴存月数与缴存额区间。示例数据。',
    updateFrequency: 'daily',
    level: 'L3',
    containsPersonalInformation: true,
    columns: ['姓名', '证件号码', '账户状态', '连续缴存月数', '月缴存额区间'],
  },
  {
    key: 'fund_loans',
    provider: 'housing_fund',
    name: '住房公积金贷款信息',
    fieldCode: 'housing_fund',
    abstract: '是否有公积金贷款与逾期期数。示例数据。',
    updateFrequency: 'daily',
    level: 'L3',
    containsPersonalInformation: true,
    columns: ['姓名', '证件号码', '是否有贷款', '逾期期数'],
  },
  {
    key: 'medical_settlements',
    provider: 'medical_insurance',
    name: '医保结算汇总信息',
    fieldCode: 'medical_insurance',
    abstract: '参保年限、就诊次数与慢病分组，不含诊疗明细。示例数据。',
    updateFrequency: 'daily',
    level: 'L3',
    containsPersonalInformation: true,
    containsSensitivePersonalInformation: true,
    columns: ['姓名', '证件号码', '参保年限', '门诊次数', '住院次数', '慢病分组'],
  },
  {
    key: 'health_visits',
    provider: 'health',
    name: '预约诊疗渠道统计',
    fieldCode: 'health',
    abstract: '各预约渠道、各科室的访问与到诊统计。示例数据。',
    updateFrequency: 'monthly',
    level: 'L1',
    columns: ['月份', '渠道', '科室', '访问量', '预约量', '到诊量'],
  },
  {
    key: 'parking_lots',
    provider: 'utility_parking',
    name: '公共停车场静态信息',
    fieldCode: 'transport',
    abstract: '停车场名称、位置、泊位与收费标准。示例数据。',
    updateFrequency: 'weekly',
    level: 'L1',
    opening: 'unconditional',
    columns: ['停车场编号', '名称', '区县', '泊位数', '收费标准'],
  },
  {
    key: 'parking_occupancy',
    provider: 'utility_parking',
    name: '公共停车场实时余位',
    fieldCode: 'transport',
    abstract: '停车场实时空余泊位。示例数据。',
    updateFrequency: 'real_time',
    level: 'L1',
    columns: ['停车场编号', '空余泊位', '采集时间'],
  },
  {
    key: 'roadside_parking',
    provider: 'urban_management',
    name: '道路泊位管理信息',
    fieldCode: 'housing',
    abstract: '道路停车泊位的管理单位与时段。示例数据。',
    updateFrequency: 'monthly',
    level: 'L1',
    sourceKind: 'government_body',
    columns: ['路段', '泊位数', '管理时段'],
  },
  {
    key: 'traffic_flow',
    provider: 'traffic_police',
    name: '路段交通流量统计',
    fieldCode: 'public_safety',
    abstract: '主要路段分时段流量，不含车牌。示例数据。',
    updateFrequency: 'daily',
    level: 'L2',
    sourceKind: 'government_body',
    columns: ['路段', '时段', '流量'],
  },
  {
    key: 'tax_credit',
    provider: 'tax',
    name: '企业纳税信用等级',
    fieldCode: 'finance',
    abstract: '企业纳税信用等级与欠税公告情况。示例数据。',
    updateFrequency: 'monthly',
    level: 'L2',
    sourceKind: 'return_flow',
    columns: ['统一社会信用代码', '纳税信用等级', '是否欠税公告'],
  },
  {
    key: 'insured_enterprises',
    provider: 'social_security',
    name: '企业参保缴费情况',
    fieldCode: 'social_security',
    abstract: '企业参保人数区间与欠缴标识。示例数据。',
    updateFrequency: 'monthly',
    level: 'L2',
    sourceKind: 'government_body',
    columns: ['统一社会信用代码', '参保人数区间', '欠缴标识'],
  },
  {
    key: 'enterprise_records',
    provider: 'enterprise_register',
    name: '企业登记与经营异常信息',
    fieldCode: 'market_regulation',
    abstract: '企业登记状态、经营异常与行政处罚次数。示例数据。',
    updateFrequency: 'daily',
    level: 'L1',
    columns: ['统一社会信用代码', '登记状态', '经营异常标识', '行政处罚次数'],
  },
  {
    key: 'power_use',
    provider: 'utility_power',
    name: '企业用电趋势',
    fieldCode: 'industry',
    abstract: '企业用电量变化趋势，不含电量明细。示例数据。',
    updateFrequency: 'monthly',
    level: 'L2',
    columns: ['统一社会信用代码', '用电趋势'],
  },
  {
    key: 'scenic_visitors',
    provider: 'tourism',
    name: '景区客流统计',
    fieldCode: 'culture_tourism',
    abstract: '各景区日客流、过夜与省外游客。示例数据。',
    updateFrequency: 'daily',
    level: 'L1',
    columns: ['日期', '景区', '游客数', '过夜游客数', '省外游客数'],
  },
  {
    key: 'scenic_weather',
    provider: 'weather',
    name: '景区气象服务信息',
    fieldCode: 'meteorology',
    abstract: '景区气象与舒适度指数。示例数据。',
    updateFrequency: 'daily',
    level: 'L1',
    columns: ['日期', '景区', '舒适度指数'],
  },
]

export const resources: readonly CityResource[] = facts.map(resourceFrom)
