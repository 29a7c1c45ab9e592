import type { Actor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { can, type Action } from '#kernel/permissions.ts'

export const productVersionStatuses = [
  'draft',
  'in_review',
  'reviewed',
  'in_filing',
  'filed',
  'listed',
  'suspended',
  'delisted',
  'cancelled',
] as const
export type ProductVersionStatus = (typeof productVersionStatuses)[number]

type Move = Readonly<{
  from: readonly ProductVersionStatus[]
  to: ProductVersionStatus
  action: Action
}>

/**
 * The one table of a product version's life (R30). There is no way to `listed` but through `filed`,
 * and none to `filed` but through a review; a suspended version has been there already.
 */
export const productVersionMoves = {
  submit_review: { from: ['draft'], to: 'in_review', action: 'product:submit_review' },
  pass_review: { from: ['in_review'], to: 'reviewed', action: 'product:review' },
  fail_review: { from: ['in_review'], to: 'draft', action: 'product:review' },
  file: { from: ['reviewed'], to: 'in_filing', action: 'product:file' },
  confirm_filing: { from: ['in_filing'], to: 'filed', action: 'filing:decide' },
  // R32: a returned filing puts the product back to review.
  return_filing: { from: ['in_filing'], to: 'in_review', action: 'filing:decide' },
  list: { from: ['filed'], to: 'listed', action: 'product:list' },
  suspend: { from: ['listed'], to: 'suspended', action: 'product:suspend' },
  resume: { from: ['suspended'], to: 'listed', action: 'product:suspend' },
  delist: { from: ['listed', 'suspended'], to: 'delisted', action: 'product:list' },
  cancel: {
    from: ['draft', 'reviewed', 'filed', 'delisted'],
    to: 'cancelled',
    action: 'product:draft',
  },
} as const satisfies Readonly<Record<string, Move>>
export type ProductVersionMove = keyof typeof productVersionMoves

/** Where a move leads. Throws INVALID_TRANSITION naming the status where it is not allowed. */
export function nextProductVersionStatus(
  status: ProductVersionStatus,
  move: ProductVersionMove,
): ProductVersionStatus {
  const { from, to }: Move = productVersionMoves[move]
  if (!from.includes(status)) throw new DomainError('INVALID_TRANSITION', { status, move })
  return to
}

/** What this actor could do next, for the consoles' buttons. */
export function movesOpenTo(actor: Actor, status: ProductVersionStatus): ProductVersionMove[] {
  return moveNames().filter((name) => {
    const move: Move = productVersionMoves[name]
    return move.from.includes(status) && can(actor, move.action)
  })
}

function moveNames(): ProductVersionMove[] {
  return Object.keys(productVersionMoves) as ProductVersionMove[]
}
