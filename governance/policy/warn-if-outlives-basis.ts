import type { PolicyDocument, PolicyWarning } from './contract.ts'

/** A rule that holds longer than the paper it stands on is flagged, not refused (R2). Days inclusive. */
export function warnIfOutlivesBasis(
  basis: Pick<PolicyDocument, 'id' | 'title' | 'validTo'>,
  endsOn: string | null,
): readonly PolicyWarning[] {
  if (basis.validTo === null || (endsOn !== null && endsOn <= basis.validTo)) return []
  return [
    {
      kind: 'outlives_basis',
      documentId: basis.id,
      documentTitle: basis.title,
      basisValidTo: basis.validTo,
    },
  ]
}
