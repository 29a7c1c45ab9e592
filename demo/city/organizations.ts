import type { OrganizationKind } from '#kernel/context.ts'
import { makeCreditCode } from '#kernel/credit-code.ts'

/** An organization of the demo city. `key` is how the other files name it. */
export type CityOrganization = Readonly<{
  key: string
  kind: OrganizationKind
  name: string
  nameEn: string
  creditCode: string
}>

// Division 421299 was never assigned, so no code is a real body's.
const heads = {
  public: '11421299', // 机关
  institution: '12421299', // 事业单位
  enterprise: '91421299', // 企业
} as const

function organization(
  kind: OrganizationKind,
  type: keyof typeof heads,
  names: Readonly<{ key: string; number: number; zh: string; en: string }>,
): CityOrganization {
  const serial = String(names.number).padStart(7, '0')
  return {
    key: names.key,
    kind,
    name: names.zh,
    nameEn: names.en,
    creditCode: makeCreditCode({ head: heads[type], organization: `M${serial}` }),
  }
}

/** The bodies the plan names; the platform's own keeper holds its administrators. */
export const bureaus: readonly CityOrganization[] = [
  organization('platform', 'institution', {
    key: 'platform',
    number: 1,
    zh: '市运营平台管理中心（示例）',
    en: 'Platform administration centre (sample)',
  }),
  organization('data_bureau', 'public', {
    key: 'data_bureau',
    number: 2,
    zh: '市政务服务和大数据管理局（示例）',
    en: 'City data bureau (sample)',
  }),
  organization('finance_bureau', 'public', {
    key: 'finance_bureau',
    number: 3,
    zh: '市财政局（示例）',
    en: 'City finance bureau (sample)',
  }),
  organization('price_authority', 'public', {
    key: 'price_authority',
    number: 4,
    zh: '市发展和改革委员会（示例）',
    en: 'City price authority (sample)',
  }),
  organization('market_regulator', 'public', {
    key: 'market_regulator',
    number: 5,
    zh: '市市场监督管理局（示例）',
    en: 'City market regulator (sample)',
  }),
  organization('state_asset_regulator', 'public', {
    key: 'state_asset_regulator',
    number: 6,
    zh: '市国有资产监督管理委员会（示例）',
    en: 'City state-asset regulator (sample)',
  }),
  organization('security_supervisor', 'public', {
    key: 'security_supervisor',
    number: 7,
    zh: '市委网信办（示例）',
    en: 'City cyberspace office (sample)',
  }),
  organization('auditor', 'public', {
    key: 'auditor',
    number: 8,
    zh: '市审计局（示例）',
    en: 'City audit bureau (sample)',
  }),
]

const provider = (number: number, key: string, zh: string, en: string): CityOrganization =>
  organization('provider', key.startsWith('utility_') ? 'enterprise' : 'institution', {
    key,
    number,
    zh: `${zh}（示例）`,
    en: `${en} (sample)`,
  })

/** Twelve departments and utilities that supply data. */
export const providers: readonly CityOrganization[] = [
  provider(101, 'housing_fund', '市住房公积金中心', 'Housing fund centre'),
  provider(102, 'medical_insurance', '市医疗保障局', 'Medical insurance bureau'),
  provider(103, 'health', '市卫生健康委员会', 'Health commission'),
  provider(104, 'utility_parking', '市城市停车运营公司', 'City parking company'),
  provider(105, 'urban_management', '市城市管理执法委员会', 'Urban management'),
  provider(106, 'traffic_police', '市公安局交通警察支队', 'Traffic police'),
  provider(107, 'tax', '市税务局', 'Tax bureau'),
  provider(108, 'social_security', '市人力资源和社会保障局', 'Social security bureau'),
  provider(109, 'enterprise_register', '市企业登记服务中心', 'Enterprise register'),
  provider(110, 'utility_power', '市供电公司', 'Power supply company'),
  provider(111, 'tourism', '市文化和旅游局', 'Culture and tourism bureau'),
  provider(112, 'weather', '市气象局', 'Weather bureau'),
]

export const operator: CityOrganization = organization('operator', 'enterprise', {
  key: 'operator',
  number: 201,
  zh: '示例公共数据运营有限公司',
  en: 'Sample Public Data Operating Co., Ltd.',
})

const buyer = (number: number, key: string, zh: string, en: string): CityOrganization =>
  organization('buyer', key.startsWith('public_') ? 'institution' : 'enterprise', {
    key,
    number,
    zh,
    en,
  })

/** Fifteen buyers; the last two use data for the public interest, free of charge. */
export const buyers: readonly CityOrganization[] = [
  buyer(301, 'bank_a', '示例甲银行股份有限公司', 'Sample Bank A'),
  buyer(302, 'bank_b', '示例乙农村商业银行股份有限公司', 'Sample Rural Bank B'),
  buyer(303, 'consumer_finance', '示例丙消费金融有限公司', 'Sample Consumer Finance C'),
  buyer(304, 'life_insurer', '示例丁人寿保险有限公司', 'Sample Life Insurance D'),
  buyer(305, 'health_insurer', '示例戊健康保险有限公司', 'Sample Health Insurance E'),
  buyer(306, 'health_media', '示例己医疗信息技术有限公司', 'Sample Health Media F'),
  buyer(307, 'dental_chain', '示例庚口腔医疗管理有限公司', 'Sample Dental Chain G'),
  buyer(308, 'parking_app', '示例辛停车科技有限公司', 'Sample Parking App H'),
  buyer(309, 'map_maker', '示例壬地图导航有限公司', 'Sample Maps I'),
  buyer(310, 'travel_platform', '示例癸文旅服务有限公司', 'Sample Travel Platform J'),
  buyer(311, 'travel_agency', '示例子旅行社有限公司', 'Sample Travel Agency K'),
  buyer(312, 'guarantor', '示例丑融资担保有限公司', 'Sample Guarantor L'),
  buyer(313, 'micro_lender', '示例寅小额贷款有限公司', 'Sample Micro Lender M'),
  buyer(314, 'public_hospital', '示例卯公立医院', 'Sample Public Hospital N'),
  buyer(315, 'public_city_operation', '示例辰城市运行中心', 'Sample City Operation Centre O'),
]

export const organizations: readonly CityOrganization[] = [
  ...bureaus,
  ...providers,
  operator,
  ...buyers,
]
