import { expect, test } from 'vitest'
import { createUpstreamInspector } from '#api/gateway/connectors/inspect-upstream.ts'
import { housingFundCredit } from '#demo/city/products/housing-fund.ts'
import { prices, sampleSplitRule } from '#demo/city/prices.ts'
import { resources } from '#demo/city/resources.ts'
import { scenarios } from '#demo/city/scenarios.ts'
import { officeTime } from '#demo/seed/calendar.ts'
import { initOf } from '#demo/seed/drive-calls.ts'
import { registerDocuments, registerEverybody } from '#demo/seed/found-city.ts'
import { requestFor } from '#demo/seed/requests.ts'
import type { PlannedOutcome } from '#demo/seed/traffic.ts'
import { sealNight } from '#demo/seed/seal-nights.ts'
import { whenUsageIsIn } from '#demo/seed/when-usage-is-in.ts'
import { as, asSetUp, of, type WorldContext } from '#demo/seed/world.ts'
import * as billing from '#billing/index.ts'
import * as governance from '#governance/index.ts'
import * as metering from '#metering/index.ts'
import { Decimal, parseDecimal } from '#kernel/decimal.ts'
import { createEgressPolicy } from '#kernel/egress-policy.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, parseMoneyYuan, roundToMoney } from '#kernel/money.ts'
import { addDays, monthPeriod, parseMonth, startOfDay } from '#kernel/period.ts'
import { useCity } from './use-city.ts'

/**
 * The pilot path (R100) with 住房公积金信贷, from the catalogue to the treasury. It reads like a
 * calendar: each test is what happened on its day, and goes on from the day before.
 */
const city = useCity({ now: new Date('2026-04-15T12:00:00+08:00') })

const on = (day: string, time: string): void => city.world.clock.moveTo(officeTime({ day, time }))
const by = (person: string): WorldContext => as(city.world, person)
const operatorId = (): Id<'org'> => of(city.world.organizations, 'operator')
const document = (key: 'operation' | 'prices' | 'split' | 'tax' | 'waiver'): Id<'policy'> =>
  of(city.world.documents, key)

const january = parseMonth('2026-01')
const february = parseMonth('2026-02')
const pilotPrice = prices.find((price) => price.code === 'HF-CALL')
const pilotScenario = scenarios.find((scenario) => scenario.key === 'personal_credit')
const ours = resources.filter((resource) => resource.provider === 'housing_fund')

let agreementId: Id<'agreement'>
let scenarioId: Id<'scenario'>
let productId: Id<'product'>
let productVersionId: Id<'pver'>
let priceItemId: Id<'pitem'>
let subscriptionId: Id<'sub'>
let key: string
let billId: Id<'bill'>
let billNumber: string
let statement: { statementId: Id<'stmt'>; versionId: Id<'sver'>; contentDigest: string }

test('22 November 2025: everybody is registered, with their papers', async () => {
  await registerEverybody(city.world)
  await registerDocuments(city.world)
  expect(city.world.organizations.size).toBe(8 + 12 + 1 + 15)
})

test('1 December: the provider grades its two resources and the data bureau publishes the catalogue', async () => {
  on('2025-12-01', '09:00')
  for (const { key: name, provider, level, ...resource } of ours) {
    const providerId = of(city.world.organizations, provider)
    const { resourceId } = await governance.proposeResource(by('provider'), {
      ...resource,
      providerId,
    })
    city.world.resources.set(name, resourceId)
    const opinion = { resourceId, nationalClass: 'general', level, opinion: '同意' } as const
    await governance.opineOnResource(by('provider'), opinion)
  }
  const published = await governance.publishCatalogue(by('data_bureau'), {
    resourceIds: [...city.world.resources.values()],
    note: '首版',
  })
  expect(published).toMatchObject({ kind: 'published', version: 1 })
})

test('20 December: the agreement is signed for three years less a day, with a warning about its basis', async () => {
  on('2025-12-10', '09:00')
  const { selectionId } = await governance.recordOperatorSelection(by('data_bureau'), {
    operatorId: operatorId(),
    method: 'open_tender',
    result: '中标',
    noticeFrom: '2025-12-10',
    noticeTo: '2025-12-16',
    noticeLink: 'https://city.example/notices/1',
    documentId: document('operation'),
  })
  on('2025-12-20', '09:00')
  const drafted = await governance.draftAgreement(by('data_bureau'), {
    number: '授协1号',
    operatorId: operatorId(),
    selectionId,
    scope: '整体授权',
    goals: '住房公积金试点',
    startsOn: '2026-01-01',
    documentId: of(city.world.documents, 'plan'),
  })
  expect(drafted.endsOn).toBe('2028-12-31')
  expect(drafted.warnings).toMatchObject([{ kind: 'outlives_basis', basisValidTo: '2028-09-23' }])
  agreementId = drafted.agreementId
  const signed = await governance.signAgreement(by('data_bureau'), { agreementId })
  expect(signed.kind).toBe('signed')
})

test('1 January 2026: the operator begins, authorized for both resources', async () => {
  on('2026-01-01', '09:00')
  await governance.activateOperator(by('data_bureau'), { operatorId: operatorId() })
  const granted = await governance.grantAuthorization(by('data_bureau'), {
    operatorId: operatorId(),
    agreementId,
    mode: 'whole',
    reason: '整体授权',
    documentId: document('operation'),
    resourceIds: [...city.world.resources.values()],
    effectiveFrom: startOfDay('2026-01-01'),
    effectiveTo: startOfDay('2029-01-01'),
  })
  expect(granted.kind).toBe('granted')
})

test('4 January: the scenario is reviewed by the provider and the data bureau, once', async () => {
  on('2026-01-04', '09:00')
  const { key: _key, resources: needed = [], ...draft } = pilotScenario ?? {}
  const drafted = await governance.draftScenario(by('operator_maker'), {
    ...(draft as Omit<governance.DraftScenario, 'resourceIds'>),
    resourceIds: needed.map((name) => of(city.world.resources, name)),
  })
  scenarioId = drafted.scenarioId
  await governance.submitScenario(by('operator_maker'), { scenarioId })
  const approval = { scenarioId, verdict: 'approve', reason: '同意' } as const
  await expect(governance.decideScenario(by('data_bureau'), approval)).rejects.toMatchObject({
    code: 'PROVIDER_OPINION_MISSING',
  })
  await governance.opineOnScenario(by('provider'), {
    scenarioId,
    verdict: 'agree',
    opinion: '同意',
  })
  expect(await governance.decideScenario(by('data_bureau'), approval)).toEqual({ kind: 'approved' })
})

test('5 January: the product passes outbound review by another person, and is filed', async () => {
  on('2026-01-05', '09:00')
  const drafted = await governance.draftProduct(by('operator_maker'), housingFundCredit.product)
  productId = drafted.productId
  const version = await governance.draftProductVersion(by('operator_maker'), {
    productId,
    content: housingFundCredit.content,
    containsPersonalInformation: true,
    lineage: [
      { resourceId: of(city.world.resources, 'fund_accounts'), weight: parseDecimal('0.6') },
      { resourceId: of(city.world.resources, 'fund_loans'), weight: parseDecimal('0.4') },
    ],
    scenarioIds: [scenarioId],
    registrationWaiverDocumentId: document('waiver'),
  })
  productVersionId = version.productVersionId
  await governance.submitForOutboundReview(by('operator_maker'), { productVersionId })
  await governance.reviewOutbound(by('operator_checker'), {
    productVersionId,
    verdict: 'passed',
    checklist: governance.outboundChecklist.map((item) => ({ item, isMet: true, note: '' })),
    evidenceDigest: version.contentDigest,
    reason: '通过',
  })
  await governance.submitFiling(by('operator_maker'), { productVersionId })
  const filed = await governance.decideFiling(by('data_bureau'), {
    productVersionId,
    verdict: 'confirmed',
  })
  expect(filed.kind).toBe('confirmed')
})

test('6 January: no price above its ceiling is posted; the posted tiers give the amounts of R51', async () => {
  on('2026-01-06', '09:00')
  if (pilotPrice === undefined) throw new Error('the city has a price for its pilot')
  const { priceListId } = await billing.draftPriceList(by('operator_maker'), {
    operatorId: operatorId(),
    kind: 'trial',
    title: '试行收费标准',
    documentId: document('prices'),
    effectiveFrom: startOfDay('2026-01-06'),
    items: [
      {
        ...pilotPrice,
        productId,
        form: billing.parseChargingForm(pilotPrice.ceiling),
        forecastQuantity: parseDecimal(pilotPrice.forecastQuantity),
        repeatWindowHours: 24,
        reductionPolicy: '',
        setBy: '运营机构',
        capFactors: null,
        reportedOn: '2026-01-05',
        reportNumber: '报告1号',
      },
    ].map(({ product: _product, ceiling: _ceiling, posted: _posted, ...item }) => item),
  })
  await billing.submitPriceList(by('operator_maker'), { priceListId })
  const approved = await billing.approvePriceList(by('data_bureau'), { priceListId })
  priceItemId = approved.items[0]?.priceItemId ?? priceItemId
  const propose = (form: unknown) =>
    billing.proposePostedPrice(by('operator_maker'), {
      priceItemId,
      form: billing.parseChargingForm(form),
      reason: '首次公示',
      effectiveFrom: startOfDay('2026-01-06'),
    })
  await expect(propose(raised(pilotPrice.ceiling))).rejects.toMatchObject({
    code: 'PRICE_ABOVE_CAP',
  })
  const { proposalId } = await propose(pilotPrice.posted)
  await billing.approvePostedPrice(by('operator_head'), { proposalId })
  await billing.recordTaxRate(by('operator_head'), {
    operatorId: operatorId(),
    rate: parseDecimal('0.06'),
    documentId: document('tax'),
    effectiveFrom: startOfDay('2026-01-01'),
  })

  const now = city.world.clock.now()
  const price = await billing.priceAt(city.world.db, {
    productId,
    code: 'HF-CALL',
    at: now,
    knownAt: now,
  })
  const amountOf = (calls: number): string => {
    if (price === undefined) throw new Error('a price is posted')
    return formatYuan(roundToMoney(billing.rateQuantity(price.form, new Decimal(calls)).total))
  }
  expect(amountOf(20_000)).toBe('800.00') // 20,000 × 0.040
  expect(amountOf(1_000_000)).toBe('35500.00') // 100,000 × 0.040 + 900,000 × 0.035
  expect(amountOf(6_000_000)).toBe('205500.00') // 4,000.00 + 4,900,000 × 0.035 + 1,000,000 × 0.030
})

/** The first tier a millionth above its ceiling. */
function raised(form: unknown): unknown {
  return JSON.parse(JSON.stringify(form).replace('"0.050"', '"0.050001"'))
}

test('7 January: the product is bound to the provider’s service and listed', async () => {
  on('2026-01-07', '09:00')
  const { connector, service, base, settings } = housingFundCredit.upstream
  const { upstreamId } = await governance.proposeUpstream(by('operator_maker'), {
    productVersionId,
    connector,
    address: `${city.simulator.origin}${base}`,
    settings,
    secret: of(city.simulator.credentials, service),
  })
  await governance.approveUpstream(
    by('operator_checker'),
    { upstreamId },
    createUpstreamInspector(createEgressPolicy({ allowedOrigins: [city.simulator.origin] })),
  )
  const head = by('operator_head')
  const pricing = await billing.pricingState(city.world.db, { productId, at: head.clock.now() })
  expect(pricing).toEqual({ chargeable: true, posted: true })
  const listed = await governance.listProductVersion(head, { productVersionId, pricing })
  expect(listed.kind).toBe('listed')
})

test('8 January: the bank enters, signs, applies for its use, subscribes and gets a key', async () => {
  on('2026-01-08', '09:00')
  const declared = { evidence: '证明' }
  const { entryApplicationId } = await governance.applyForEntry(by('buyer_admin'), {
    operatorId: operatorId(),
    declarations: Object.fromEntries(
      governance.entryDeclarations.map((each) => [each, declared]),
    ) as governance.ApplyForEntry['declarations'],
    lastIncidentOn: null,
  })
  await governance.decideEntry(by('operator_checker'), {
    entryApplicationId,
    verdict: 'approve',
    reason: '通过',
  })
  const { developmentAgreementId } = await governance.offerDevelopmentAgreement(
    by('operator_head'),
    {
      entryApplicationId,
      startsOn: '2026-01-08',
      endsOn: '2026-12-31',
    },
  )
  await governance.signDevelopmentAgreement(by('buyer_admin'), { developmentAgreementId })
  const { useApplicationId } = await governance.applyForUse(by('buyer_admin'), {
    productId,
    scenarioId,
    purpose: '个人信贷审批',
    terms: {
      startsOn: '2026-01-08',
      endsOn: '2026-12-31',
      callsPerDayMax: null,
      callsPerMonthMax: null,
      callsPerSecondMax: 10_000,
      concurrentCallsMax: 1_000,
      networks: [],
    },
  })
  await governance.decideUseApplication(by('operator_checker'), {
    useApplicationId,
    verdict: 'approve',
    reason: '通过',
  })
  const opened = await billing.openSubscription(by('operator_maker'), { useApplicationId })
  subscriptionId = opened.subscriptionId
  const made = await governance.createApiKey(by('buyer_admin'), {
    mode: 'live',
    scopes: ['data:call'],
    name: '生产',
    subscription: {
      id: subscriptionId,
      buyerId: of(city.world.organizations, 'bank_a'),
      status: 'active',
      endsAt: startOfDay('2027-01-01'),
    },
  })
  key = made.key
  expect(key).toMatch(/^xn_live_/)
})

/** So many calls meant to meet one outcome, a second apart, each with a status of its own. */
async function call(count: number, outcome: PlannedOutcome): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {}
  const startMs = city.world.clock.now().getTime()
  let next = 0
  const caller = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const product = housingFundCredit.product.code
      const request = requestFor({ product, outcome, pick: index, month: january })
      const answer = await city.world.clock.during(new Date(startMs + index * 1_000), () =>
        city.gateway.send(`/data/v1/${product}${request.path}`, initOf(key, request)),
      )
      await answer.arrayBuffer()
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: 50 }, caller))
  city.world.clock.moveTo(new Date(startMs + count * 1_000))
  await city.gateway.settle()
  return statuses
}

test('12 January: 2,500 calls find something; 40 do not, 2 are malformed and 3 meet a broken provider', async () => {
  on('2026-01-12', '09:00')
  expect(await call(2_500, 'found')).toEqual({ 200: 2_500 })
  expect(await call(40, 'not_found')).toEqual({ 200: 40 })
  expect(await call(2, 'malformed')).toEqual({ 422: 2 })
  expect(await call(3, 'failing')).toEqual({ 502: 3 })
}, 120_000)

test('31 January: every day of the month is sealed, and both bureaus are told', async () => {
  on('2026-02-01', '01:00')
  await city.gateway.settle()
  await sealNight(city.world, startOfDay('2026-02-01'))
  const seals = await metering.listSeals({ db: city.world.db }, january)
  // 2,545 calls of one subscription, of which 2,500 found something and are billed.
  expect(seals).toMatchObject([
    { productId, day: '2026-01-12', supplement: 0, sequence: 1n, subtrees: 1, events: 2_545n },
  ])
  expect(seals[0]?.billed).toBe(2_500n)
  const proven = await metering.proveSeals(
    { ...asSetUp(city.world), keys: city.world.keys },
    monthPeriod(january),
  )
  expect(proven).toMatchObject({ holds: true, events: 2_545n })
})

test('1 February: the bill is 100.00, of which 94.34 net and 5.66 tax', async () => {
  on('2026-02-01', '03:00')
  await city.gateway.settle()
  const run = await whenUsageIsIn(() =>
    billing.runBills(by('operator_maker'), { operatorId: operatorId(), month: january }),
  )
  expect(run.outcomes).toMatchObject([{ kind: 'composed', grossFen: 10_000n }])
  billId = run.outcomes[0]?.kind === 'composed' ? run.outcomes[0].billId : billId
  const bill = await billing.getBill(by('operator_checker'), { billId })
  // 2,500 × 0.040 = 100.00, all within the first tier; 100.00 ÷ 1.06 = 94.3396… → 94.34.
  expect([bill.grossFen, bill.netFen, bill.taxFen].map(formatYuan)).toEqual([
    '100.00',
    '94.34',
    '5.66',
  ])
  expect(bill.lines).toHaveLength(1)
  const [line] = bill.lines
  // 2,500 + 40 + 2 + 3 attempts; only what was found is charged.
  expect(line).toMatchObject({ calls: 2_545n, billedCalls: 2_500n })
  expect(Object.values(line?.freeCalls ?? {}).reduce((sum, count) => sum + count, 0n)).toBe(45n)
})

test('2 to 4 February: checked and issued by the operator, confirmed by the bank', async () => {
  on('2026-02-02', '09:30')
  await billing.confirmBillByOperator(by('operator_checker'), { billId })
  const issued = await billing.issueBill(by('operator_head'), { billId })
  billNumber = issued.number
  on('2026-02-04', '14:00')
  const confirmed = await billing.confirmBill(by('buyer_admin'), { billId })
  expect(confirmed.kind).toBe('confirmed')
})

test('11 February: the bank pays in full, and the payment finds its bill by the number', async () => {
  on('2026-02-11', '16:00')
  await billing.advanceBills(asSetUp(city.world), { operatorId: operatorId() })
  const content = [
    'bank_reference,paid_on,amount_yuan,payer_name,payer_account,remark',
    `B1,2026-02-11,100.00,示例甲银行股份有限公司,62000001,${billNumber}`,
    '',
  ].join('\n')
  await billing.importBankStatement(by('operator_maker'), {
    operatorId: operatorId(),
    account: '42129900001',
    fileName: 'bank.csv',
    content: Buffer.from(content),
  })
  const matched = await billing.matchPayments(by('operator_checker'), { operatorId: operatorId() })
  expect(matched).toEqual({ matched: 1, unmatched: 0 })
  const bill = await billing.getBill(by('buyer_admin'), { billId })
  expect(bill).toMatchObject({ status: 'paid', settledFen: 10_000n, outstandingFen: 0n })
})

test('20 February: both bureaus approve the split rule, from January on', async () => {
  on('2026-02-20', '10:00')
  const { ruleId, formDigest } = await billing.draftSplitRule(by('data_bureau'), {
    operatorId: operatorId(),
    title: '分配规则',
    rule: sampleSplitRule,
    reason: '首版',
    documentId: document('split'),
    effectiveFromMonth: january,
  })
  const approval = { ruleId, verdict: 'approved', formDigest, opinion: '同意' } as const
  expect(await billing.decideSplitRule(by('data_bureau'), approval)).toMatchObject({
    isApproved: false,
  })
  expect(await billing.decideSplitRule(by('finance_bureau'), approval)).toMatchObject({
    isApproved: true,
  })
})

test('3 March: February’s statement carries the 94.34 received, split 18.87 to 75.47', async () => {
  on('2026-03-03', '10:00')
  const maker = { operatorId: operatorId(), month: february }
  const composed = await billing.composeStatement(by('operator_maker'), maker)
  if (composed.kind === 'not_ready') throw new Error(JSON.stringify(composed.blockers))
  statement = composed
  const [head] = await billing.listStatements(by('operator_maker'), { month: february })
  const { content } = await billing.getStatement(by('finance_bureau'), statement)
  expect(content.attachments.seals).toHaveLength(1)
  // 20 % of 94.34 is 18.868; the operator's 80 % 75.472: 18.86 + 75.47 and the last fen to 0.8 > 0.2.
  expect([head?.baseFen, head?.governmentShareFen, head?.operatorShareFen]).toEqual([
    parseMoneyYuan('94.34'),
    parseMoneyYuan('18.87'),
    parseMoneyYuan('75.47'),
  ])
})

test('4 to 8 March: five different people sign in their order, and the last signature locks', async () => {
  const steps = [
    ['2026-03-04', 'operator_maker', 'prepare', 'prepared'],
    ['2026-03-04', 'operator_checker', 'check', 'checked'],
    ['2026-03-05', 'operator_head', 'submit', 'submitted'],
    ['2026-03-06', 'data_bureau', 'confirm', 'confirmed'],
    ['2026-03-08', 'finance_bureau', 'review', 'locked'],
  ] as const
  for (const [day, person, step, status] of steps) {
    on(day, '10:00')
    const ctx = by(person)
    const signed = await billing.signStatement(ctx, {
      versionId: statement.versionId,
      step,
      opinion: '同意',
      contentDigest: statement.contentDigest,
      reauthenticatedAt: ctx.clock.now(),
      ...(step === 'review'
        ? {
            treasuryNotice: {
              itemName: '国有资源（资产）有偿使用收入',
              paymentCode: '4212-0001',
              dueOn: addDays('2026-03-08', 10),
            },
          }
        : {}),
    })
    expect(signed).toMatchObject({ kind: 'signed', status })
  }
})

test('12 March: the treasury has the government’s 18.87, gross, and nothing less would do', async () => {
  on('2026-03-12', '10:00')
  const { statementId } = statement
  const paid = { statementId, paidOn: '2026-03-12', receiptNumber: '票据1号' }
  const record = (yuan: string) =>
    billing.recordTreasuryPayment(by('finance_bureau'), {
      ...(paid as Omit<billing.RecordTreasuryPayment, 'amountFen'>),
      amountFen: parseMoneyYuan(yuan),
    })
  await expect(record('18.00')).rejects.toMatchObject({ code: 'TREASURY_AMOUNT_DIFFERS' })
  expect(await record('18.87')).toMatchObject({ kind: 'recorded' })
  const document = await billing.getStatement(by('finance_bureau'), { statementId })
  expect(document.status).toBe('treasury_paid')
})

test('and the books balance: each fen that came in is the treasury’s, the tax office’s or the operator’s', async () => {
  expect(await billing.proveLedger(city.world.db)).toMatchObject({ holds: true, unbalanced: [] })
  const balances = await billing.sumBalances(city.world.db)
  const bank = of(city.world.organizations, 'bank_a')
  const { account } = billing
  expect(
    Object.fromEntries(balances.map((each) => [each.account, formatYuan(each.balanceFen)])),
  ).toEqual({
    [account.buyerReceivable(bank)]: '0.00', // 100.00 billed, 100.00 paid
    [account.operatorBank(operatorId())]: '81.13', // 100.00 in, 18.87 to the treasury
    [account.operatorRevenue(operatorId())]: '-94.34',
    [account.operatorDataCost(operatorId())]: '18.87',
    [account.treasuryPayable()]: '0.00',
    [account.vat()]: '-5.66', // 81.13 = 94.34 − 18.87 + 5.66
  })
})
