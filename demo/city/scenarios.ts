import type { DraftScenario } from '#governance/index.ts'
import { sampleMark } from './sample.ts'

/** A scenario, reviewed once each (R25); `resources` are keys of resources.ts. */
export type CityScenario = Readonly<
  Omit<DraftScenario, 'resourceIds'> & { key: string; resources: readonly string[] }
>

function scenario(
  facts: Omit<CityScenario, 'purposeEvidence' | 'code'> & Readonly<{ evidence: string }>,
): CityScenario {
  const { evidence, ...rest } = facts
  return {
    ...rest,
    code: `S-${facts.key.replaceAll('_', '-')}`,
    purposeEvidence: `${evidence}（${sampleMark}）`,
  }
}

export const scenarios: readonly CityScenario[] = [
  scenario({
    key: 'personal_credit',
    name: '个人信贷审批中的公积金核验',
    nameEn: 'Housing-fund check in personal credit approval',
    description: '银行在客户同意后核验公积金缴存与贷款情况，用于个人信贷审批。',
    purposeClass: 'industry',
    evidence: '用于金融机构自身信贷业务，属产业发展、行业发展',
    resources: ['fund_accounts', 'fund_loans'],
  }),
  scenario({
    key: 'health_underwriting',
    name: '健康商业保险核保理赔',
    nameEn: 'Underwriting and claims in commercial health insurance',
    description: '保险机构在客户同意后查询就医汇总情况，用于核保与理赔。',
    purposeClass: 'industry',
    evidence: '用于商业保险业务，属产业发展、行业发展',
    resources: ['medical_settlements'],
  }),
  scenario({
    key: 'medical_relief',
    name: '医疗救助资格核对',
    nameEn: 'Eligibility for medical relief',
    description: '公立医院核对困难患者的医疗救助资格。',
    purposeClass: 'public_interest',
    evidence: '用于医疗救助，属公益事业',
    resources: ['medical_settlements'],
  }),
  scenario({
    key: 'health_channels',
    name: '医疗机构网络获客渠道分析',
    nameEn: 'Analysis of online channels of medical institutions',
    description: '医疗服务企业分析各网络渠道的到诊效果。',
    purposeClass: 'industry',
    evidence: '用于企业经营分析，属产业发展、行业发展',
    resources: ['health_visits'],
  }),
  scenario({
    key: 'parking_guidance',
    name: '停车诱导与车位服务',
    nameEn: 'Parking guidance',
    description: '停车和地图服务企业向公众提供余位查询与诱导。',
    purposeClass: 'industry',
    evidence: '用于企业停车服务，属产业发展、行业发展',
    resources: ['parking_lots', 'parking_occupancy', 'roadside_parking', 'traffic_flow'],
  }),
  scenario({
    key: 'parking_governance',
    name: '城市停车治理',
    nameEn: 'Governance of city parking',
    description: '城市运行中心用于停车秩序治理和泊位规划。',
    purposeClass: 'public_interest',
    evidence: '用于城市治理，属公共治理',
    resources: ['parking_lots', 'parking_occupancy', 'roadside_parking', 'traffic_flow'],
  }),
  scenario({
    key: 'enterprise_lending',
    name: '企业信贷风险预警',
    nameEn: 'Early warning of enterprise credit risk',
    description: '融资担保和小额贷款机构对企业客户作贷前、贷后风险预警。',
    purposeClass: 'industry',
    evidence: '用于金融机构自身业务，属产业发展、行业发展',
    resources: ['tax_credit', 'insured_enterprises', 'enterprise_records', 'power_use'],
  }),
  scenario({
    key: 'model_facility',
    name: '风险模型存算设施试用',
    nameEn: 'Trial of the computing facility for risk models',
    description: '担保机构在存算设施中试用风险模型，只计量、暂不收费。',
    purposeClass: 'industry',
    evidence: '用于企业业务，试行期内存算设施使用费只计量不收费',
    resources: ['tax_credit', 'insured_enterprises', 'enterprise_records', 'power_use'],
  }),
  scenario({
    key: 'tourism_operation',
    name: '文旅客流分析与线路设计',
    nameEn: 'Visitor analysis and route design',
    description: '文旅企业分析景区客流，设计线路与产品。',
    purposeClass: 'industry',
    evidence: '用于文旅企业经营，属产业发展、行业发展',
    resources: ['scenic_visitors', 'scenic_weather'],
  }),
]
