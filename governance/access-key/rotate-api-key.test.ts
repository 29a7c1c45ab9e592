import { expect, test } from 'vitest'
import { doBeside, useDatabase } from '#tests/harness/index.ts'
import { buildBillingCity } from '#tests/builders/billing.ts'
import { addBuyer, buildOperatingCity } from '#tests/builders/governance.ts'
import { moneyFromFen } from '#kernel/money.ts'
import { capApiKey } from './cap-api-key.ts'
import { createApiKey } from './create-api-key.ts'
import { keyStanding } from './key-standing.ts'
import { listApiKeys } from './list-api-keys.ts'
import { revokeApiKey } from './revoke-api-key.ts'
import { rotateApiKey } from './rotate-api-key.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })
const dayMs = 86_400_000

async function setUp() {
  const city = await buildOperatingCity(database.db)
  const buyer = await addBuyer(city, '甲公司')
  const { keyId, key } = await createApiKey(buyer, {
    mode: 'sandbox',
    scopes: ['data:call'],
    name: '批量核验',
    networks: ['10.0.0.0/8'],
    expiresAt: new Date(city.clock.now().getTime() + 90 * dayMs),
    subscription: null,
  })
  // Ids of one millisecond have no order among them.
  city.clock.advance(1)
  return { city, buyer, keyId, key }
}

test('the second key has the binding of the first, and the first ends with the overlap', async () => {
  const { city, buyer, keyId, key } = await setUp()
  const start = city.clock.now()
  const rotated = await rotateApiKey(buyer, { keyId })
  expect(rotated.key).not.toBe(key)
  expect(rotated.overlapEndsAt).toEqual(new Date(start.getTime() + dayMs))
  const pair = async () => (await listApiKeys(buyer, {})).items
  const [second, first] = await pair()
  expect([first?.standing, second?.standing]).toEqual(['retiring', 'active'])
  expect(second).toMatchObject({
    id: rotated.keyId,
    rotatesKeyId: keyId,
    name: '批量核验',
    networks: ['10.0.0.0/8'],
    scopes: ['data:call'],
    mode: 'sandbox',
    expiresAt: first?.expiresAt,
  })
  city.clock.advance(dayMs - 1)
  expect((await pair())[1]?.standing).toBe('retiring')
  city.clock.advance(1)
  expect((await pair()).map((each) => each.standing)).toEqual(['active', 'expired'])
  // The pair is over: the second may be rotated in its turn.
  expect((await rotateApiKey(buyer, { keyId: rotated.keyId })).kind).toBe('rotated')
})

test('neither key of a pair is rotated while both are valid; one of two that race wins', async () => {
  const { city, buyer, keyId } = await setUp()
  const races = await Promise.allSettled(
    Array.from({ length: 5 }, () => rotateApiKey(buyer, { keyId })),
  )
  const won = races.filter((each) => each.status === 'fulfilled')
  expect(won).toHaveLength(1)
  for (const lost of races.filter((each) => each.status === 'rejected'))
    expect(lost.reason).toEqual(refused('KEY_BEING_ROTATED'))
  const second = won[0]?.value.keyId ?? keyId
  await expect(rotateApiKey(buyer, { keyId: second })).rejects.toEqual(refused('KEY_BEING_ROTATED'))
  // A second key that leaked at once is revoked, and the first rotated again.
  await revokeApiKey(buyer, { keyId: second })
  await expect(rotateApiKey(buyer, { keyId: second })).rejects.toEqual(refused('KEY_NOT_ACTIVE'))
  expect((await rotateApiKey(buyer, { keyId })).kind).toBe('rotated')
  city.clock.advance(dayMs)
  await expect(rotateApiKey(buyer, { keyId })).rejects.toEqual(refused('KEY_NOT_ACTIVE'))
})

test('the overlap is none, up to thirty days, or refused; only its buyer rotates a key', async () => {
  const { city, buyer, keyId } = await setUp()
  for (const overlapSeconds of [-1, 0.5, 30 * 86_400 + 1])
    await expect(rotateApiKey(buyer, { keyId, overlapSeconds })).rejects.toEqual(
      refused('VALIDATION_FAILED'),
    )
  const other = await addBuyer(city, '乙公司')
  await expect(rotateApiKey(other, { keyId })).rejects.toEqual(refused('NOT_FOUND'))
  await expect(rotateApiKey(city.head, { keyId })).rejects.toEqual(refused('FORBIDDEN'))
  const { keyId: second } = await rotateApiKey(buyer, { keyId, overlapSeconds: 0 })
  const standings = (await listApiKeys(buyer, {})).items.map((each) => [each.id, each.standing])
  expect(standings).toEqual([
    [second, 'active'],
    [keyId, 'expired'],
  ])
  const longest = await rotateApiKey(buyer, { keyId: second, overlapSeconds: 30 * 86_400 })
  expect(longest.overlapEndsAt.getTime() - city.clock.now().getTime()).toBe(30 * dayMs)
})

test('a cap set while the last of several keys is rotated holds for the new one too', async () => {
  const city = await buildBillingCity(database)
  const { buyer, clock, buyerId, subscriptionId } = city
  const { keyId } = await createApiKey(buyer, {
    ...{ mode: 'live', scopes: ['data:call'], name: '生产' },
    subscription: {
      ...{ id: subscriptionId, buyerId, status: 'active' },
      endsAt: new Date(clock.now().getTime() + 90 * dayMs),
    },
  })
  const second = await rotateApiKey(buyer, { keyId, overlapSeconds: 0 })
  const third = await rotateApiKey(buyer, { keyId: second.keyId, overlapSeconds: 0 })
  await doBeside(
    [(ctx) => rotateApiKey(ctx, { keyId: third.keyId }), buyer],
    [(ctx) => capApiKey(ctx, { keyId, monthlySpendMaxFen: moneyFromFen(100n) }), buyer],
  )
  const caps = (await listApiKeys(buyer, {})).items.map((key) => key.monthlySpendMaxFen)
  expect(caps).toEqual([100n, 100n, 100n, 100n])
})

test('the text of the second key is in the answer and nowhere else', async () => {
  const { city, buyer, keyId } = await setUp()
  const { key } = await rotateApiKey(buyer, { keyId })
  const rows = await city.db.selectFrom('governance.api_key').selectAll().execute()
  const audited = await city.db.selectFrom('kernel.audit_entry').select('detail').execute()
  expect(JSON.stringify([rows, audited])).not.toContain(key)
})

const at = new Date('2026-06-15T04:00:00.000Z')
const justAfter = new Date('2026-06-15T04:00:00.001Z')
const none = { revokedAt: null, suspendedAt: null, expiresAt: null, overlapEndsAt: null }
test.each([
  ['nothing is set', none, 'active'],
  ['it is followed and the overlap runs', { ...none, overlapEndsAt: justAfter }, 'retiring'],
  ['the overlap ends now', { ...none, overlapEndsAt: at }, 'expired'],
  ['it expires in a millisecond', { ...none, expiresAt: justAfter }, 'active'],
  ['it expires now', { ...none, expiresAt: at }, 'expired'],
  ['it is suspended', { ...none, suspendedAt: at }, 'suspended'],
  ['it is suspended and expired', { ...none, suspendedAt: at, expiresAt: at }, 'expired'],
  ['it is revoked, whatever else', { ...none, revokedAt: at, suspendedAt: at }, 'revoked'],
])('a key is told where it stands when %s', (_when, key, standing) => {
  expect(keyStanding(key, at)).toBe(standing)
})
