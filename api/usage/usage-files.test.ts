import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/context.ts'
import { newId } from '#kernel/ids.ts'
import { metered, useMeteredCity } from '#tests/builders/metered-city.ts'
import { type VerificationFiles, verifiedCity } from '#tests/builders/verified-city.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'

const database = useDatabase()
const redis = useRedis()
const city = useMeteredCity(database, redis)
const doors = verifiedCity(database, city)
let files: VerificationFiles
beforeEach(async () => {
  files = await doors.makeFiles()
})

const usageKey = (scopes: readonly 'usage:read'[] | readonly 'bill:read'[]): Actor => ({
  ...{ kind: 'api_key', keyId: newId('key', city.clock) },
  ...{ organizationId: metered.buyerId, scopes },
})

describe('the files', () => {
  test('are for the buyer and its usage keys, the export for who supervises', async () => {
    const of = async (path: string, actor?: Actor) =>
      (await doors.ask(`${path}?month=2026-06`, actor)).status
    for (const path of ['/v1/usage/proof', '/v1/usage/calls.csv']) {
      expect(await of(path)).toBe(401)
      expect(await of(path, usageKey(['usage:read']))).toBe(200)
      expect(await of(path, usageKey(['bill:read']))).toBe(403)
      expect(await of(path, doors.finance())).toBe(403)
      expect(await of(path, doors.person('operator', 'operator_head'))).toBe(403)
    }
    expect(await of('/v1/usage/export', doors.buyer())).toBe(403)
    expect(await of('/v1/usage/export', usageKey(['usage:read']))).toBe(403)
    expect(await of('/v1/seals')).toBe(200)
    expect((await doors.ask('/v1/seals?month=2026-13')).status).toBe(422)
  })

  test('hold only one’s own calls', async () => {
    const theirs = await doors.read(
      '/v1/usage/calls.csv?month=2026-06',
      doors.person('buyer', 'buyer_admin', metered.otherBuyerId),
    )
    expect(theirs).not.toContain(metered.buyerId)
    expect(theirs.trim().split('\r\n')).toHaveLength(4)
  })

  test('are opened by spreadsheets as UTF-8 and hold no formula', () => {
    expect(files.calls.startsWith('\uFEFF计量编号（event_id）,')).toBe(true)
    expect(files.calls).toContain(`"'=SUM(""0"")"`)
  })

  test('are the same bytes after a restart and another sealing', async () => {
    await doors.seal()
    expect(await doors.read('/v1/seals?month=2026-06')).toBe(files.seals)
    const withoutTime = (text: string) => text.replace(/"madeAt":"[^"]*"/, '')
    expect(withoutTime(await doors.read('/v1/usage/export?month=2026-06', doors.finance()))).toBe(
      withoutTime(files.export),
    )
  })
})

test('the public page shows every seal of a month in both languages, without a script', async () => {
  const { seals } = JSON.parse(files.seals) as {
    seals: { root: string; previous_digest: string | null; key_id: string; events: string }[]
  }
  expect(seals.length).toBe(5)
  for (const language of ['zh', 'en']) {
    const page = await doors.read(`/seals?lang=${language}`)
    for (const { root, previous_digest: previous, key_id: keyId } of seals) {
      expect(page).toContain(root)
      expect(page).toContain(keyId)
      expect(page).toContain(previous ?? (language === 'zh' ? '首份' : 'the first'))
    }
    expect(page).not.toContain('<script')
    expect(page).toContain('/v1/seals?month=2026-06')
    expect(page).toContain('/v1/public-keys')
  }
  expect(await doors.read('/seals')).toContain('补封 1')
  expect(await doors.read('/seals?month=2031-01')).toContain('本月还没有封存')
  expect((await doors.ask('/seals?month=never')).status).toBe(422)
  expect(await doors.read('/')).toContain('href="/seals"')
  expect(await doors.read('/verify-usage.mjs')).toBe(readFileSync('tools/verify-usage.mjs', 'utf8'))
})
