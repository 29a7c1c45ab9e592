import { createHash } from 'node:crypto'
import type { ConnectorKind, DraftProduct, ProductContentInput } from '#governance/index.ts'
import type { SimulatedService } from '#demo/simulator/services.ts'
import { sampleMark, sampleMarkEn } from '#demo/city/sample.ts'

/** A product of the demo city with everything its way to the market needs. Keys name other rows of the city. */
export type CityProduct = Readonly<{
  product: DraftProduct
  content: ProductContentInput
  containsPersonalInformation: boolean
  /** Resource key and weight in decimal text; the weights sum to 1 (R77). */
  lineage: readonly (readonly [resource: string, weight: string])[]
  scenarios: readonly string[]
  /** Where it is read from; a table needs no base. */
  upstream: Readonly<{
    connector: ConnectorKind
    service: SimulatedService
    base: string
    settings: Readonly<Record<string, unknown>>
  }>
}>

type Words = Readonly<{ zh: string; en: string }>
type Column = readonly [name: string, zh: string, en: string, type: ColumnType]
type ColumnType = ProductContentInput['dictionary'][number]['type']
export type Parameter = ProductContentInput['delivery']['parameters'][number]

export function dictionaryOf(columns: readonly Column[]): ProductContentInput['dictionary'] {
  return columns.map(([name, zh, en, type]) => ({
    name,
    label: { zh, en },
    type,
    description: { zh, en },
  }))
}

export function sampleWords(words: Words): Words {
  return { zh: `${words.zh}（${sampleMark}）`, en: `${words.en} (${sampleMarkEn})` }
}

function statementFile(fileName: string): { fileName: string; fileDigest: string } {
  const digest = createHash('sha256').update(`${fileName} ${sampleMark}`).digest('hex')
  return { fileName, fileDigest: `sha256:${digest}` }
}

/** What all of the city's products say alike. */
export function commonContent(
  code: string,
): Pick<ProductContentInput, 'coverage' | 'statements' | 'useLimits'> {
  return {
    coverage: { region: '全市', time: '2006年至今（示例）' },
    useLimits: [
      { zh: '仅限所申请的应用场景使用', en: 'Only in the scenario applied for' },
      { zh: '不得转售、不得用于再识别个人', en: 'No resale, no re-identification of people' },
    ],
    statements: {
      compliance: statementFile(`${code}-compliance.pdf`),
      dataSource: statementFile(`${code}-data-source.pdf`),
    },
  }
}

/** The customer's agreement, which a product with personal information asks for at each call (R88). */
export const consentParameter: Parameter = {
  name: 'consent_reference',
  in: 'body',
  type: 'string',
  isRequired: true,
  pattern: '[A-Za-z0-9-]{8,64}',
  maxLength: 64,
  description: { zh: '客户授权书编号', en: 'Reference of the customer’s consent' },
  example: 'CONSENT-0001',
}

export const personParameters: readonly Parameter[] = [
  {
    name: 'id_number',
    in: 'body',
    type: 'string',
    isRequired: true,
    pattern: '[0-9]{17}[0-9X]',
    maxLength: 18,
    description: { zh: '公民身份号码', en: 'Identity number' },
    // No region has this number, so nobody has it; the format is all that is checked in the sandbox.
    example: '429999190001010017',
  },
  {
    name: 'name',
    in: 'body',
    type: 'string',
    isRequired: true,
    maxLength: 40,
    description: { zh: '姓名', en: 'Name' },
    example: '示例姓名',
  },
  consentParameter,
]

/** A provider's web service, called with a bearer token. */
export function webService(
  of: Readonly<{
    service: SimulatedService
    base: string
    path: string
    connector?: ConnectorKind
  }>,
): CityProduct['upstream'] {
  const { service, base, path, connector = 'http' } = of
  return { connector, service, base, settings: { path, credential: { kind: 'bearer' } } }
}

/** Longer than any healthy answer, shorter than the simulator's slow one. */
export const timeoutMs = 1_500
