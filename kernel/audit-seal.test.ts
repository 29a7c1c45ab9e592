import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testContext, useDatabase } from '#tests/harness/index.ts'
import { audit } from './audit.ts'
import { sealAuditEntries, verifyAuditSeals } from './audit-seal.ts'
import { loadKeyRing } from './crypto/key-ring.ts'
import { inTransaction } from './database.ts'

const database = useDatabase()
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))

async function writeEntries(count: number): Promise<void> {
  const ctx = testContext({ db: database.db })
  for (let index = 0; index < count; index += 1) {
    await inTransaction(ctx.db, (tx) =>
      audit(tx, ctx, {
        action: 'bill:issue',
        objectType: 'bill',
        objectId: `bill-${index}`,
        detail: { amountFen: 100n, b: 1, a: 2 },
      }),
    )
  }
}

test('every audit row is sealed once, in a chain that verifies', async () => {
  const ctx = { ...testContext({ db: database.db }), keys }
  await writeEntries(3)
  expect(await sealAuditEntries(ctx)).toBe(3)
  await writeEntries(2)
  const sealed = await Promise.all([sealAuditEntries(ctx), sealAuditEntries(ctx)])
  expect(new Set(sealed)).toEqual(new Set([0, 2]))
  expect(await verifyAuditSeals(database.db, keys)).toEqual({
    kind: 'intact',
    seals: 2,
    entries: 5,
  })
})

test('a changed row, a removed row and a row hidden from the sealer are each found', async () => {
  const ctx = { ...testContext({ db: database.db }), keys }
  await writeEntries(2)
  await sealAuditEntries(ctx)
  await writeEntries(1)
  await database.db.deleteFrom('kernel.audit_waiting').execute()
  expect(await verifyAuditSeals(database.db, keys)).toEqual({ kind: 'entries_lost', count: 1n })
  await database.ownerDb
    .updateTable('kernel.audit_entry')
    .set({ object_id: 'bill-9' })
    .where('object_id', '=', 'bill-1')
    .execute()
  expect(await verifyAuditSeals(database.db, keys)).toMatchObject({
    kind: 'broken',
    reason: 'an entry was changed or removed',
  })
})
