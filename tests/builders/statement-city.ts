import type { Actor, Context, OrganizationKind } from '#kernel/context.ts'
import { movableClock, type MovableClock } from '#kernel/clock.ts'
import { makeCreditCode } from '#kernel/credit-code.ts'
import { type Database, formatRange, inTransaction, type Tx } from '#kernel/database.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import { type Id, type IdPrefix, newId } from '#kernel/ids.ts'
import { type Money, parseMoneyYuan, splitTax } from '#kernel/money.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import type { Role } from '#kernel/permissions.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { billIssued, paymentReceived } from '#billing/ledger/templates.ts'

/**
 * A small city for tests of statements: an operator, two buyers, two products with their lineage, a
 * posted price, and ways to issue a bill and to match a payment at the clock's time. Rows are
 * inserted as the verbs of bills and payments leave them.
 */
export type StatementCity = Readonly<{
  db: Database
  clock: MovableClock
  operatorId: Id<'org'>
  buyers: readonly [Id<'org'>, Id<'org'>]
  housing: Id<'product'>
  parking: Id<'product'>
  documentId: Id<'policy'>
  as: (role: Role, person?: string) => Context
  issueBill: (bill: FixtureBill) => Promise<Id<'bill'>>
  matchPayment: (payment: FixturePayment) => Promise<void>
}>
export type FixtureLine = Readonly<{
  product: 'housing' | 'parking'
  kind?: 'usage' | 'free' | 'late'
  calls: bigint
  billedCalls: bigint
  freeCalls?: Record<string, string>
  amountYuan: string
}>
export type FixtureBill = Readonly<{
  buyer: 0 | 1
  month: Month
  number: string
  lines: readonly FixtureLine[]
}>
export type FixturePayment = Readonly<{
  billId: Id<'bill'>
  amountYuan: string
  netYuan: string
  settledBeforeYuan?: string
}>

const taxRate = '0.06'
const kindOfRole: Partial<Record<Role, OrganizationKind>> = {
  data_bureau: 'data_bureau',
  finance_bureau: 'finance_bureau',
  auditor: 'auditor',
}
const since = new Date('2026-01-01T00:00:00+08:00')
const always = formatRange({ from: since, to: null })

export async function makeStatementCity(db: Database): Promise<StatementCity> {
  const clock = movableClock('2026-08-01T09:00:00+08:00')
  const id = <P extends IdPrefix>(prefix: P) => newId(prefix, clock)
  const org = {
    operator: id('org'),
    data_bureau: id('org'),
    finance_bureau: id('org'),
    auditor: id('org'),
    fund: id('org'),
    traffic: id('org'),
    bank: id('org'),
    insurer: id('org'),
  }
  const documentId = id('policy')
  const products = { housing: id('product'), parking: id('product') }
  const prices = await inTransaction(db, async (tx) => {
    await insertOrganizations(tx, org)
    await insertAgreement(tx, { operatorId: org.operator, documentId, clock })
    await insertProducts(tx, { ...org, products, clock })
    return insertPrices(tx, { operatorId: org.operator, documentId, products, clock })
  })
  const subscriptions = new Map<string, Id<'sub'>>()
  const people = new Map<string, Id<'person'>>()
  const buyers = [org.bank, org.insurer] as const
  const as = (role: Role, name = `示例 ${role}`): Context => {
    const personId = people.get(name) ?? id('person')
    people.set(name, personId)
    const organizationKind = kindOfRole[role] ?? 'operator'
    const organizationId =
      organizationKind === 'operator' ? org.operator : org[organizationKind as 'auditor']
    const actor: Actor = {
      kind: 'person',
      personId,
      organizationId,
      organizationKind,
      roles: [role],
      name,
    }
    return { actor, clock, db, requestId: 'test' }
  }
  return {
    db,
    clock,
    operatorId: org.operator,
    buyers,
    ...products,
    documentId,
    as,
    issueBill: (bill) =>
      inTransaction(db, (tx) =>
        insertBill(tx, {
          bill,
          clock,
          operatorId: org.operator,
          buyers,
          products,
          prices,
          subscriptions,
        }),
      ),
    matchPayment: (payment) => inTransaction(db, (tx) => insertPayment(tx, { payment, clock })),
  }
}

/** Signatures refer to people; a test that signs inserts them. */
export async function insertPeople(db: Database, contexts: readonly Context[]): Promise<void> {
  for (const { actor, clock } of contexts)
    if (actor.kind === 'person')
      await db
        .insertInto('governance.person')
        .values({
          id: actor.personId,
          name: actor.name,
          email: `${actor.personId}@example.invalid`,
          status: 'active',
          registered_at: clock.now(),
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
}

const names: Record<string, readonly [OrganizationKind, string]> = {
  operator: ['operator', '示例数据运营有限公司'],
  data_bureau: ['data_bureau', '示例市政务服务和大数据管理局'],
  finance_bureau: ['finance_bureau', '示例市财政局'],
  auditor: ['auditor', '示例市审计局'],
  fund: ['provider', '示例市住房公积金中心'],
  traffic: ['provider', '示例市城市管理执法局'],
  bank: ['buyer', '示例商业银行股份有限公司'],
  insurer: ['buyer', '示例财产保险有限公司'],
}

async function insertOrganizations(tx: Tx, org: Readonly<Record<string, Id<'org'>>>) {
  await tx
    .insertInto('governance.organization')
    .values(
      Object.entries(names).map(([key, [kind, name]], index) => ({
        id: org[key] ?? '',
        kind,
        name,
        credit_code: makeCreditCode({ head: '91421200', organization: `MA4X00${10 + index}` }),
        status: 'active' as const,
        is_sample: true,
        registered_at: since,
      })),
    )
    .execute()
}

async function insertAgreement(
  tx: Tx,
  input: Readonly<{ operatorId: string; documentId: string; clock: MovableClock }>,
) {
  const selectionId = newId('selection', input.clock)
  const by = { recorded_by: 'system:test', recorded_at: since }
  await tx
    .insertInto('governance.policy_document')
    .values({
      id: input.documentId,
      title: '示例收益分配办法（示例，非政策口径）',
      number: '示例〔2026〕1号',
      issuer: '示例',
      issued_on: '2026-01-01',
      valid_from: '2026-01-01',
      file_name: 'a.pdf',
      file_digest: 'sm3:0',
      is_sample: true,
      registered_by: 'system:test',
      registered_at: since,
    })
    .execute()
  await tx
    .insertInto('governance.operator_selection')
    .values({
      id: selectionId,
      operator_id: input.operatorId,
      method: 'open_tender',
      result: '中选',
      notice_from: '2026-01-01',
      notice_to: '2026-01-10',
      notice_link: 'https://example.invalid/',
      document_id: input.documentId,
      ...by,
    })
    .execute()
  await tx
    .insertInto('governance.agreement')
    .values({
      id: newId('agreement', input.clock),
      number: 'XY-2026-001',
      operator_id: input.operatorId,
      selection_id: selectionId,
      scope: '整体授权',
      goals: '示例',
      starts_on: '2026-02-01',
      ends_on: '2029-01-31',
      document_id: input.documentId,
      status: 'in_force',
      signed_at: since,
      ...by,
    })
    .execute()
}

type Products = Readonly<{ housing: Id<'product'>; parking: Id<'product'> }>

async function insertProducts(
  tx: Tx,
  input: Readonly<{
    operator: string
    fund: string
    traffic: string
    products: Products
    clock: MovableClock
  }>,
) {
  const by = { recorded_by: 'system:test', recorded_at: since }
  const resources = [
    {
      provider: input.fund,
      code: 'GJJ-001',
      name: '公积金缴存信息',
      product: 'housing',
      weight: '0.7',
    },
    {
      provider: input.traffic,
      code: 'CG-001',
      name: '停车场信息',
      product: 'housing',
      weight: '0.3',
    },
    {
      provider: input.traffic,
      code: 'CG-002',
      name: '泊位动态信息',
      product: 'parking',
      weight: '1',
    },
  ] as const
  const versions = { housing: newId('pver', input.clock), parking: newId('pver', input.clock) }
  for (const [key, code, name] of [
    ['housing', 'housing-fund-credit', '住房公积金信贷'],
    ['parking', 'smart-parking', '智慧停车动静态数据集'],
  ] as const) {
    await tx
      .insertInto('governance.product')
      .values({
        id: input.products[key],
        code,
        name,
        name_en: code,
        kind: 'api',
        operator_id: input.operator,
        field_code: 'housing_fund',
        summary: name,
        summary_en: code,
        is_sample: true,
        ...by,
      })
      .execute()
    await tx
      .insertInto('governance.product_version')
      .values({
        id: versions[key],
        product_id: input.products[key],
        number: 1,
        content: '{}',
        content_digest: 'sm3:0',
        contains_personal_information: false,
        registration_state: 'to_be_registered',
        status: 'filed',
        status_changed_at: since,
        ...by,
      })
      .execute()
  }
  for (const resource of resources) {
    const resourceId = newId('resource', input.clock)
    await tx
      .insertInto('governance.resource')
      .values({
        id: resourceId,
        code: resource.code,
        name: resource.name,
        provider_id: resource.provider,
        source_kind: 'government_body',
        field_code: 'housing_fund',
        abstract: resource.name,
        format: 'api',
        items: '[]',
        sharing: 'conditional',
        opening: 'conditional',
        update_frequency: 'daily',
        contains_personal_information: false,
        contains_sensitive_personal_information: false,
        status: 'proposed',
        ...by,
      })
      .execute()
    await tx
      .insertInto('governance.product_version_resource')
      .values({
        product_version_id: versions[resource.product],
        resource_id: resourceId,
        weight: resource.weight,
      })
      .execute()
  }
}

type Prices = Readonly<
  Record<keyof Products, Readonly<{ itemId: Id<'pitem'>; postedId: Id<'posted'> }>>
>

async function insertPrices(
  tx: Tx,
  input: Readonly<{
    operatorId: string
    documentId: string
    products: Products
    clock: MovableClock
  }>,
): Promise<Prices> {
  const listId = newId('plist', input.clock)
  await tx
    .insertInto('billing.price_list')
    .values({
      id: listId,
      number: 'SF-2026-000001',
      title: '示例试行收费标准（示例，非政策口径）',
      kind: 'trial',
      operator_id: input.operatorId,
      document_id: input.documentId,
      status: 'draft',
      effective_from: since,
      is_sample: true,
      content: '[]',
      made_by: 'system:test',
      made_at: since,
    })
    .execute()
  const make = async (product: keyof Products) => {
    const itemId = newId('pitem', input.clock)
    const postedId = newId('posted', input.clock)
    await tx
      .insertInto('billing.price_item')
      .values({
        id: itemId,
        price_list_id: listId,
        list_kind: 'trial',
        product_id: input.products[product],
        code: `${product}-call`,
        name: '技术服务费',
        name_en: 'Technical service fee',
        content: '按次查询',
        purpose_class: 'industry',
        form: 'per_call',
        unit: 'call',
        billable_rule: 'on_found',
        tax_inclusive: true,
        set_by: 'system:test',
        effective: always,
        known: always,
      })
      .execute()
    await tx
      .insertInto('billing.posted_price')
      .values({
        id: postedId,
        price_item_id: itemId,
        number: product === 'housing' ? 'SJ-2026-000001' : 'SJ-2026-000002',
        reason: '首次公布',
        effective: always,
        known: always,
        made_by: 'system:maker',
        approved_by: 'system:head',
        posted_at: since,
      })
      .execute()
    return { itemId, postedId }
  }
  return { housing: await make('housing'), parking: await make('parking') }
}

type BillInput = Readonly<{
  bill: FixtureBill
  clock: MovableClock
  operatorId: Id<'org'>
  buyers: readonly [Id<'org'>, Id<'org'>]
  products: Products
  prices: Prices
  subscriptions: Map<string, Id<'sub'>>
}>

async function insertBill(tx: Tx, input: BillInput): Promise<Id<'bill'>> {
  const { bill, clock } = input
  const billId = newId('bill', clock)
  const buyerId = input.buyers[bill.buyer]
  const grossFen = sumYuan(bill.lines.map((line) => line.amountYuan))
  const { net, tax } = splitTax(grossFen, parseDecimal(taxRate))
  const head = { operator_id: input.operatorId, buyer_id: buyerId, month: bill.month }
  await tx
    .insertInto('billing.bill')
    .values({
      id: billId,
      ...head,
      version: 1,
      gross_fen: grossFen,
      net_fen: net,
      tax_fen: tax,
      usage_through_batch: 1n,
      composed_at: clock.now(),
      composed_by: 'system:test',
      content: '{}',
      content_digest: `sm3:${bill.number}`,
    })
    .execute()
  await insertLines(tx, { ...input, billId, buyerId })
  await tx
    .insertInto('billing.bill_standing')
    .values({
      bill_id: billId,
      ...head,
      gross_fen: grossFen,
      status: 'issued',
      number: bill.number,
      issued_by: 'system:test',
      issued_at: clock.now(),
    })
    .execute()
  await postEntry(
    tx,
    clock,
    billIssued({
      billId,
      buyerId,
      operatorId: input.operatorId,
      netFen: net,
      taxFen: tax,
      occurredAt: clock.now(),
      memo: bill.number,
    }),
  )
  return billId
}

function sumYuan(amounts: readonly string[]): Money {
  return amounts.reduce((sum, amount) => (sum + parseMoneyYuan(amount)) as Money, 0n as Money)
}

async function insertLines(
  tx: Tx,
  input: BillInput & Readonly<{ billId: Id<'bill'>; buyerId: Id<'org'> }>,
) {
  const period = monthPeriod(input.bill.month)
  for (const [index, line] of input.bill.lines.entries()) {
    const kind = line.kind ?? 'usage'
    const purpose = kind === 'free' ? 'public_interest' : 'industry'
    const subscriptionId = await subscriptionOf(tx, input, { product: line.product, purpose })
    const { net, tax } = splitTax(parseMoneyYuan(line.amountYuan), parseDecimal(taxRate))
    const price = input.prices[line.product]
    const subscription = await tx
      .selectFrom('billing.subscription')
      .select(['scenario_id'])
      .where('id', '=', subscriptionId)
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('billing.bill_line')
      .values({
        id: newId('line', input.clock),
        bill_id: input.billId,
        position: index + 1,
        kind,
        subscription_id: subscriptionId,
        product_id: input.products[line.product],
        scenario_id: subscription.scenario_id,
        purpose_class: purpose,
        usage_month: input.bill.month,
        posted_price_id: kind === 'free' ? null : price.postedId,
        price_item_id: kind === 'free' ? null : price.itemId,
        unit: 'call',
        quantity: kind === 'free' ? '0' : String(line.billedCalls),
        calls: line.calls,
        billed_calls: line.billedCalls,
        free_calls: JSON.stringify(line.freeCalls ?? {}),
        unrounded_yuan: line.amountYuan,
        cap_amount_yuan: line.amountYuan,
        amount_fen: parseMoneyYuan(line.amountYuan),
        tax_rate: taxRate,
        net_fen: net,
        tax_fen: tax,
        service_from: period.from,
        service_to: period.to,
        rated_at: input.clock.now(),
      })
      .execute()
  }
}

/** One subscription per buyer, product and purpose, with all it needs to stand on. */
async function subscriptionOf(
  tx: Tx,
  input: BillInput,
  of: Readonly<{ product: keyof Products; purpose: 'industry' | 'public_interest' }>,
): Promise<Id<'sub'>> {
  const key = [input.bill.buyer, of.product, of.purpose].join(' ')
  const known = input.subscriptions.get(key)
  if (known !== undefined) return known
  const { clock, operatorId } = input
  const buyerId = input.buyers[input.bill.buyer]
  const ids = {
    scenario: newId('scenario', clock),
    entry: newId('entry', clock),
    agreement: newId('devagr', clock),
    application: newId('application', clock),
    subscription: newId('sub', clock),
  }
  await tx
    .insertInto('governance.scenario')
    .values({
      id: ids.scenario,
      code: ids.scenario,
      name: of.purpose === 'industry' ? '信贷审批' : '惠民查询',
      name_en: 'scenario',
      operator_id: operatorId,
      description: '',
      purpose_class: of.purpose,
      purpose_evidence: '',
      status: 'draft',
      recorded_by: 'system:test',
      recorded_at: since,
    })
    .execute()
  const agreement = await tx
    .selectFrom('governance.development_agreement')
    .select('id')
    .where('buyer_id', '=', buyerId)
    .executeTakeFirst()
  if (agreement === undefined) await insertDevelopmentAgreement(tx, { ...ids, buyerId, operatorId })
  await tx
    .insertInto('governance.use_application')
    .values({
      id: ids.application,
      number: ids.application,
      buyer_id: buyerId,
      product_id: input.products[of.product],
      scenario_id: ids.scenario,
      purpose: '',
      requested_terms: '{}',
      applied_by: 'system:test',
      applied_at: since,
      status: 'approved',
      decided_by: 'system:test',
      decided_at: since,
      reason: '同意',
    })
    .execute()
  await tx
    .insertInto('billing.subscription')
    .values({
      id: ids.subscription,
      number: ids.subscription,
      buyer_id: buyerId,
      operator_id: operatorId,
      product_id: input.products[of.product],
      scenario_id: ids.scenario,
      purpose_class: of.purpose,
      use_application_id: ids.application,
      development_agreement_id: agreement?.id ?? ids.agreement,
      price_item_code: of.purpose === 'industry' ? `${of.product}-call` : null,
      terms: '{}',
      starts_at: since,
      ends_at: new Date('2029-01-01T00:00:00+08:00'),
      status: 'active',
      status_changed_at: since,
      opened_by: 'system:test',
      opened_at: since,
    })
    .execute()
  input.subscriptions.set(key, ids.subscription)
  return ids.subscription
}

async function insertDevelopmentAgreement(
  tx: Tx,
  input: Readonly<{ entry: string; agreement: string; buyerId: string; operatorId: string }>,
) {
  const parties = { buyer_id: input.buyerId, operator_id: input.operatorId }
  await tx
    .insertInto('governance.entry_application')
    .values({
      id: input.entry,
      number: input.entry,
      ...parties,
      declarations: '{}',
      applied_by: 'system:test',
      applied_at: since,
      status: 'submitted',
    })
    .execute()
  await tx
    .insertInto('governance.development_agreement')
    .values({
      id: input.agreement,
      number: input.agreement,
      ...parties,
      entry_application_id: input.entry,
      starts_on: '2026-01-01',
      ends_on: '2028-12-31',
      offered_by: 'system:test',
      offered_at: since,
      status: 'offered',
    })
    .execute()
}

async function insertPayment(
  tx: Tx,
  input: Readonly<{ payment: FixturePayment; clock: MovableClock }>,
) {
  const { payment, clock } = input
  const bill = await tx
    .selectFrom('billing.bill_standing')
    .select(['operator_id', 'buyer_id', 'number'])
    .where('bill_id', '=', payment.billId)
    .executeTakeFirstOrThrow()
  const importId = newId('import', clock)
  const entryId = newId('bankentry', clock)
  const paymentId = newId('payment', clock)
  const amount = parseMoneyYuan(payment.amountYuan)
  const net = parseMoneyYuan(payment.netYuan)
  const at = clock.now()
  await tx
    .insertInto('billing.bank_import')
    .values({
      id: importId,
      operator_id: bill.operator_id,
      file_name: 'bank.csv',
      file_digest: importId,
      account: '示例账户',
      entry_count: 1,
      imported_by: 'system:test',
      imported_at: at,
    })
    .execute()
  await tx
    .insertInto('billing.bank_entry')
    .values({
      id: entryId,
      import_id: importId,
      operator_id: bill.operator_id,
      account: '示例账户',
      bank_reference: `LS${entryId.slice(-8)}`,
      paid_on: at.toISOString().slice(0, 10),
      amount_fen: amount,
      payer_name: '示例',
      payer_account: '0000',
      remark: bill.number ?? '',
      status: 'matched',
    })
    .execute()
  await tx
    .insertInto('billing.payment')
    .values({
      id: paymentId,
      operator_id: bill.operator_id,
      buyer_id: bill.buyer_id,
      purpose: 'bills',
      bank_entry_id: entryId,
      amount_fen: amount,
      matched_by: 'system:test',
      matched_at: at,
    })
    .execute()
  await tx
    .insertInto('billing.payment_allocation')
    .values({
      id: newId('match', clock),
      payment_id: paymentId,
      bill_id: payment.billId,
      amount_fen: amount,
      net_fen: net,
      tax_fen: (amount - net) as Money,
      settled_before_fen: parseMoneyYuan(payment.settledBeforeYuan ?? '0.00'),
      allocated_at: at,
    })
    .execute()
  await postEntry(
    tx,
    clock,
    paymentReceived({
      paymentId,
      buyerId: bill.buyer_id,
      operatorId: bill.operator_id,
      allocatedFen: amount,
      creditFen: 0n as Money,
      occurredAt: at,
      memo: payment.billId,
    }),
  )
}
