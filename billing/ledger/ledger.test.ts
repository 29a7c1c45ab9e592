import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { movableClock } from '#kernel/clock.ts'
import { inTransaction } from '#kernel/database.ts'
import { moneyFromFen, sumMoney } from '#kernel/money.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { accountKind } from './accounts.ts'
import { sumBalances } from './ledger.queries.ts'
import { postEntry } from './post-entry.ts'
import { balance } from './posting.ts'
import { proveLedger } from './prove-ledger.ts'
import {
  billIssued,
  creditApplied,
  type LedgerEntry,
  paymentReceived,
  revenueSplit,
  treasuryPaid,
} from './templates.ts'

const of = {
  buyerId: 'org_b',
  operatorId: 'org_o',
  occurredAt: new Date('2026-07-01T00:00:00Z'),
  memo: '',
}
const amount = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(moneyFromFen)
const entry: fc.Arbitrary<LedgerEntry> = fc
  .tuple(amount, amount, fc.uuid())
  .chain(([a, b, id]) =>
    fc.constantFrom(
      billIssued({ ...of, billId: id, netFen: a, taxFen: b }),
      paymentReceived({ ...of, paymentId: id, allocatedFen: a, creditFen: b }),
      creditApplied({ ...of, allocationId: id, amountFen: a }),
      revenueSplit({ ...of, statementVersionId: id, governmentShareFen: a }),
      treasuryPaid({ ...of, treasuryPaymentId: id, amountFen: a }),
    ),
  )

test('postings of every template sum to zero, and every account has a kind', () => {
  fc.assert(
    fc.property(entry, ({ postings }) => {
      expect(sumMoney(postings.map((posting) => posting.amountFen))).toBe(0n)
      for (const posting of postings) {
        expect(posting.amountFen).not.toBe(0n)
        expect(accountKind(posting.account)).toBeDefined()
      }
    }),
  )
})

test('postings that do not sum to zero are our bug', () => {
  expect(() => balance([{ account: 'tax:vat', amountFen: moneyFromFen(1n) }])).toThrow(
    'sum to zero',
  )
})

describe('in the database', () => {
  const database = useDatabase('file')
  const clock = movableClock('2026-07-01T00:00:00Z')

  test('any entries leave balances that sum to zero', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (entries) => {
        await inTransaction(database.db, async (tx) => {
          for (const one of entries) await postEntry(tx, clock, one)
        })
        const balances = await sumBalances(database.db)
        expect(sumMoney(balances.map((row) => row.balanceFen))).toBe(0n)
      }),
      { numRuns: 15 },
    )
    expect((await proveLedger(database.db)).unbalanced).toEqual([])
  })

  test('a transaction that does not balance is refused at commit, whoever wrote it', async () => {
    const lopsided = inTransaction(database.db, async (tx) => {
      await tx
        .insertInto('billing.ledger_transaction')
        .values({
          id: 'txn_x',
          template: 'billIssued',
          reference: 'x',
          occurred_at: clock.now(),
          booked_at: clock.now(),
          memo: '',
        })
        .execute()
      await tx
        .insertInto('billing.ledger_account')
        .values({ address: 'tax:vat', kind: 'liability' })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await tx
        .insertInto('billing.posting')
        .values({
          transaction_id: 'txn_x',
          position: 1,
          account: 'tax:vat',
          amount_fen: 1n,
          booked_at: clock.now(),
        })
        .execute()
    })
    await expect(lopsided).rejects.toMatchObject({ constraint: 'posting_transaction_balances' })
  })

  test('a business event is booked once', async () => {
    const one = creditApplied({ ...of, allocationId: 'twice', amountFen: moneyFromFen(5n) })
    await inTransaction(database.db, (tx) => postEntry(tx, clock, one))
    await expect(
      inTransaction(database.db, (tx) => postEntry(tx, clock, one)),
    ).rejects.toMatchObject({ constraint: 'ledger_transaction_once' })
  })
})
