import { createHash } from 'node:crypto'
import type { RegisterPolicyDocument } from '#governance/index.ts'
import { sampleMark } from './sample.ts'

export type DocumentKey =
  'plan' | 'operation' | 'prices' | 'split' | 'tax' | 'permitted_revenue' | 'waiver'

function fileOf(name: string): Pick<RegisterPolicyDocument, 'fileName' | 'fileDigest'> {
  const digest = createHash('sha256').update(`${name} ${sampleMark}`).digest('hex')
  return { fileName: name, fileDigest: `sha256:${digest}` }
}

function sample(
  number: string,
  title: string,
  options: Readonly<{ issuer: string; day: string; fileName: string }>,
): RegisterPolicyDocument {
  return {
    title: `${title}（${sampleMark}）`,
    number,
    issuer: options.issuer,
    issuedOn: options.day,
    validFrom: options.day,
    validTo: null,
    ...fileOf(options.fileName),
    note: sampleMark,
    isSample: true,
  }
}

/** The plan as it was issued (R2), and what stands on it, made up. */
export function documentsOf(day: string): Readonly<Record<DocumentKey, RegisterPolicyDocument>> {
  const dataBureau = '市政务服务和大数据管理局（示例）'
  return {
    plan: {
      title: '咸宁市公共数据资源授权运营实施方案',
      number: '咸宁市人民政府办公室 2025年9月24日印发',
      issuer: '咸宁市人民政府办公室',
      issuedOn: '2025-09-24',
      validFrom: '2025-09-24',
      validTo: '2028-09-23',
      ...fileOf('xianning-plan-2025.txt'),
      note: '有效期3年',
    },
    operation: sample('示例授运〔1〕号', '授权运营机构遴选结果与授权运营协议', {
      issuer: dataBureau,
      day,
      fileName: 'operation-agreement.pdf',
    }),
    prices: sample('示例价格〔1〕号', '公共数据运营服务试行收费标准', {
      issuer: dataBureau,
      day,
      fileName: 'trial-prices.pdf',
    }),
    split: sample('示例分配〔1〕号', '政企收益分配规则', {
      issuer: dataBureau,
      day,
      fileName: 'split-rule.pdf',
    }),
    tax: sample('示例税务〔1〕号', '增值税适用税率说明', {
      issuer: '示例公共数据运营有限公司',
      day,
      fileName: 'tax-rate.pdf',
    }),
    permitted_revenue: sample('示例核价〔1〕号', '最高准许收入核定', {
      issuer: '市发展和改革委员会（示例）',
      day,
      fileName: 'permitted-revenue.pdf',
    }),
    waiver: sample('示例登记〔1〕号', '产品拟登记期间上架的说明', {
      issuer: dataBureau,
      day,
      fileName: 'registration-waiver.pdf',
    }),
  }
}
