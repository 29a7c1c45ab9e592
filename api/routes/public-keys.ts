import { createRoute, z } from '@hono/zod-openapi'
import { answer, anybody, instant } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'

const PublicKeys = z
  .object({
    keys: z.array(
      z.object({
        key_id: z.string(),
        purpose: z.enum(['receipt', 'seal', 'statement', 'audit']),
        algorithm: z.literal('ed25519'),
        public_key: z.string().openapi({ description: 'The 32 raw bytes in base64url' }),
        made_at: instant,
        is_current: z.boolean(),
      }),
    ),
  })
  .openapi('PublicKeys')

const readRoute = createRoute({
  method: 'get',
  path: '/v1/public-keys',
  ...anybody,
  tags: ['Verification'],
  summary:
    'Keys by which receipts, seals, statements and the audit log are verified, replaced ones too',
  responses: { 200: answer(PublicKeys, 'All keys ever used') },
})

export const publicKeyRoutes = newRouter().openapi(readRoute, (c) =>
  c.json(wire({ keys: [...c.var.deps.keys.publicKeys()] }), 200),
)
