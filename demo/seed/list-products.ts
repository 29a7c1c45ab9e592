import {
  approvePostedPrice,
  approvePriceList,
  draftPriceList,
  parseChargingForm,
  pricingState,
  proposePostedPrice,
  recordPermittedRevenue,
  recordTaxRate,
  submitPriceList,
} from '#billing/index.ts'
import { loweredPrice, prices, sampleTaxRate } from '#demo/city/prices.ts'
import { type CityProduct, products } from '#demo/city/products/index.ts'
import { resources } from '#demo/city/resources.ts'
import { sampleMark } from '#demo/city/sample.ts'
import { scenarios } from '#demo/city/scenarios.ts'
import type { ProviderAccess } from '#demo/simulator/start-simulator.ts'
import {
  approveUpstream,
  decideFiling,
  decideScenario,
  draftProduct,
  draftProductVersion,
  draftScenario,
  type InspectUpstream,
  listProductVersion,
  opineOnScenario,
  outboundChecklist,
  proposeUpstream,
  reviewOutbound,
  submitFiling,
  submitForOutboundReview,
  submitScenario,
} from '#governance/index.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import { parseMoneyYuan, zeroFen } from '#kernel/money.ts'
import { addYears, monthPeriod } from '#kernel/period.ts'
import { providerPerson } from './found-city.ts'
import { as, of, type World } from './world.ts'

/** One review for each scenario: every provider concerned, then the data bureau (R25). */
export async function approveScenarios(world: World): Promise<void> {
  for (const { key, resources: needed, ...draft } of scenarios) {
    const { scenarioId } = await draftScenario(as(world, 'operator_maker'), {
      ...draft,
      resourceIds: needed.map((resource) => of(world.resources, resource)),
    })
    world.scenarios.set(key, scenarioId)
    await submitScenario(as(world, 'operator_maker'), { scenarioId })
    const concerned = new Set(
      resources.filter((each) => needed.includes(each.key)).map((each) => each.provider),
    )
    for (const provider of concerned)
      await opineOnScenario(as(world, providerPerson(world, provider)), {
        scenarioId,
        verdict: 'agree',
        opinion: `同意（${sampleMark}）`,
      })
    await decideScenario(as(world, 'data_bureau'), {
      scenarioId,
      verdict: 'approve',
      reason: `一场景一审核通过（${sampleMark}）`,
    })
  }
}

/** Draft, outbound review by another person, filing: the way of each product to where only its price is missing. */
export async function fileProducts(world: World): Promise<void> {
  for (const each of products) {
    const { productId } = await draftProduct(as(world, 'operator_maker'), each.product)
    const { productVersionId } = await draftProductVersion(as(world, 'operator_maker'), {
      productId,
      content: each.content,
      containsPersonalInformation: each.containsPersonalInformation,
      lineage: each.lineage.map(([resource, weight]) => ({
        resourceId: of(world.resources, resource),
        weight: parseDecimal(weight),
      })),
      scenarioIds: each.scenarios.map((scenario) => of(world.scenarios, scenario)),
      registrationWaiverDocumentId: of(world.documents, 'waiver'),
    })
    world.products.set(each.product.code, { productId, versionId: productVersionId })
    await submitForOutboundReview(as(world, 'operator_maker'), { productVersionId })
    await reviewOutbound(as(world, 'operator_checker'), {
      productVersionId,
      verdict: 'passed',
      checklist: outboundChecklist.map((item) => ({ item, isMet: true, note: sampleMark })),
      evidenceDigest: each.content.statements.compliance.fileDigest,
      reason: `出域合规审核通过（${sampleMark}）`,
    })
    await submitFiling(as(world, 'operator_maker'), { productVersionId })
    await decideFiling(as(world, 'data_bureau'), { productVersionId, verdict: 'confirmed' })
  }
}

/** The trial list with its ceilings, the posted prices under them, tax, and what revenue is permitted. */
export async function setPrices(world: World): Promise<void> {
  const operatorId = of(world.organizations, 'operator')
  const { opensOn } = world.calendar
  const effectiveFrom = world.clock.now()
  const { priceListId } = await draftPriceList(as(world, 'operator_maker'), {
    operatorId,
    kind: 'trial',
    title: `公共数据运营服务试行收费标准（${sampleMark}）`,
    documentId: of(world.documents, 'prices'),
    effectiveFrom,
    isSample: true,
    items: prices.map((price) => ({
      productId: of(world.products, price.product).productId,
      code: price.code,
      name: price.name,
      nameEn: price.nameEn,
      content: price.content,
      form: parseChargingForm(price.ceiling),
      billableRule: price.billableRule,
      repeatWindowHours: 24,
      reductionPolicy: `公益场景免费（${sampleMark}）`,
      setBy: '示例公共数据运营有限公司（市政数局指导）',
      capFactors: { 数据: sampleMark, 算力: sampleMark, 人工: sampleMark },
      forecastQuantity: parseDecimal(price.forecastQuantity),
      reportedOn: opensOn,
      reportNumber: '示例报告〔1〕号',
    })),
  })
  await submitPriceList(as(world, 'operator_maker'), { priceListId })
  const { items } = await approvePriceList(as(world, 'data_bureau'), { priceListId })
  for (const item of items) world.priceItems.set(item.code, item.priceItemId)
  for (const price of prices)
    await postPrice(world, { ...price, form: price.posted, reason: `首次公示（${sampleMark}）` })
  await recordTaxRate(as(world, 'operator_head'), {
    operatorId,
    rate: parseDecimal(sampleTaxRate),
    documentId: of(world.documents, 'tax'),
    effectiveFrom,
  })
  await recordPermittedRevenue(as(world, 'price_authority'), {
    operatorId,
    cycleFrom: opensOn,
    cycleTo: addYears(opensOn, 1),
    costFen: parseMoneyYuan('100000.00'),
    profitBase: `经营成本（${sampleMark}）`,
    profitRateSource: `示例利润率来源（${sampleMark}）`,
    profitFen: parseMoneyYuan('6000.00'),
    taxFen: parseMoneyYuan('6360.00'),
    excessDeductedFen: zeroFen,
    taxInclusive: true,
    documentId: of(world.documents, 'permitted_revenue'),
  })
}

type Posting = Readonly<{ code: string; form: unknown; reason: string; effectiveFrom?: Date }>

async function postPrice(world: World, posting: Posting): Promise<void> {
  const { proposalId } = await proposePostedPrice(as(world, 'operator_maker'), {
    priceItemId: of(world.priceItems, posting.code),
    form: parseChargingForm(posting.form),
    reason: posting.reason,
    effectiveFrom: posting.effectiveFrom ?? world.clock.now(),
  })
  await approvePostedPrice(as(world, 'operator_head'), { proposalId })
}

/** Known in the first month, in force from the second. */
export async function lowerOnePrice(world: World): Promise<void> {
  const effectiveFrom = monthPeriod(world.calendar.fullMonths[1]).from
  await postPrice(world, { ...loweredPrice, effectiveFrom })
}

/** Binds each product to its provider's service and lists it (R30). */
export async function listProducts(world: World, providers: ProviderAccess): Promise<void> {
  for (const each of products) {
    const { productId, versionId } = of(world.products, each.product.code)
    await bindUpstream(world, each, providers)
    const head = as(world, 'operator_head')
    const pricing = await pricingState(world.db, { productId, at: head.clock.now() })
    await listProductVersion(head, { productVersionId: versionId, pricing })
  }
}

async function bindUpstream(
  world: World,
  product: CityProduct,
  providers: ProviderAccess,
): Promise<void> {
  const { connector, service, base, settings } = product.upstream
  const { upstreamId } = await proposeUpstream(as(world, 'operator_maker'), {
    productVersionId: of(world.products, product.product.code).versionId,
    connector,
    address: connector === 'table' ? providers.databaseAddress : `${providers.origin}${base}`,
    settings,
    secret: of(providers.credentials, service),
  })
  // The simulator made its reader itself, and the gateway looks at its role at each connection.
  const fit: InspectUpstream = () => Promise.resolve({ kind: 'fit' })
  await approveUpstream(as(world, 'operator_checker'), { upstreamId }, fit)
}
