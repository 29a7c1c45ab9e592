import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '#kernel/context.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { digest } from '#kernel/crypto/digest.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { moneyFromFen, parseMoneyYuan } from '#kernel/money.ts'
import { parseDay, parseMonth } from '#kernel/period.ts'
import type { Role } from '#kernel/permissions.ts'
import {
  composeStatement,
  decideSplitRule,
  draftSplitRule,
  drillDown,
  getStatement,
  listStatementExceptions,
  listStatements,
  nextSigning,
  notifyTreasuryPayment,
  proveStatements,
  recordTreasuryPayment,
  returnStatement,
  type SigningStep,
  signStatement,
  simulateSplit,
  statementChanges,
  type StatementDocument,
  statementMoves,
  statementReadiness,
  sumBalances,
  verifyStatement,
} from '#billing/index.ts'
import { sealUsage } from '#metering/index.ts'
import { insertUsage, setWatermark } from '#tests/builders/usage.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { composeContent } from './compose-content.ts'
import { inputsOfVersion } from './regenerate.ts'
import { approveSampleRule, sampleRule, settleAugust } from '#tests/builders/statement-sample.ts'
import {
  insertPeople,
  makeStatementCity,
  type StatementCity,
} from '#tests/builders/statement-city.ts'

const database = useDatabase()
const keyDir = mkdtempSync(join(tmpdir(), 'statement-keys-'))
const keys = loadKeyRing(keyDir)
afterAll(() => rmSync(keyDir, { recursive: true }))

const september = parseMonth('2026-09')
const october = parseMonth('2026-10')

let city: StatementCity
let insurerBill: Id<'bill'>

beforeEach(async () => {
  city = await makeStatementCity(database.db)
  await approveSampleRule(city)
  insurerBill = await settleAugust(city)
  city.clock.set(new Date('2026-10-03T10:00:00+08:00'))
})

async function compose(month = september) {
  const composed = await composeStatement(city.as('operator_maker'), {
    operatorId: city.operatorId,
    month,
  })
  if (composed.kind === 'not_ready') throw new Error(JSON.stringify(composed.blockers))
  return composed
}

async function read(statementId: Id<'stmt'>): Promise<StatementDocument> {
  return getStatement(city.as('finance_bureau'), { statementId })
}

const roleOf: Record<SigningStep, Role> = {
  prepare: 'operator_maker',
  check: 'operator_checker',
  submit: 'operator_head',
  confirm: 'data_bureau',
  review: 'finance_bureau',
}

async function sign(
  versionId: Id<'sver'>,
  contentDigest: string,
  step: SigningStep,
  who?: Context,
) {
  const ctx = who ?? city.as(roleOf[step])
  await insertPeople(city.db, [ctx])
  return signStatement(
    { ...ctx, keys },
    { versionId, step, opinion: '同意', contentDigest, reauthenticatedAt: city.clock.now() },
  )
}

async function signAll(composed: { versionId: Id<'sver'>; contentDigest: string }) {
  for (const { step } of statementMoves)
    await sign(composed.versionId, composed.contentDigest, step)
}

describe('what a statement says', () => {
  test('every figure is the one worked out by hand', async () => {
    const { content } = await read((await compose()).statementId)
    expect(content.head).toMatchObject({ number: 'JS-2026-000001', version: '1', month: '2026-09' })
    expect(content.volume).toMatchObject([
      { productCode: 'housing-fund-credit', purposeClass: 'industry', calls: '1700' },
      { productCode: 'housing-fund-credit', purposeClass: 'public_interest', calls: '300' },
      { productCode: 'smart-parking', openingReading: '0', closingReading: '500' },
    ])
    expect(content.volume[0]).toMatchObject({
      billedCalls: '1600',
      freeCalls: '100',
      freeByReason: { not_found: '80', failed: '20' },
    })
    // 63.60 + 42.40 + 53.00 = 159.00; tax 3.60 + 2.40 + 3.00 = 9.00
    expect(content.receivables.total).toMatchObject({
      amountYuan: '159.00',
      taxYuan: '9.00',
      netYuan: '150.00',
    })
    // 0.00 + 159.00 − 127.20 − 0.00 = 31.80, which the insurer still owes
    expect(content.receipts.total).toEqual({
      openingYuan: '0.00',
      billedYuan: '159.00',
      receivedYuan: '127.20',
      writtenOffYuan: '0.00',
      closingYuan: '31.80',
    })
    // base 120.00: 100.00 × 30 % + 20.00 × 40 % = 38.00, of which 3/4 and 1/4
    expect(content.split).toMatchObject({
      baseYuan: '120.00',
      governmentYuan: '38.00',
      operatorYuan: '82.00',
      receivers: [
        { code: 'treasury', amountYuan: '28.50' },
        { code: 'platform', amountYuan: '9.50' },
      ],
    })
    // housing 60.00 + 20.00 over 0.7 / 0.3, parking 40.00 whole
    expect(content.attribution.totalYuan).toBe('120.00')
    expect(content.attribution.products.map((product) => product.amountYuan)).toEqual([
      '80.00',
      '40.00',
    ])
    expect(content.attribution.providers).toMatchObject([
      { providerName: '示例市住房公积金中心', amountYuan: '56.00' },
      { providerName: '示例市城市管理执法局', amountYuan: '64.00' },
    ])
    expect(content.cumulative).toMatchObject({
      receivedNetYuan: '120.00',
      governmentYuan: '38.00',
      permitted: { kind: 'not_verified' },
    })
    expect(content.attachments.files.map((file) => file.rows)).toEqual(['4', '2'])
  })

  test('the next month goes on in the tier, the readings and the receivables', async () => {
    const first = await compose()
    await signAll(first)
    city.clock.set(new Date('2026-10-20T10:00:00+08:00'))
    // The rest of the insurer's bill: 53.00 − 21.20 = 31.80, net 50.00 − 20.00 = 30.00
    await city.matchPayment({
      billId: insurerBill,
      amountYuan: '31.80',
      netYuan: '30.00',
      settledBeforeYuan: '21.20',
    })
    city.clock.set(new Date('2026-11-02T10:00:00+08:00'))
    const { content } = await read((await compose(october)).statementId)
    // 30.00 in the tier above 100.00: 12.00
    expect(content.split).toMatchObject({ baseYuan: '30.00', governmentYuan: '12.00' })
    expect(content.receipts.total).toMatchObject({ openingYuan: '31.80', closingYuan: '0.00' })
    expect(content.volume[0]).toMatchObject({
      openingReading: '1700',
      calls: '0',
      closingReading: '1700',
    })
    expect(content.attribution).toMatchObject({ totalYuan: '30.00' })
    expect(content.cumulative).toMatchObject({ receivedNetYuan: '150.00', governmentYuan: '50.00' })
  })

  test('a figure drills down to members that add up to it, for all figures', async () => {
    const { statementId, versionId } = await compose()
    const { content } = await read(statementId)
    const ctx = city.as('finance_bureau')
    const total = async (figure: Parameters<typeof drillDown>[1]['figure']) =>
      (await drillDown(ctx, { versionId, figure })).total
    for (const row of content.volume) {
      const of = {
        part: 'volume',
        productId: row.productId as Id<'product'>,
        purposeClass: row.purposeClass,
      } as const
      expect(await total({ ...of, column: 'calls' })).toBe(row.calls)
      expect(await total({ ...of, column: 'billed' })).toBe(row.billedCalls)
      expect(await total({ ...of, column: 'free' })).toBe(row.freeCalls)
    }
    expect(await total({ part: 'receivables' })).toBe(content.receivables.total.amountYuan)
    for (const bill of content.receivables.bills)
      expect(await total({ part: 'receivables', billId: bill.billId as Id<'bill'> })).toBe(
        bill.amountYuan,
      )
    for (const buyer of content.receipts.buyers)
      expect(await total({ part: 'receipts', buyerId: buyer.buyerId as Id<'org'> })).toBe(
        buyer.receivedYuan,
      )
    for (const product of content.attribution.products)
      expect(
        await total({ part: 'attribution', productId: product.productId as Id<'product'> }),
      ).toBe(product.amountYuan)
  })

  test('what a reviewer must see is in the list, and the bridge foots', async () => {
    const first = await compose()
    await signAll(first)
    city.clock.set(new Date('2026-10-05T10:00:00+08:00'))
    await city.issueBill({
      buyer: 0,
      month: september,
      number: 'ZD-2026-000003',
      lines: [
        { product: 'housing', calls: 1800n, billedCalls: 1800n, amountYuan: '130.00' },
        { product: 'housing', kind: 'late', calls: 3n, billedCalls: 3n, amountYuan: '0.30' },
      ],
    })
    city.clock.set(new Date('2026-11-02T10:00:00+08:00'))
    const { versionId } = await compose(october)
    const ctx = city.as('finance_bureau')
    expect(await listStatementExceptions(ctx, versionId)).toMatchObject([
      { kind: 'late_item', billNumber: 'ZD-2026-000003', amountFen: 30n },
    ])
    const changes = await statementChanges(ctx, versionId)
    const steps = Object.fromEntries(changes.steps.map((step) => [step.kind, step.amountFen]))
    // The bank's housing: 900 calls for 63.60, then 1,800 for 130.00: volume 63.60, price 2.80;
    // its parking 42.40 ended: volume; the insurer's 53.00 are gone.
    expect(steps).toEqual({
      volume: 6360n - 4240n,
      price: 280n,
      new_buyers: 0n,
      lost_buyers: -5300n,
      late_items: 30n,
      adjustments: 0n,
    })
    const sum = changes.steps.reduce((total, step) => total + step.amountFen, 0n)
    expect(sum).toBe(changes.billedFen - changes.previousBilledFen)
  })
})

describe('reproducing', () => {
  test('shuffled inputs give the same bytes', async () => {
    const { statementId, versionId } = await compose()
    const { contentText } = await read(statementId)
    const inputs = await inputsOfVersion(city.db, versionId)
    const shuffled = {
      ...inputs,
      bills: inputs.bills.toReversed(),
      lines: inputs.lines.toReversed(),
      receipts: inputs.receipts.toReversed(),
      facts: {
        ...inputs.facts,
        products: inputs.facts.products.toReversed(),
        lineage: inputs.facts.lineage.toReversed(),
      },
    }
    expect(canonicalJson(composeContent(shuffled))).toBe(contentText)
  })

  test('a fresh process makes the same digest, also after names have changed', async () => {
    const { versionId, contentDigest } = await compose()
    await city.db
      .updateTable('governance.organization')
      .set({ name: '改名后的银行' })
      .where('id', '=', city.buyers[0])
      .execute()
    const script = `
      const { openDatabase } = await import('#kernel/database.ts')
      const { verifyStatement } = await import('#billing/statement/verify-statement.ts')
      const db = openDatabase({ connectionString: process.argv[1] })
      const proof = await verifyStatement(db, process.argv[2])
      await db.destroy()
      process.stdout.write(JSON.stringify([proof.holds, proof.regeneratedDigest]))`
    const run = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, database.url, versionId],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], TZ: 'America/New_York', LC_ALL: 'C' } },
    )
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout)).toEqual([true, contentDigest])
  })

  test('whoever changes a frozen figure in the database is found by the proof', async () => {
    const composed = await compose()
    await signAll(composed)
    const system = { ...city.as('auditor'), actor: { kind: 'system', job: 'test' } as const, keys }
    expect((await proveStatements(system)).holds).toBe(true)
    await sql`update billing.bill_line set calls = calls - 1`.execute(database.ownerDb)
    const { holds, proofs } = await proveStatements(system)
    expect(holds).toBe(false)
    expect(proofs[0]?.faults).toEqual(['its members give other figures'])
    await sql`update billing.bill_line set calls = calls + 1`.execute(database.ownerDb)
    await sql`update billing.statement_signature set opinion = '不同意' where step = 'confirm'`.execute(
      database.ownerDb,
    )
    expect((await verifyStatement(city.db, composed.versionId, keys)).faults).toEqual([
      'the signature of step confirm is not true',
    ])
  })
})

describe('composing', () => {
  test('twice is a result, also at the same moment', async () => {
    const both = await Promise.all([compose(), compose()])
    expect(both.map((each) => each.kind).sort()).toEqual(['already_composed', 'composed'])
    expect(both[0]?.versionId).toBe(both[1]?.versionId)
  })

  test('what is missing is named, not guessed', async () => {
    const ctx = city.as('operator_maker')
    const input = { operatorId: city.operatorId, month: october }
    const early = await composeStatement(ctx, input)
    expect(early).toMatchObject({
      kind: 'not_ready',
      blockers: [
        { reason: 'month_not_over' },
        { reason: 'earlier_statement_open', detail: { month: '2026-09', status: 'missing' } },
      ],
    })
    await sql`delete from billing.split_rule_approval where organization_kind = 'finance_bureau'`.execute(
      database.ownerDb,
    )
    const readiness = await statementReadiness(ctx, { ...input, month: september })
    expect(readiness.blockers).toEqual([{ reason: 'split_rule_missing', detail: {} }])
  })

  test('a ledger that says something else blocks it', async () => {
    await sql`update billing.payment_allocation set amount_fen = amount_fen - 1, net_fen = net_fen - 1
      where amount_fen = 2120`.execute(database.ownerDb)
    const result = await composeStatement(city.as('operator_maker'), {
      operatorId: city.operatorId,
      month: september,
    })
    expect(result).toMatchObject({
      kind: 'not_ready',
      blockers: [{ reason: 'ledger_differs', detail: { buyerId: city.buyers[1] } }],
    })
  })

  describe('names the seals of what it bills', () => {
    const system = () =>
      ({ ...city.as('operator_maker'), actor: { kind: 'system', job: 'test' }, keys }) as const
    const use = (product: Id<'product'>, from: string, batch: bigint) =>
      insertUsage(city.db, {
        ...{ buyerId: city.buyers[1], productId: product, from: new Date(from), batch, count: 3 },
        ...{ subscriptionId: newId('sub', city.clock), scenarioId: newId('scenario', city.clock) },
        purposeClass: 'industry',
      })
    const membersOf = async (versionId: string) =>
      (
        await city.db
          .selectFrom('billing.statement_member')
          .innerJoin('metering.seal', 'metering.seal.id', 'member_id')
          .select(['day', 'product_id', 'supplement'])
          .where('version_id', '=', versionId)
          .orderBy('day')
          .orderBy('supplement')
          .execute()
      ).map((seal) => [seal.day, seal.product_id, seal.supplement])

    beforeEach(async () => {
      await use(city.housing, '2026-08-20T09:00:00+08:00', 1n)
      await use(city.housing, '2026-09-02T09:00:00+08:00', 2n)
      await setWatermark(city.db, city.clock.now())
    })

    test('and waits until all of it is sealed', async () => {
      const ctx = city.as('operator_maker')
      expect(
        await composeStatement(ctx, { operatorId: city.operatorId, month: september }),
      ).toEqual({
        kind: 'not_ready',
        blockers: [{ reason: 'usage_not_sealed', detail: { from: '2026-08-20', days: '1' } }],
      })
      await sealUsage(system())
      await compose()
    })

    test('of the months of its lines, supplements too, in the digest and for ever', async () => {
      await sealUsage(system())
      await use(city.housing, '2026-08-20T10:00:00+08:00', 3n)
      await sealUsage(system())
      const { versionId, statementId, contentDigest } = await compose()
      // The August bill carries housing; 2 September belongs to the next.
      expect(await membersOf(versionId)).toEqual([
        ['2026-08-20', city.housing, 0],
        ['2026-08-20', city.housing, 1],
      ])
      const { content } = await read(statementId)
      expect(content.attachments.seals).toHaveLength(2)
      // What is sealed later changes nothing of it.
      await use(city.housing, '2026-08-20T11:00:00+08:00', 4n)
      await sealUsage(system())
      expect(composeContent(await inputsOfVersion(city.db, versionId))).toEqual(content)
      expect((await verifyStatement(city.db, versionId, keys)).faults).toEqual([])
      // A seal that was changed gives another digest.
      await sql`update metering.seal set digest = 'sm3:' || repeat('0', 64)
        where day = '2026-08-20' and supplement = 0`.execute(database.ownerDb)
      expect(contentDigest).not.toBe(
        digest('sm3', canonicalJson(composeContent(await inputsOfVersion(city.db, versionId)))),
      )
    })
  })

  test('a bill or receipt is carried once', async () => {
    const { versionId } = await compose()
    const members = await city.db
      .selectFrom('billing.statement_member')
      .select(['kind'])
      .where('version_id', '=', versionId)
      .execute()
    const count = (kind: string) => members.filter((member) => member.kind === kind).length
    expect([count('bill'), count('payment_allocation'), count('ledger_transaction')]).toEqual([
      2, 2, 4,
    ])
  })

  test('only the operator of the statement and its maker may', async () => {
    const input = { operatorId: city.operatorId, month: september }
    await expect(composeStatement(city.as('finance_bureau'), input)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    const other = { ...input, operatorId: city.buyers[0] }
    await expect(composeStatement(city.as('operator_maker'), other)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe('signing', () => {
  test('five different people in their order lock it, and the ledger owes the treasury', async () => {
    const composed = await compose()
    for (const { step, to } of statementMoves) {
      const signed = await sign(composed.versionId, composed.contentDigest, step)
      expect(signed).toMatchObject({ kind: 'signed', status: to })
    }
    const statement = await read(composed.statementId)
    expect(statement.status).toBe('locked')
    expect(statement.signatures.map((signature) => signature.step)).toEqual(
      statementMoves.map((move) => move.step),
    )
    const [payable] = await sumBalances(city.db, { prefix: 'treasury:payable' })
    expect(payable?.balanceFen).toBe(-3800n)
    expect((await verifyStatement(city.db, composed.versionId, keys)).holds).toBe(true)
  })

  test('no step can be skipped, taken by the wrong role, or taken twice by one person', async () => {
    const { versionId, contentDigest } = await compose()
    await expect(sign(versionId, contentDigest, 'check')).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
    })
    await expect(
      sign(versionId, contentDigest, 'prepare', city.as('operator_head')),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await sign(versionId, contentDigest, 'prepare', city.as('operator_maker', '甲'))
    expect(
      await sign(versionId, contentDigest, 'prepare', city.as('operator_maker', '甲')),
    ).toMatchObject({ kind: 'already_signed', status: 'prepared' })
    // The same person with another duty, as the memberships would never allow.
    await expect(
      sign(versionId, contentDigest, 'check', city.as('operator_checker', '甲')),
    ).rejects.toMatchObject({ code: 'SAME_PERSON_TWICE' })
  })

  test('it wants the password again and the content that was seen', async () => {
    const { versionId, contentDigest } = await compose()
    const ctx = city.as('operator_maker')
    await insertPeople(city.db, [ctx])
    const now = city.clock.now().getTime()
    for (const reauthenticatedAt of [new Date(now - 300_001), new Date(now + 1)])
      await expect(
        signStatement(
          { ...ctx, keys },
          { versionId, step: 'prepare', opinion: '', contentDigest, reauthenticatedAt },
        ),
      ).rejects.toMatchObject({ code: 'PASSWORD_RECHECK_FAILED' })
    await expect(sign(versionId, 'sm3:other', 'prepare')).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })

  test('a return gives a reason and a new version, which needs all five again', async () => {
    const first = await compose()
    for (const step of ['prepare', 'check', 'submit'] as const)
      await sign(first.versionId, first.contentDigest, step)
    const bureau = city.as('data_bureau')
    await insertPeople(city.db, [bureau])
    const back = { versionId: first.versionId, reason: '请核对八月用量' }
    await expect(returnStatement(city.as('finance_bureau'), back)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    await expect(returnStatement(bureau, { ...back, reason: ' ' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
    expect(await returnStatement(bureau, back)).toEqual({ kind: 'returned' })
    expect(await returnStatement(bureau, back)).toEqual({ kind: 'already_returned' })
    const second = await compose()
    expect(second).toMatchObject({ kind: 'composed', version: 2 })
    // Over the versions a person may repeat only the same step.
    await expect(
      sign(second.versionId, second.contentDigest, 'prepare', {
        ...city.as('operator_maker', '示例 operator_checker'),
      }),
    ).rejects.toMatchObject({ code: 'SAME_PERSON_TWICE' })
    await signAll(second)
    const statement = await read(second.statementId)
    expect(statement.versions).toMatchObject([
      { version: 2, status: 'locked' },
      { version: 1, status: 'returned', returnReason: '请核对八月用量' },
    ])
    expect((await listStatements(city.as('data_bureau'))).map((head) => head.version)).toEqual([2])
  })

  test('every status but the last ones waits for exactly one signature', () => {
    expect(statementMoves.map((move) => nextSigning(move.from)?.step)).toEqual(
      statementMoves.map((move) => move.step),
    )
    expect(nextSigning('locked')).toBeUndefined()
    expect(nextSigning('returned')).toBeUndefined()
  })
})

describe('the treasury', () => {
  test('gets the whole share, with its receipt, once', async () => {
    const { statementId, versionId, contentDigest } = await compose()
    const finance = city.as('finance_bureau')
    const notice = {
      statementId,
      itemName: '国有资源（资产）有偿使用收入',
      paymentCode: '42120026000000000001',
      dueOn: parseDay('2026-10-20'),
    }
    await expect(notifyTreasuryPayment(finance, notice)).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
    })
    await signAll({ versionId, contentDigest })
    expect((await notifyTreasuryPayment(finance, notice)).kind).toBe('notified')
    expect((await notifyTreasuryPayment(finance, notice)).kind).toBe('already_notified')
    const paid = {
      statementId,
      amountFen: parseMoneyYuan('38.00'),
      paidOn: parseDay('2026-10-03'),
      receiptNumber: 'CZ0001',
    }
    // 28.50 would be the share less the platform's part: netting is refused.
    await expect(
      recordTreasuryPayment(finance, { ...paid, amountFen: moneyFromFen(2850n) }),
    ).rejects.toMatchObject({ code: 'TREASURY_AMOUNT_DIFFERS' })
    await expect(recordTreasuryPayment(city.as('operator_head'), paid)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    expect((await recordTreasuryPayment(finance, paid)).kind).toBe('recorded')
    expect((await recordTreasuryPayment(finance, paid)).kind).toBe('already_recorded')
    expect(await read(statementId)).toMatchObject({
      status: 'treasury_paid',
      treasuryPayment: { receiptNumber: 'CZ0001', paidFen: 3800n },
    })
    const [payable] = await sumBalances(city.db, { prefix: 'treasury:payable' })
    expect(payable?.balanceFen ?? 0n).toBe(0n)
  })
})

describe('split rules', () => {
  test('one approval is not enough, and another form than was read is refused', async () => {
    const drafted = await draftSplitRule(city.as('data_bureau'), {
      operatorId: city.operatorId,
      title: '调整',
      rule: { ...sampleRule, share: { kind: 'fixed', shareBasisPoints: 5000 } },
      reason: '动态调整',
      documentId: city.documentId,
      effectiveFromMonth: september,
    })
    expect(drafted.version).toBe(2)
    const opinion = { ruleId: drafted.ruleId, verdict: 'approved', opinion: '同意' } as const
    await expect(
      decideSplitRule(city.as('finance_bureau'), { ...opinion, formDigest: 'sm3:other' }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    const one = await decideSplitRule(city.as('finance_bureau'), {
      ...opinion,
      formDigest: drafted.formDigest,
    })
    expect(one).toEqual({ kind: 'decided', isApproved: false })
    const { content } = await read((await compose()).statementId)
    expect(content.split.governmentYuan).toBe('38.00')
    // The month has its statement now; nothing can reach back into it.
    await expect(
      decideSplitRule(city.as('data_bureau'), { ...opinion, formDigest: drafted.formDigest }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(
      draftSplitRule(city.as('operator_head'), {
        operatorId: city.operatorId,
        title: 'x',
        rule: sampleRule,
        reason: 'x',
        documentId: city.documentId,
        effectiveFromMonth: october,
      }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a simulation shows what a rule would have given and writes nothing', async () => {
    await signAll(await compose())
    const count = () =>
      sql<{ n: number }>`select (select count(*) from billing.posting)::int
        + (select count(*) from billing.split_rule)::int as n`.execute(city.db)
    const before = await count()
    const simulated = await simulateSplit(city.as('finance_bureau'), {
      operatorId: city.operatorId,
      rule: { ...sampleRule, share: { kind: 'fixed', shareBasisPoints: 5000 } },
    })
    expect(simulated).toMatchObject([
      { month: '2026-09', governmentFen: 3800n, simulatedGovernmentFen: 6000n },
    ])
    expect(await count()).toEqual(before)
  })
})
