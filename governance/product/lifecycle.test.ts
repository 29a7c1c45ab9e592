import { expect, test } from 'vitest'
import fc from 'fast-check'
import { systemClock } from '#kernel/clock.ts'
import type { Actor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { can, roles } from '#kernel/permissions.ts'
import { useDatabase } from '#tests/harness/index.ts'
import {
  approveScenario,
  buildOperatingCity,
  draftVersion,
  type OperatingCity,
  passedReview,
} from '#tests/builders/governance.ts'
import {
  cancelProductVersion,
  delistProduct,
  resumeProduct,
  suspendProduct,
} from './change-listing.ts'
import { decideFiling } from './decide-filing.ts'
import {
  movesOpenTo,
  nextProductVersionStatus,
  type ProductVersionMove,
  productVersionMoves,
  type ProductVersionStatus,
  productVersionStatuses,
} from './lifecycle.ts'
import { listProductVersion } from './list-product-version.ts'
import { reviewOutbound } from './review-outbound.ts'
import { submitFiling } from './submit-filing.ts'
import { submitForOutboundReview } from './submit-for-outbound-review.ts'

const moveNames = Object.keys(productVersionMoves) as ProductVersionMove[]

test('no walk through the table reaches "listed" without a passed review and a confirmed filing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...moveNames), { maxLength: 60 }), (walk) => {
      let status: (typeof productVersionStatuses)[number] = 'draft'
      let done: ProductVersionMove[] = []
      for (const move of walk) {
        const { from }: { from: readonly string[] } = productVersionMoves[move]
        if (!from.includes(status)) continue
        status = nextProductVersionStatus(status, move)
        // A returned filing takes back the approval that stood before it.
        done = move === 'return_filing' ? [] : [...done, move]
        if (status !== 'listed') continue
        expect(done).toEqual(expect.arrayContaining(['pass_review', 'confirm_filing', 'list']))
        expect(done.indexOf('pass_review')).toBeLessThan(done.indexOf('confirm_filing'))
      }
    }),
    { numRuns: 2000 },
  )
})

test('a draft older than the rule of consent is not submitted with personal information (R88)', async () => {
  const city = await buildOperatingCity(database.db)
  const version = await draftVersion(city, [await approveScenario(city)])
  await database.ownerDb
    .updateTable('governance.product_version')
    .set({ contains_personal_information: true })
    .where('id', '=', version.productVersionId)
    .execute()
  await expect(submitForOutboundReview(city.maker, version)).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    detail: { fields: [{ field: 'content.delivery.consentParameter', reason: 'required' }] },
  })
})

function reached(status: ProductVersionStatus, move: ProductVersionMove): string {
  try {
    return nextProductVersionStatus(status, move)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.code
  }
}

test.each(productVersionStatuses)(
  'from %s exactly the moves of the table are allowed',
  (status) => {
    for (const move of moveNames) {
      const { from, to }: { from: readonly string[]; to: string } = productVersionMoves[move]
      expect(reached(status, move)).toBe(from.includes(status) ? to : 'INVALID_TRANSITION')
    }
  },
)

test('the moves a person is offered are those the matrix lets the person make', () => {
  for (const role of roles) {
    const actor: Actor = {
      kind: 'person',
      personId: newId('person', systemClock),
      organizationId: newId('org', systemClock),
      organizationKind: 'operator',
      roles: [role],
      name: role,
    }
    for (const move of movesOpenTo(actor, 'listed'))
      expect(can(actor, productVersionMoves[move].action)).toBe(true)
  }
})

const database = useDatabase()

type Step = (
  city: OperatingCity,
  id: Readonly<{ productVersionId: Id<'pver'> }>,
) => Promise<unknown>
const steps = {
  submit_review: (city, id) => submitForOutboundReview(city.maker, id),
  pass_review: (city, id) => reviewOutbound(city.checker, { ...id, ...passedReview }),
  fail_review: (city, id) =>
    reviewOutbound(city.checker, { ...id, ...passedReview, verdict: 'failed' }),
  file: (city, id) => submitFiling(city.maker, id),
  confirm_filing: (city, id) => decideFiling(city.dataBureau, { ...id, verdict: 'confirmed' }),
  return_filing: (city, id) =>
    decideFiling(city.dataBureau, { ...id, verdict: 'returned', reason: '缺件' }),
  list: (city, id) =>
    listProductVersion(city.head, {
      ...id,
      pricing: { chargeable: true, posted: true },
    }),
  suspend: (city, id) => suspendProduct(city.head, { ...id, reason: '核查' }),
  resume: (city, id) => resumeProduct(city.head, { ...id, reason: '恢复' }),
  delist: (city, id) => delistProduct(city.head, { ...id, reason: '下架' }),
  cancel: (city, id) => cancelProductVersion(city.maker, { ...id, reason: '作废' }),
} satisfies Record<ProductVersionMove, Step>

test('the verbs, called in any order, leave a listed version only with both approvals of its content', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  let walks = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...moveNames), { minLength: 5, maxLength: 14 }),
      async (walk) => {
        walks += 1
        const id = await draftVersion(city, [scenarioId], { code: `walked-${walks}` })
        // Half of the walks begin on the way to the market, or chance would seldom lead there.
        const start: ProductVersionMove[] =
          walks % 2 === 0 ? ['submit_review', 'pass_review', 'file', 'confirm_filing'] : []
        for (const move of [...start, ...walk]) {
          await steps[move](city, id).catch((error: unknown) => {
            if (!(error instanceof DomainError)) throw error
          })
        }
        await expectApproved(city)
      },
    ),
    { numRuns: 12 },
  )
}, 60_000)

async function expectApproved(city: OperatingCity): Promise<void> {
  const listed = await city.db
    .selectFrom('governance.product_version as v')
    .leftJoin('governance.outbound_review as r', (join) =>
      join
        .onRef('r.product_version_id', '=', 'v.id')
        .onRef('r.content_digest', '=', 'v.content_digest')
        .on('r.verdict', '=', 'passed'),
    )
    .leftJoin('governance.filing as f', (join) =>
      join
        .onRef('f.product_version_id', '=', 'v.id')
        .onRef('f.content_digest', '=', 'v.content_digest')
        .on('f.verdict', '=', 'confirmed'),
    )
    .select(['v.id', 'r.reviewed_by', 'f.number'])
    .where('v.status', 'in', ['listed', 'suspended'])
    .execute()
  for (const version of listed) {
    expect(version.reviewed_by).not.toBeNull()
    expect(version.number).not.toBeNull()
  }
}
