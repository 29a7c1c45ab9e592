import { canonicalDigest } from '#kernel/canonical-json.ts'
import type { CanonicalValue } from '#kernel/canonical-json.ts'
import { type Decimal, formatDecimal, oneDecimal, zeroDecimal } from '#kernel/decimal.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type ProductContent, productContentSchema } from './content.ts'
import type { DraftProductVersion, Lineage, ProductKind } from './contract.ts'

const modeOfKind = {
  api: 'api',
  dataset: 'download',
  report: 'report',
  model: 'model_call',
} as const satisfies Record<ProductKind, ProductContent['delivery']['mode']>

/**
 * Reads the content of a product version, strictly, and checks what its parts say of each other (R29).
 * Pure.
 *
 * @throws VALIDATION_FAILED naming the fields: unknown ones too; an API or model without parameter
 * table; a sample row with a field the dictionary does not know; personal information asked for
 * anywhere but in a POST body, or without a parameter for the evidence of consent
 */
export function checkContent(
  kind: ProductKind,
  input: Pick<DraftProductVersion, 'content' | 'containsPersonalInformation'>,
): ProductContent {
  const parsed = productContentSchema.safeParse(input.content)
  if (!parsed.success)
    throw new DomainError('VALIDATION_FAILED', {
      fields: parsed.error.issues.map((issue) => ({
        field: ['content', ...issue.path.map(String)].join('.'),
        reason: issue.message,
      })),
    })
  const content = parsed.data
  checkDelivery(kind, content)
  checkLimits(kind, content)
  checkDictionary(content)
  checkConsentParameter(content)
  if (input.containsPersonalInformation) checkPersonalInformation(content)
  else if (content.dictionary.some((entry) => entry.isPersonalInformation))
    refuseValue('containsPersonalInformation', 'dictionary_says_otherwise')
  return content
}

function checkDelivery(kind: ProductKind, content: ProductContent): void {
  const { mode, parameters, path, method } = content.delivery
  if (mode !== modeOfKind[kind]) refuseValue('content.delivery.mode', `not_of_a_${kind}`)
  if ((kind === 'api' || kind === 'model') && parameters.length === 0)
    refuseValue('content.delivery.parameters', 'parameter_table_missing')
  const names = parameters.map((each) => each.name)
  if (new Set(names).size !== names.length)
    refuseValue('content.delivery.parameters', 'repeated_name')
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1])
  const declared = parameters.filter((each) => each.in === 'path').map((each) => each.name)
  if (inPath.length !== declared.length || !declared.every((name) => inPath.includes(name)))
    refuseValue('content.delivery.path', 'path_parameters_differ')
  if (method === 'GET' && parameters.some((each) => each.in === 'body'))
    refuseValue('content.delivery.method', 'body_needs_post')
}

const heldBytesMax = 64 * 1024 * 1024
const answerMsMax = 60_000

/** Only files are handed over piece by piece, and only models may think for minutes. */
function checkLimits(kind: ProductKind, { delivery, resultRule }: ProductContent): void {
  const isFile = kind === 'dataset' || kind === 'report'
  if (!isFile && delivery.responseBytesMax > heldBytesMax)
    refuseValue('content.delivery.responseBytesMax', 'too_large_to_be_held')
  if (kind !== 'model' && delivery.timeoutMs > answerMsMax)
    refuseValue('content.delivery.timeoutMs', 'too_long')
  if (!isFile && delivery.partialDelivery !== undefined)
    refuseValue('content.delivery.partialDelivery', 'only_of_files')
  if (!isFile && delivery.streamSecondsMax !== undefined)
    refuseValue('content.delivery.streamSecondsMax', 'only_of_files')
  // A model that answers is not yet one that found something: its answer says which.
  if (kind === 'model' && resultRule.kind !== 'json')
    refuseValue('content.resultRule.kind', 'model_answers_are_read')
}

function checkConsentParameter({ delivery }: ProductContent): void {
  const { consentParameter } = delivery
  if (consentParameter === undefined) return
  const parameter = delivery.parameters.find((each) => each.name === consentParameter)
  if (parameter?.isRequired !== true || parameter.type !== 'string')
    refuseValue('content.delivery.consentParameter', 'not_a_required_text_parameter')
}

function checkDictionary(content: ProductContent): void {
  const known = new Set(content.dictionary.map((entry) => entry.name))
  if (known.size !== content.dictionary.length) refuseValue('content.dictionary', 'repeated_name')
  const stranger = content.sampleRows.flatMap(Object.keys).find((name) => !known.has(name))
  if (stranger !== undefined) refuseValue('content.sampleRows', `unknown_field_${stranger}`)
}

// Addresses are logged by proxies we do not own, so identifiers travel in bodies only.
function checkPersonalInformation({ delivery }: ProductContent): void {
  if (delivery.method !== 'POST' || delivery.parameters.some((each) => each.in !== 'body'))
    refuseValue('content.delivery', 'personal_information_in_post_body_only')
  requireConsentParameter(delivery)
}

/**
 * A product with personal information names the parameter that carries the evidence of consent (R88).
 * Asked again when a version is submitted: drafts may be older than the rule.
 *
 * @throws VALIDATION_FAILED
 */
export function requireConsentParameter(delivery: Readonly<{ consentParameter?: unknown }>): void {
  if (delivery.consentParameter === undefined)
    refuseValue('content.delivery.consentParameter', 'required')
}

/**
 * The parts each resource has in the product: at least one, each above zero with at most six decimals,
 * together exactly 1 (R77). Pure.
 */
export function checkLineage(lineage: Lineage): void {
  if (lineage.length === 0) refuseValue('lineage', 'required')
  if (new Set(lineage.map((each) => each.resourceId)).size !== lineage.length)
    refuseValue('lineage', 'repeated_resource')
  if (lineage.some(({ weight }) => weight.lte(0) || weight.decimalPlaces() > 6))
    refuseValue('lineage', 'weight_out_of_range')
  const total = lineage.reduce((sum: Decimal, each) => sum.plus(each.weight), zeroDecimal)
  if (!total.eq(oneDecimal)) refuseValue('lineage', 'weights_do_not_sum_to_1')
}

/** What a review and a filing are of: any change of fields, lineage or purpose is another digest (R31). */
export function contentDigestOf(
  version: Pick<DraftProductVersion, 'containsPersonalInformation' | 'lineage' | 'scenarioIds'>,
  content: ProductContent,
): string {
  return canonicalDigest({
    // Optional members that are absent would be undefined, which has no canonical form.
    content: JSON.parse(JSON.stringify(content)) as CanonicalValue,
    containsPersonalInformation: version.containsPersonalInformation,
    lineage: version.lineage
      .map(({ resourceId, weight }) => ({ resourceId, weight: formatDecimal(weight) }))
      .sort((a, b) => (a.resourceId < b.resourceId ? -1 : 1)),
    scenarioIds: [...version.scenarioIds].sort(),
  })
}
