import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import { actorOf } from '#api/context.ts'
import type { AppEnv } from '#api/deps.ts'
import { actorId } from '#kernel/context.ts'
import type { Clock } from '#kernel/clock.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'

type Claim = Readonly<{ scope: string; route: string; key: string }>
type Deps = Readonly<{ db: Database; clock: Clock; keys: KeyRing }>

const StoredAnswer = z.object({ body: z.string(), contentType: z.string() })

/**
 * A POST with an `Idempotency-Key` is done once: the same request again gets the same answer, and while the
 * first still runs, or with another body, it gets a 409. Only what succeeded is kept, so a corrected request
 * may use its key again; an answer with a secret is remembered, but never kept.
 * Errors: IDEMPOTENCY_IN_FLIGHT, IDEMPOTENCY_BODY_CONFLICT, IDEMPOTENCY_SECRET_SHOWN_ONCE.
 */
export const idempotentPosts = createMiddleware<AppEnv>(async (c, next) => {
  const key = c.req.header('idempotency-key')
  if (c.req.method !== 'POST' || key === undefined) return next()
  const actor = await actorOf(c)
  if (actor.kind === 'anonymous') return next()
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) refuseValue('Idempotency-Key', 'not_a_key')
  const { deps } = c.var
  const claim = { scope: actorId(actor), route: `POST ${c.req.path}`, key }
  // Of a copy, so that a route still reads its form or its file as it came.
  const bytes = new Uint8Array(await c.req.raw.clone().arrayBuffer())
  const earlier = await takeClaim(deps, { claim, bytes })
  if (earlier) {
    c.header('idempotent-replayed', 'true')
    return c.body(earlier.body, earlier.status as 200, { 'content-type': earlier.contentType })
  }
  // An error of a route is already an answer here; an error above it leaves the claim open, which is told.
  await next()
  if (!c.res.ok) return releaseClaim(deps.db, claim)
  const body = c.var.carriesSecret ? undefined : await c.res.clone().text()
  await keepAnswer(deps.db, {
    claim,
    status: c.res.status,
    answer:
      body === undefined
        ? undefined
        : { body, contentType: c.res.headers.get('content-type') ?? '' },
  })
})

type Earlier = Readonly<{ status: number; body: string; contentType: string }>

/** Undefined: this request is the first. Else the answer that the first one got. */
async function takeClaim(
  { db, clock, keys }: Deps,
  { claim, bytes }: { claim: Claim; bytes: Uint8Array },
): Promise<Earlier | undefined> {
  const taken = await db
    .insertInto('kernel.idempotency')
    .values({
      ...claim,
      // Keyed: the digest of a short body would tell what stood in it.
      request_digest: keys.hmac('request_digest', bytes),
      recorded_at: clock.now(),
    })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst()
  if (taken.numInsertedOrUpdatedRows === 1n) return undefined
  const first = await db
    .selectFrom('kernel.idempotency')
    .select(['request_digest', 'status', 'response'])
    .where('scope', '=', claim.scope)
    .where('route', '=', claim.route)
    .where('key', '=', claim.key)
    .executeTakeFirst()
  if (!first) throw new DomainError('IDEMPOTENCY_IN_FLIGHT')
  if (!keys.matchesHmac(first.request_digest, bytes))
    throw new DomainError('IDEMPOTENCY_BODY_CONFLICT')
  if (first.status === null) throw new DomainError('IDEMPOTENCY_IN_FLIGHT')
  if (first.response === null) throw new DomainError('IDEMPOTENCY_SECRET_SHOWN_ONCE')
  return { status: first.status, ...StoredAnswer.parse(first.response) }
}

async function releaseClaim(db: Database, claim: Claim): Promise<void> {
  await db
    .deleteFrom('kernel.idempotency')
    .where('scope', '=', claim.scope)
    .where('route', '=', claim.route)
    .where('key', '=', claim.key)
    .where('status', 'is', null)
    .execute()
}

async function keepAnswer(
  db: Database,
  kept: Readonly<{
    claim: Claim
    status: number
    answer: z.infer<typeof StoredAnswer> | undefined
  }>,
): Promise<void> {
  await db
    .updateTable('kernel.idempotency')
    .set({
      status: kept.status,
      response: kept.answer === undefined ? null : JSON.stringify(kept.answer),
    })
    .where('scope', '=', kept.claim.scope)
    .where('route', '=', kept.claim.route)
    .where('key', '=', kept.claim.key)
    .execute()
}
