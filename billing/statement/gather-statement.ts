import type { Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { moneyFromFen, subtractMoney, sumMoney } from '#kernel/money.ts'
import { type Month, monthOf, monthPeriod } from '#kernel/period.ts'
import { findSplitRuleInForce, type SplitRuleInForce } from '#billing/split/split-rule.queries.ts'
import {
  findAgreement,
  findPermittedRevenue,
  getParties,
  listBuyerNames,
  listDisputedLines,
  listLineage,
  listPriceListsOfBills,
  listProductNames,
} from './copied-facts.queries.ts'
import { listUnsealedDays } from './seal-members.queries.ts'
import { loadMembers, type LoadedMembers } from './load-inputs.ts'
import { listOpenMembers, type Members, sumReceivablePostings } from './statement-inputs.queries.ts'
import type { CopiedFacts } from './statement-inputs.ts'
import type { StatementBlocker } from './statement-readiness.ts'
import { findFirstOpenTime, listStatementMonths } from './statement.queries.ts'

export type Gathered =
  | Readonly<{ kind: 'blocked'; blockers: readonly StatementBlocker[] }>
  | Readonly<{
      kind: 'ready'
      members: Members
      loaded: LoadedMembers
      facts: CopiedFacts
      ruleId: Id<'rule'>
    }>

type Wanted = Readonly<{ operatorId: Id<'org'>; month: Month; now: Date }>

/** Everything a statement of a month is made from, or all that keeps it from being made. */
export async function gatherStatement(tx: Tx, wanted: Wanted): Promise<Gathered> {
  const before = monthPeriod(wanted.month).to
  const blockers: StatementBlocker[] = await orderBlockers(tx, wanted)
  const parties = await getParties(tx, wanted.operatorId)
  const agreement = await findAgreement(tx, wanted)
  const rule = await findSplitRuleInForce(tx, wanted)
  if (parties === undefined || agreement === undefined)
    blockers.push({ reason: 'agreement_missing', detail: {} })
  if (rule === undefined) blockers.push({ reason: 'split_rule_missing', detail: {} })
  // There is no cost ledger yet, so a rule that takes cost first cannot be carried out (R57).
  if (rule?.form.base.kind === 'net_of_cost')
    blockers.push({ reason: 'verified_cost_missing', detail: { rule: rule.title } })
  const members = await listOpenMembers(tx, { ...wanted, before })
  const loaded = await loadMembers(tx, members)
  blockers.push(...(await ledgerBlockers(tx, members, loaded)))
  blockers.push(...(await sealBlockers(tx, members)))
  const named = await nameMembers(tx, wanted, loaded)
  blockers.push(...lineageBlockers(named))
  if (blockers.length > 0 || parties === undefined || agreement === undefined || rule === undefined)
    return { kind: 'blocked', blockers }
  const facts = { ...parties, ...named, agreement, rule: ruleFact(rule) }
  return { kind: 'ready', members, loaded, facts, ruleId: rule.ruleId }
}

/** The rule as it is copied: `form` is read again from the rule when the version is regenerated. */
function ruleFact(rule: SplitRuleInForce): CopiedFacts['rule'] {
  return {
    id: rule.ruleId,
    version: String(rule.version),
    title: rule.title,
    documentTitle: rule.documentTitle,
    documentNumber: rule.documentNumber,
    isSample: rule.isSample,
    form: rule.form,
    formDigest: rule.formDigest,
  }
}

/**
 * Statements are made in the order of months, each on a locked one: readings, receivables and the
 * year's tiers go on from there.
 */
async function orderBlockers(tx: Tx, wanted: Wanted): Promise<StatementBlocker[]> {
  const blockers: StatementBlocker[] = []
  const period = monthPeriod(wanted.month)
  if (wanted.now < period.to)
    blockers.push({ reason: 'month_not_over', detail: { until: period.to.toISOString() } })
  const months = await listStatementMonths(tx, wanted.operatorId)
  for (const { month, status } of months) {
    if (month < wanted.month && status !== 'locked' && status !== 'treasury_paid')
      blockers.push({ reason: 'earlier_statement_open', detail: { month, status } })
    if (month > wanted.month)
      blockers.push({ reason: 'later_statement_exists', detail: { month, status } })
  }
  const first = await findFirstOpenTime(tx, wanted.operatorId)
  if (first !== undefined && first < period.from) {
    const month = monthOf(first)
    // What was only committed late is carried now; a month nobody made a statement of is not skipped.
    if (!months.some((each) => each.month >= month))
      blockers.push({ reason: 'earlier_statement_open', detail: { month, status: 'missing' } })
  }
  return blockers
}

/** Bills less receipts must be what the ledger booked for them, buyer by buyer. */
async function ledgerBlockers(
  tx: Tx,
  members: Members,
  loaded: LoadedMembers,
): Promise<StatementBlocker[]> {
  const booked = await sumReceivablePostings(tx, members.ledger_transaction)
  const bills = Map.groupBy(
    loaded.bills.filter((bill) => bill.isMember),
    (bill) => bill.buyerId,
  )
  const receipts = Map.groupBy(loaded.receipts, (receipt) => receipt.buyerId)
  const buyerIds = [...new Set([...booked.keys(), ...bills.keys(), ...receipts.keys()])].sort()
  return buyerIds.flatMap((buyerId) => {
    const expected = subtractMoney(
      sumMoney((bills.get(buyerId) ?? []).map((bill) => bill.grossFen)),
      sumMoney((receipts.get(buyerId) ?? []).map((receipt) => receipt.amountFen)),
    )
    return expected === moneyFromFen(booked.get(buyerId) ?? 0n)
      ? []
      : [{ reason: 'ledger_differs' as const, detail: { buyerId } }]
  })
}

/** What was billed must be sealed: a statement is held against the meter by the seals it names (R45). */
async function sealBlockers(tx: Tx, members: Members): Promise<StatementBlocker[]> {
  const days = await listUnsealedDays(tx, members.bill)
  const [first] = days
  if (first === undefined) return []
  return [{ reason: 'usage_not_sealed', detail: { from: first, days: String(days.length) } }]
}

type NamedFacts = Omit<
  CopiedFacts,
  'operator' | 'dataBureau' | 'financeBureau' | 'agreement' | 'rule'
>

async function nameMembers(tx: Tx, wanted: Wanted, loaded: LoadedMembers): Promise<NamedFacts> {
  const memberIds = loaded.bills.filter((bill) => bill.isMember).map((bill) => bill.billId)
  const productIds = [...new Set(loaded.lines.map((line) => line.productId))].sort()
  const buyerIds = [
    ...new Set([...loaded.bills, ...loaded.receipts].map((each) => each.buyerId)),
  ].sort()
  return {
    priceLists: await listPriceListsOfBills(tx, memberIds),
    products: await listProductNames(tx, productIds),
    buyers: await listBuyerNames(tx, buyerIds),
    lineage: await listLineage(tx, productIds),
    disputedLineIds: await listDisputedLines(tx, memberIds),
    permitted: await findPermittedRevenue(tx, wanted),
  }
}

function lineageBlockers(facts: NamedFacts): StatementBlocker[] {
  const known = new Set(facts.lineage.map((fact) => fact.productId))
  return facts.products
    .filter((product) => !known.has(product.id))
    .map((product) => ({ reason: 'lineage_missing', detail: { product: product.code } }))
}
