import { auditRefusal } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { addMonths, monthOf, monthPeriod } from '#kernel/period.ts'
import {
  acceptUsageBatch,
  type BatchReceipt,
  type BatchSource,
  type SignedBatch,
  type UsageEvent,
} from '#metering/index.ts'
import { judgeReported, type ReportedUse } from './judge-reported.ts'
import { listReportedSubscriptions, listReportedVersions } from './reported-facts.queries.ts'

/** A source's clock may be so far ahead of ours. */
const aheadMs = 60_000
/** Bills look back so far for what comes late. */
const lateMonths = 11

/**
 * Takes in a signed batch of a sandbox or privacy-computing job of the platform, the only way in beside the
 * gateway. A refused one leaves its audit row and nothing else. Errors: those of acceptUsageBatch,
 * BATCH_EVENT_REFUSED.
 */
export async function submitUsageBatch(
  ctx: Context & Readonly<{ keys: Pick<KeyRing, 'sign'> }>,
  input: Readonly<{ batch: SignedBatch; uses: readonly ReportedUse[] }>,
): Promise<BatchReceipt> {
  const { batch, uses } = input
  // Who asks is proved by the signature alone, whatever else the request carries.
  const source: Context = { ...ctx, actor: { kind: 'system', job: 'usage-batch' } }
  try {
    return await acceptUsageBatch(source, batch, {
      judge: (tx, of) => judgeAll(tx, ctx, { source: of, uses }),
      sign: (bytes) => ctx.keys.sign('receipt', bytes),
    })
  } catch (error) {
    if (error instanceof DomainError)
      await auditRefusal(source, {
        action: 'usage_batch:accepted',
        objectType: 'batch_source',
        objectId: batch.sourceId,
        detail: { sequence: batch.sequence, code: error.code, ...error.detail },
      })
    throw error
  }
}

async function judgeAll(
  tx: Tx,
  ctx: Context,
  of: Readonly<{ source: BatchSource; uses: readonly ReportedUse[] }>,
): Promise<UsageEvent[]> {
  const { source, uses } = of
  const now = ctx.clock.now()
  const subscriptions = await listReportedSubscriptions(
    tx,
    uses.map((use) => use.subscriptionId),
  )
  const versions = await listReportedVersions(
    tx,
    uses.map((use) => use.productVersionId),
  )
  const oldest = monthPeriod(addMonths(monthOf(now), -lateMonths)).from
  return uses.map((use, index) => {
    const judged = judgeReported(use, {
      sourceId: source.sourceId,
      productVersionIds: source.productVersionIds,
      acceptFromMs: oldest.getTime(),
      acceptToMs: now.getTime() + aheadMs,
      subscription: subscriptions.get(use.subscriptionId),
      version: versions.get(use.productVersionId),
    })
    if (judged.kind === 'refused')
      throw new DomainError('BATCH_EVENT_REFUSED', { index, reason: judged.reason })
    return judged.event
  })
}
