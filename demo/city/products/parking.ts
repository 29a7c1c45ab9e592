import { type CityProduct, commonContent, dictionaryOf, sampleWords, timeoutMs } from './product.ts'

const code = 'smart-parking'

export const smartParking: CityProduct = {
  product: {
    code,
    name: '智慧停车动静态数据集',
    nameEn: 'Smart parking, static and live',
    kind: 'dataset',
    fieldCode: 'transport',
    summary: '停车场位置、泊位、收费标准与实时余位。示例，非政策口径。',
    summaryEn: 'Places, fees and live vacancies of car parks. Sample, not a policy figure.',
    isSample: true,
  },
  content: {
    introduction: sampleWords({
      zh: '按停车场编号返回静态信息和一分钟内的余位。',
      en: 'Static facts of a car park and its vacancies of the last minute.',
    }),
    dictionary: dictionaryOf([
      ['lot_id', '停车场编号', 'Car park', 'string'],
      ['name', '名称', 'Name', 'string'],
      ['district', '区县', 'District', 'string'],
      ['spaces', '泊位数', 'Spaces', 'integer'],
      ['charging_spaces', '充电泊位数', 'Charging spaces', 'integer'],
      ['free_spaces', '空余泊位', 'Free spaces', 'integer'],
      ['hourly_fee_yuan', '每小时收费', 'Fee an hour', 'decimal'],
      ['observed_at', '采集时间', 'Observed at', 'datetime'],
    ]),
    delivery: {
      mode: 'download',
      method: 'GET',
      path: '/lots/{lot}',
      contentType: 'application/json',
      parameters: [
        {
          name: 'lot',
          in: 'path',
          type: 'string',
          isRequired: true,
          pattern: 'P[0-9]{4}',
          description: { zh: '停车场编号', en: 'Car park' },
          example: 'P0001',
        },
      ],
      timeoutMs,
      responseBytesMax: 65_536,
    },
    resultRule: { kind: 'json', foundPointer: '/data' },
    updateFrequency: 'real_time',
    dataSubject: 'public',
    industry: 'G54 道路运输业',
    scale: '120 个停车场（示例）',
    processingMode: 'plain_api',
    ...commonContent(code),
    sampleRows: [
      {
        lot_id: 'P0001',
        name: '示例停车场1号',
        district: '咸安区',
        spaces: 200,
        charging_spaces: 20,
        free_spaces: 63,
        hourly_fee_yuan: '3.00',
        observed_at: '2026-01-05T09:00:00Z',
      },
    ],
  },
  containsPersonalInformation: false,
  lineage: [
    ['parking_lots', '0.400000'],
    ['parking_occupancy', '0.400000'],
    ['roadside_parking', '0.100000'],
    ['traffic_flow', '0.100000'],
  ],
  scenarios: ['parking_guidance', 'parking_governance'],
  // Read from the traffic police's own database, by a role that may read this view and nothing else.
  upstream: {
    connector: 'table',
    service: 'parking-database',
    base: '',
    settings: {
      table: 'parking_now',
      columns: [
        'lot_id',
        'name',
        'district',
        'spaces',
        'charging_spaces',
        'free_spaces',
        'hourly_fee_yuan',
        'observed_at',
      ],
      keys: [{ column: 'lot_id', parameter: 'lot' }],
      // The demo's database is on this machine, and its configuration names it.
      tls: 'off',
    },
  },
}
