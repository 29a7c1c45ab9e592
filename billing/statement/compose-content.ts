import { monthPeriod } from '#kernel/period.ts'
import { attributionPart } from './part-attribution.ts'
import { cumulativePart } from './part-cumulative.ts'
import { receiptsPart } from './part-receipts.ts'
import { receivablesPart } from './part-receivables.ts'
import { splitPart } from './part-split.ts'
import { volumePart } from './part-volume.ts'
import { detailFiles } from './detail-files.ts'
import type { StatementContent, StatementContentHead } from './statement-content.ts'
import type { StatementInputs } from './statement-inputs.ts'
import { digest } from '#kernel/crypto/digest.ts'
import { sortedInputs, type SortedInputs } from './sorted-inputs.ts'

/**
 * Makes the head and the parts A–G and J of a statement (R71). Pure: the same inputs in any order
 * give the same content, so a clean process can do it again and compare the bytes (R73).
 */
export function composeContent(inputs: StatementInputs): StatementContent {
  const sorted = sortedInputs(inputs)
  const receivables = receivablesPart(sorted)
  const receipts = receiptsPart(sorted)
  const split = splitPart(sorted)
  return {
    form: 'statement/1',
    head: headOf(sorted),
    volume: volumePart(sorted),
    receivables,
    receipts,
    deductions: { rows: [], totalYuan: '0.00' },
    split,
    attribution: attributionPart(sorted),
    cumulative: cumulativePart(sorted, split),
    attachments: {
      files: detailFiles(sorted).map((file) => ({
        name: file.name,
        rows: String(file.rows),
        digest: digest('sm3', file.bytes),
      })),
      seals: sorted.seals.map(({ id, digest: root }) => ({ id, digest: root })),
    },
  }
}

function headOf({ version, facts }: SortedInputs): StatementContentHead {
  const period = monthPeriod(version.month)
  const { form: _form, formDigest: _digest, ...rule } = facts.rule
  return {
    number: version.number,
    version: String(version.version),
    month: version.month,
    periodFrom: period.from.toISOString(),
    periodTo: period.to.toISOString(),
    currency: 'CNY',
    operator: facts.operator,
    dataBureau: facts.dataBureau,
    financeBureau: facts.financeBureau,
    agreement: facts.agreement,
    rule,
    priceLists: facts.priceLists,
    cutOffAt: version.cutOffAt.toISOString(),
    generatedAt: version.generatedAt.toISOString(),
  }
}
