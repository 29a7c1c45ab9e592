import { createRoute, z } from '@hono/zod-openapi'
import { answer, anybody, count, day, instant, month, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import { parseMonth } from '#kernel/period.ts'
import { listSeals, type SealRow } from '#metering/index.ts'

const Seal = z
  .object({
    seal_id: z.string().openapi({ description: 'As a statement names it in part J' }),
    product_id: z.string().openapi({ description: '`-` for attempts without a product' }),
    day,
    supplement: z.int().openapi({ description: '0 seals the day, 1 … what was committed later' }),
    sequence: count.openapi({ description: 'Place in the chain of the product' }),
    previous_digest: z.string().nullable(),
    root: z.string(),
    subtrees: z.int(),
    events: count,
    attempts: count,
    billed: count,
    content: z.string().openapi({ description: 'The canonical JSON that is digested and signed' }),
    digest: z.string(),
    key_id: z.string(),
    signature: z.string(),
    sealed_at: instant,
  })
  .openapi('UsageSeal')

const Seals = z
  .object({ form: z.literal('usage-seals/1'), month, seals: z.array(Seal) })
  .openapi('UsageSeals')

const sealsRoute = createRoute({
  method: 'get',
  path: '/v1/seals',
  ...anybody,
  tags: ['Verification'],
  summary: 'The published seals of a month: keep them, and nobody can change what was used unseen',
  request: { query: z.object({ month }) },
  responses: { 200: answer(Seals, 'All seals of the month'), ...refusals(422) },
})

export const sealRoutes = newRouter().openapi(sealsRoute, async (c) => {
  const asked = parseMonth(c.req.valid('query').month)
  const seals = await listSeals(c.var.deps, asked)
  const told = {
    form: 'usage-seals/1' as const,
    month: asked as string,
    seals: seals.map(sealText),
  }
  return c.json(wire(told), 200)
})

function sealText(seal: SealRow) {
  const { sealId, productId, day, supplement, previousDigest, root, subtrees, content } = seal
  const { digest, keyId, signature, sealedAt } = seal
  return {
    ...{ sealId, productId, day, supplement, previousDigest, root, subtrees, content },
    ...{ digest, keyId, signature, sealedAt },
    sequence: String(seal.sequence),
    events: String(seal.events),
    attempts: String(seal.attempts),
    billed: String(seal.billed),
  }
}
