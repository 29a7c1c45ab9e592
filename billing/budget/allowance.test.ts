import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { confirmBillByOperator, issueBill, runBills, setAccountTerms } from '#billing/index.ts'
import { moneyFromFen } from '#kernel/money.ts'
import { type Month, monthPeriod, parseMonth } from '#kernel/period.ts'
import { type BillingCity, buildBillingCity } from '#tests/builders/billing.ts'
import { insertUsage, setWatermark } from '#tests/builders/usage.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { accountAllowance } from './allowance.queries.ts'

const database = useDatabase()
let city: BillingCity
let priceReference: string
const june = parseMonth('2026-06')
const july = parseMonth('2026-07')

beforeEach(async () => {
  city = await buildBillingCity(database)
  const price = await database.db
    .selectFrom('billing.posted_price')
    .select('id')
    .executeTakeFirstOrThrow()
  priceReference = price.id
  await setAccountTerms(city.head, {
    ...{ buyerId: city.buyerId, paymentMode: 'postpaid', reason: '示例' },
    creditLimitFen: moneyFromFen(10_000_000n),
  })
})

/** Calls the gateway counted, or with another boot such as came in beside it. */
async function use(
  month: Month,
  of: Readonly<{ batch: bigint; count: number; bootId: string; offsetMs?: number }>,
): Promise<void> {
  const { offsetMs = 0, ...rest } = of
  await insertUsage(database.db, {
    ...{ buyerId: city.buyerId, subscriptionId: city.subscriptionId, productId: city.productId },
    scenarioId: city.market.industryScenarioId,
    purposeClass: 'industry',
    from: new Date(monthPeriod(month).from.getTime() + offsetMs),
    ...{ ...rest, priceReference },
  })
}

async function bill(month: Month): Promise<void> {
  city.clock.set(new Date(monthPeriod(month).to.getTime() + 7_200_000))
  await setWatermark(database.db, city.clock.now())
  const run = await runBills(city.maker, { operatorId: city.market.operatorId, month })
  const outcome = run.kind === 'ran' ? run.outcomes[0] : undefined
  if (outcome?.kind !== 'composed') throw new Error(`no bill: ${JSON.stringify(outcome)}`)
  await confirmBillByOperator(city.checker, { billId: outcome.billId })
  await issueBill(city.head, { billId: outcome.billId })
}

type Plan = Readonly<{
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: readonly Plan[]
}>

/** How many usage events a plan that ran has looked at. */
function eventsRead(plan: Plan): number {
  const own = (plan['Relation Name'] ?? '').startsWith('usage_event')
    ? plan['Actual Loops'] *
      (plan['Actual Rows'] +
        (plan['Rows Removed by Filter'] ?? 0) +
        (plan['Rows Removed by Index Recheck'] ?? 0))
    : 0
  return (plan.Plans ?? []).reduce((sum, each) => sum + eventsRead(each), own)
}

test('an allowance reads what came in beside the gateway since the bill, and nothing billed long since', async () => {
  await use(june, { batch: 1n, count: 20_000, bootId: 'boot_test' })
  await use(june, { batch: 2n, count: 1_000, bootId: 'source_test', offsetMs: 86_400_000 })
  await bill(june)
  await use(june, { batch: 3n, count: 5, bootId: 'source_test', offsetMs: 2 * 86_400_000 })
  await use(july, { batch: 4n, count: 10, bootId: 'source_test' })
  await use(july, { batch: 5n, count: 10, bootId: 'boot_test', offsetMs: 86_400_000 })
  // As the server does by itself where rows come in.
  await sql`vacuum analyze metering.usage_event`.execute(database.ownerDb)
  const account = accountAllowance({
    buyerId: sql`${city.buyerId}::text`,
    operatorId: sql`${city.market.operatorId}::text`,
    at: city.clock.now(),
  })
  const allowed = await sql<{ allowance_micro_yuan: string }>`${account}`.execute(database.db)
  // 100,000.00 of credit. Billed: 21,000 calls, 100 × 0.040 + 20,900 × 0.035 = 735.50; of them the gateway had
  // counted 20,000 × 0.040 = 800.00. Beside it since: 15 × 0.040 = 0.60.
  expect(allowed.rows[0]?.allowance_micro_yuan).toBe('100063900000')
  const explained = await sql<{
    'QUERY PLAN': readonly Readonly<{ Plan: Plan }>[]
  }>`explain (analyze, format json) ${account}`.execute(database.db)
  const [plan] = explained.rows[0]?.['QUERY PLAN'] ?? []
  // The 5 that came late, and the 20 of July, which are too few for an index, once by time and once by batch.
  expect(plan && eventsRead(plan.Plan)).toBeLessThanOrEqual(45)
})
