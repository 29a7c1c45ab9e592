import { audit } from '#kernel/audit.ts'
import type { Context, PersonActor } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { inTransaction, type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { revenueSplit } from '#billing/ledger/templates.ts'
import { ownOperator } from '#billing/own.ts'
import { insertTreasuryNotice, type TreasuryNotice } from '#billing/treasury/treasury-notice.ts'
import { signedBytes } from './signed-text.ts'
import {
  type SigningStep,
  type StatementMove,
  statementMoves,
  type StatementStatus,
} from './statement-lifecycle.ts'
import {
  findStatementHeads,
  listSignatures,
  lockStanding,
  saveStatus,
} from './statement.queries.ts'
import type { StatementHead, StatementSignature } from './statement.ts'

export type SignStatement = Readonly<{
  versionId: Id<'sver'>
  step: SigningStep
  opinion: string
  /** The digest of what the signer has seen; another one is refused. */
  contentDigest: string
  /** When this person last gave the password; must be within five minutes. */
  reauthenticatedAt: Date
  /** With the step `review`, if the payment code is known already. */
  treasuryNotice?: TreasuryNotice
}>
export type SignStatementResult = Readonly<{
  kind: 'signed' | 'already_signed'
  status: StatementStatus
  signedAt: Date
}>

const passwordValidMs = 5 * 60_000

/**
 * One of the five signatures (R72), by a person with that duty who has just given the password
 * again. Steps follow statementMoves and none is skipped; five different people over all versions,
 * kept by statement_signature_five_people. The review locks the version, books the government share
 * and, where the payment code is known, gives notice of the payment. Errors: PASSWORD_RECHECK_FAILED,
 * NOT_FOUND, CONFLICT for another content, INVALID_TRANSITION, SAME_PERSON_TWICE.
 */
export async function signStatement(
  ctx: Context & Readonly<{ keys: KeyRing }>,
  input: SignStatement,
): Promise<SignStatementResult> {
  const move = moveOf(input.step)
  requirePermission(ctx, move.permission)
  const actor = personOf(ctx)
  requireFreshPassword(ctx, input.reauthenticatedAt)
  try {
    return await inTransaction(ctx.db, (tx) =>
      signInTransaction(tx, ctx, { ...input, move, actor }),
    )
  } catch (error) {
    if (violatedConstraint(error) === 'statement_signature_five_people')
      throw new DomainError('SAME_PERSON_TWICE', { step: input.step })
    throw error
  }
}

type Signing = SignStatement & Readonly<{ move: StatementMove; actor: PersonActor }>

async function signInTransaction(
  tx: Tx,
  ctx: Context & Readonly<{ keys: KeyRing }>,
  input: Signing,
): Promise<SignStatementResult> {
  const standing = await lockStanding(tx, input.versionId)
  const [head] = await findStatementHeads(tx, { versionId: input.versionId })
  if (standing === undefined || head === undefined || !isOwn(ctx, head))
    throw new DomainError('NOT_FOUND')
  const signed = await listSignatures(tx, input.versionId)
  const earlier = signed.find((signature) => signature.step === input.step)
  if (earlier?.personId === input.actor.personId)
    return { kind: 'already_signed', status: standing.status, signedAt: earlier.signedAt }
  if (standing.status !== input.move.from)
    throw new DomainError('INVALID_TRANSITION', { status: standing.status, step: input.step })
  if (head.contentDigest !== input.contentDigest)
    throw new DomainError('CONFLICT', { reason: 'another_content_was_seen' })
  const signature = await insertSignature(tx, ctx, { ...input, head })
  const { signedAt } = signature
  await saveStatus(tx, { versionId: input.versionId, status: input.move.to, at: signedAt })
  if (input.step === 'review') await bookLocked(tx, ctx, { head, notice: input.treasuryNotice })
  await audit(tx, ctx, {
    action: input.move.permission,
    objectType: 'statement_version',
    objectId: input.versionId,
    detail: { number: head.number, step: input.step, contentDigest: head.contentDigest },
  })
  await announce(tx, ctx.clock, {
    kind: `statement.${input.move.to}`,
    jobId: `statement-${input.move.to}-${input.versionId}`,
    payload: {
      statementId: head.statementId,
      versionId: input.versionId,
      number: head.number,
      operatorId: head.operatorId,
    },
  })
  return { kind: 'signed', status: input.move.to, signedAt }
}

async function insertSignature(
  tx: Tx,
  ctx: Context & Readonly<{ keys: KeyRing }>,
  input: Signing & Readonly<{ head: StatementHead }>,
): Promise<StatementSignature> {
  const { name } = await tx
    .selectFrom('governance.organization')
    .select('name')
    .where('id', '=', input.actor.organizationId)
    .executeTakeFirstOrThrow()
  const facts = {
    step: input.step,
    personId: input.actor.personId,
    personName: input.actor.name,
    organizationId: input.actor.organizationId,
    organizationName: name,
    opinion: input.opinion.trim(),
    signedAt: ctx.clock.now(),
    contentDigest: input.head.contentDigest,
  }
  const signature = ctx.keys.sign('statement', signedBytes({ head: input.head, signature: facts }))
  const keyId = signature.split(':')[1] ?? ''
  await tx
    .insertInto('billing.statement_signature')
    .values({
      version_id: input.versionId,
      statement_id: input.head.statementId,
      step: facts.step,
      person_id: facts.personId,
      organization_id: facts.organizationId,
      person_name: facts.personName,
      organization_name: facts.organizationName,
      opinion: facts.opinion,
      signed_at: facts.signedAt,
      content_digest: facts.contentDigest,
      key_id: keyId,
      signature,
    })
    .execute()
  return { ...facts, keyId, signature }
}

/** Locked: what the treasury is owed is booked once, by ledger_transaction_once. */
async function bookLocked(
  tx: Tx,
  ctx: Context,
  input: Readonly<{ head: StatementHead; notice: TreasuryNotice | undefined }>,
): Promise<void> {
  const { head } = input
  await postEntry(
    tx,
    ctx.clock,
    revenueSplit({
      statementVersionId: head.versionId,
      operatorId: head.operatorId,
      governmentShareFen: head.governmentShareFen,
      occurredAt: ctx.clock.now(),
      memo: `Statement ${head.number} version ${head.version}`,
    }),
  )
  if (input.notice !== undefined) await insertTreasuryNotice(tx, ctx, { head, ...input.notice })
}

function moveOf(step: SigningStep): StatementMove {
  const move = statementMoves.find((each) => each.step === step)
  invariant(move !== undefined, 'every step is in the table of moves')
  return move
}

function personOf(ctx: Context): PersonActor {
  if (ctx.actor.kind !== 'person') throw new DomainError('FORBIDDEN', { reason: 'people_only' })
  return ctx.actor
}

function requireFreshPassword(ctx: Context, reauthenticatedAt: Date): void {
  const ageMs = ctx.clock.now().getTime() - reauthenticatedAt.getTime()
  if (ageMs < 0 || ageMs > passwordValidMs) throw new DomainError('PASSWORD_RECHECK_FAILED')
}

/** People of an operator have only their own statements; the bureaus have all. */
export function isOwn(ctx: Context, head: Pick<StatementHead, 'operatorId'>): boolean {
  const operatorId = ownOperator(ctx)
  return operatorId === undefined || operatorId === head.operatorId
}
