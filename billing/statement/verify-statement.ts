import { audit } from '#kernel/audit.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import type { Context } from '#kernel/context.ts'
import { digest, matchesDigest } from '#kernel/crypto/digest.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { type Database, inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { dayOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { composeContent } from './compose-content.ts'
import { inputsOfVersion } from './regenerate.ts'
import { isOwn } from './sign-statement.ts'
import { isSignatureTrue } from './signed-text.ts'
import { findStatementHeads, getVersionContent, listSignatures } from './statement.queries.ts'

export type StatementProof = Readonly<{
  versionId: Id<'sver'>
  number: string
  version: number
  month: string
  /** Whether regenerating from its members gives the very bytes that were signed (R73). */
  holds: boolean
  storedDigest: string
  regeneratedDigest: string
  /** What does not hold, in words an operator of the platform reads. */
  faults: readonly string[]
}>

/**
 * Makes a version again from its members and compares the bytes, the digest and all signatures; with
 * `keys`, the signatures themselves too. Nothing is changed. Errors: NOT_FOUND.
 */
export async function verifyStatement(
  db: Database,
  versionId: Id<'sver'>,
  keys?: Pick<KeyRing, 'verify'>,
): Promise<StatementProof> {
  const [head] = await findStatementHeads(db, { versionId })
  if (head === undefined) throw new DomainError('NOT_FOUND')
  const { contentText } = await getVersionContent(db, versionId)
  const regenerated = await regeneratedText(db, versionId)
  const signatures = await listSignatures(db, versionId)
  const faults: string[] = []
  if (regenerated !== contentText) faults.push('its members give other figures')
  if (!matchesDigest(head.contentDigest, contentText)) faults.push('its digest is of other content')
  for (const signature of signatures) {
    if (signature.contentDigest !== head.contentDigest)
      faults.push(`the signature of step ${signature.step} is of another digest`)
    if (keys !== undefined && !isSignatureTrue(keys, { head, signature }))
      faults.push(`the signature of step ${signature.step} is not true`)
  }
  return {
    versionId,
    number: head.number,
    version: head.version,
    month: head.month,
    holds: faults.length === 0,
    storedDigest: head.contentDigest,
    regeneratedDigest: digest('sm3', regenerated),
    faults,
  }
}

/** The same for whoever may read statements. Errors: NOT_FOUND. */
export async function proveStatement(
  ctx: Context & Readonly<{ keys: KeyRing }>,
  versionId: Id<'sver'>,
): Promise<StatementProof> {
  requirePermission(ctx, 'statement:read')
  const [head] = await findStatementHeads(ctx.db, { versionId })
  if (head === undefined || !isOwn(ctx, head)) throw new DomainError('NOT_FOUND')
  return verifyStatement(ctx.db, versionId, ctx.keys)
}

/** A change of what was frozen may even keep a version from being made again; that is a fault, too. */
async function regeneratedText(db: Database, versionId: Id<'sver'>): Promise<string> {
  try {
    return canonicalJson(composeContent(await inputsOfVersion(db, versionId)))
  } catch (error) {
    return `not regenerated: ${error instanceof Error ? error.message : String(error)}`
  }
}

/**
 * The nightly proof (R73): the last two locked statements of each operator and one older one by
 * chance. A difference is audited and announced as `statement.differs`.
 */
export async function proveStatements(
  ctx: Context & Readonly<{ keys: KeyRing }>,
  random: () => number = Math.random,
): Promise<Readonly<{ proofs: readonly StatementProof[]; holds: boolean }>> {
  requirePermission(ctx, 'statement:prove')
  const heads = (await findStatementHeads(ctx.db, {})).filter(
    (head) => head.status === 'locked' || head.status === 'treasury_paid',
  )
  const proofs: StatementProof[] = []
  for (const own of Map.groupBy(heads, (head) => head.operatorId).values()) {
    const older = own.slice(2)
    const chosen = [
      ...own.slice(0, 2),
      ...older.slice(Math.floor(random() * older.length)).slice(0, 1),
    ]
    for (const head of chosen) {
      const proof = await verifyStatement(ctx.db, head.versionId, ctx.keys)
      proofs.push(proof)
      if (!proof.holds) await report(ctx, proof, head.operatorId)
    }
  }
  return { proofs, holds: proofs.every((proof) => proof.holds) }
}

async function report(ctx: Context, proof: StatementProof, operatorId: string): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    await audit(tx, ctx, {
      action: 'statement:differs',
      objectType: 'statement_version',
      objectId: proof.versionId,
      detail: { faults: proof.faults, storedDigest: proof.storedDigest },
    })
    await announce(tx, ctx.clock, {
      kind: 'statement.differs',
      jobId: `statement-differs-${proof.versionId}-${dayOf(ctx.clock.now())}`,
      payload: { versionId: proof.versionId, number: proof.number, operatorId },
    })
  })
}
