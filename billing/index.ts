/* The only door into billing from other folders. Grouped by part. */

// pricing
export {
  type ChargingForm,
  type ChargingKind,
  type ChargingUnit,
  formatChargingForm,
  type MeteredUnit,
  meteredUnits,
  parseChargingForm,
  type Span,
  spans,
  type StoredChargingForm,
} from './pricing/charging-form.ts'
export { type CapVerdict, checkAgainstCap } from './pricing/check-against-cap.ts'
export { type Rated, type RatedTier, rateQuantity } from './pricing/rate-quantity.ts'
export { makeTiers, type Tier, type Tiers } from './pricing/tiers.ts'
export {
  type BillableRule,
  billableRules,
  type PriceItemDraft,
  type PriceListKind,
  type PriceListStatus,
} from './pricing/price-list.ts'
export {
  type DraftPriceList,
  type DraftPriceListResult,
  draftPriceList,
} from './pricing/draft-price-list.ts'
export { type SubmitPriceList, submitPriceList } from './pricing/submit-price-list.ts'
export {
  type ApprovePriceList,
  type ApprovePriceListResult,
  approvePriceList,
} from './pricing/approve-price-list.ts'
export { type ReturnPriceList, returnPriceList } from './pricing/return-price-list.ts'
export {
  type ProposePostedPrice,
  type ProposePostedPriceResult,
  proposePostedPrice,
} from './pricing/propose-posted-price.ts'
export {
  type ApprovePostedPrice,
  type ApprovePostedPriceResult,
  approvePostedPrice,
} from './pricing/approve-posted-price.ts'
export { type RefusePostedPrice, refusePostedPrice } from './pricing/refuse-posted-price.ts'
export { listPricesOfCalls, type PriceOfCall } from './pricing/prices-of-calls.ts'
export {
  type RecordTaxRate,
  type RecordTaxRateResult,
  recordTaxRate,
  type TaxRate,
} from './pricing/record-tax-rate.ts'
export {
  type RecordPermittedRevenue,
  recordPermittedRevenue,
} from './pricing/record-permitted-revenue.ts'
export {
  listPostedPriceProposals,
  listPriceLists,
  type PostedPriceProposalView,
  type PriceListView,
} from './pricing/list-price-lists.ts'
export { priceAt, type PriceInForce, pricingState } from './pricing/prices-in-force.ts'
export {
  listPriceBoard,
  listPriceHistory,
  type PriceBoardEntry,
  type PriceBoardTier,
  type PriceHistoryEntry,
} from './pricing/price-board.ts'

// subscription
export {
  type PurposeClass,
  type Subscription,
  type SubscriptionStatus,
  subscriptionTerms,
  type SubscriptionTerms,
  type SubscriptionView,
} from './subscription/subscription.ts'
export {
  type OpenSubscription,
  type OpenSubscriptionResult,
  openSubscription,
} from './subscription/open-subscription.ts'
export { suspendSubscription } from './subscription/suspend-subscription.ts'
export { resumeSubscription } from './subscription/resume-subscription.ts'
export { endSubscription } from './subscription/end-subscription.ts'
export { getSubscription, listSubscriptions } from './subscription/list-subscriptions.ts'

// rating
export { estimateMonth, type MonthEstimate } from './rating/estimate-month.ts'

// bill
export { type BillStatus, billStatuses, type BillStep } from './bill/bill-lifecycle.ts'
export type {
  BillDocument,
  BillHead,
  BillLine,
  BillLineKind,
  BillLineTier,
  BillLineView,
  BillObjection,
  BillParking,
  BillPayment,
} from './bill/bill.ts'
export type { BillRunOutcome, ParkingReason } from './bill/run-bill.ts'
export { type RunBills, runBills, type RunBillsResult } from './bill/run-bills.ts'
export { discardBill } from './bill/discard-bill.ts'
export { confirmBillByOperator } from './bill/confirm-bill-by-operator.ts'
export { type IssueBill, issueBill, type IssueBillResult } from './bill/issue-bill.ts'
export { confirmBill } from './bill/confirm-bill.ts'
export { objectToBill } from './bill/object-to-bill.ts'
export { decideObjection } from './bill/decide-objection.ts'
export { advanceBills } from './bill/advance-bills.ts'
export { getBill, listBillParkings, listBills } from './bill/list-bills.ts'
export {
  type BillLineCall,
  type BillLineCalls,
  listBillLineCalls,
} from './bill/list-bill-line-calls.ts'

// payment
export {
  importBankStatement,
  type ImportBankStatement,
  type ImportBankStatementResult,
} from './payment/import-bank-statement.ts'
export {
  matchPayment,
  type MatchPayment,
  type MatchPaymentResult,
} from './payment/match-payment.ts'
export { matchPayments } from './payment/match-payments.ts'
export { applyCredit } from './payment/apply-credit.ts'
export { setAsideBankEntry } from './payment/set-aside-entry.ts'
export {
  type BankEntryView,
  listBankEntries,
  listPayments,
  type PaymentView,
} from './payment/list-payments.ts'
export { listReceipts, type Receipt } from './payment/list-receipts.ts'

// accounts: balance, credit
export { setAccountTerms } from './account/set-account-terms.ts'
export { recordTopUp, type RecordTopUpResult } from './account/record-top-up.ts'
export { requestRefund } from './account/request-refund.ts'
export { decideRefund } from './account/decide-refund.ts'
export { listAccounts, listBalanceRefunds, listMovements } from './account/read-accounts.ts'
export { listKeySpending } from './budget/list-key-spending.ts'

// budgets
export { accountAllowance, keyAllowance } from './budget/allowance.queries.ts'
export { accountBudget, keyBudget } from './budget/budget-names.ts'
export { costOfCall, highestCostOfCall } from './budget/call-cost.ts'
export { countBudgets } from './budget/count-budgets.ts'

// ledger
export { account } from './ledger/accounts.ts'
export { type BalancedPostings, type Posting } from './ledger/posting.ts'
export { type LedgerEntry } from './ledger/templates.ts'
export {
  type AccountBalance,
  type LedgerTransactionView,
  sumBalances,
} from './ledger/ledger.queries.ts'
export {
  rollForwardReceivables,
  type RollForward,
  type RollForwardRow,
} from './ledger/roll-forward.ts'
export { type LedgerProof, proveLedger } from './ledger/prove-ledger.ts'
export {
  readBalances,
  readLedgerProof,
  readReceivables,
  readTransactions,
} from './ledger/read-ledger.ts'

// split
export { type SplitRule, type StoredSplitRule, storedSplitRule } from './split/split-rule.ts'
export type { SplitStep } from './split/explain-split.ts'
export {
  draftSplitRule,
  type DraftSplitRule,
  type DraftSplitRuleResult,
} from './split/draft-split-rule.ts'
export {
  decideSplitRule,
  type DecideSplitRule,
  type DecideSplitRuleResult,
} from './split/decide-split-rule.ts'
export {
  listSplitRules,
  type SplitRuleStatus,
  type SplitRuleView,
} from './split/list-split-rules.ts'
export { simulateSplit, type SplitSimulation } from './split/simulate-split.ts'

// statement
export type * from './statement/statement-content.ts'
export {
  nextSigning,
  type SigningStep,
  signingSteps,
  type StatementMove,
  statementMoves,
  type StatementStatus,
  statementStatuses,
} from './statement/statement-lifecycle.ts'
export type {
  StatementDocument,
  StatementHead,
  StatementReturn,
  StatementSignature,
  TreasuryPayment,
} from './statement/statement.ts'
export {
  composeStatement,
  type ComposeStatement,
  type ComposeStatementResult,
} from './statement/compose-statement.ts'
export {
  type StatementBlocker,
  type StatementReadiness,
  statementReadiness,
  type StatementWarning,
} from './statement/statement-readiness.ts'
export {
  signStatement,
  type SignStatement,
  type SignStatementResult,
} from './statement/sign-statement.ts'
export {
  returnStatement,
  type ReturnStatement,
  type ReturnStatementResult,
} from './statement/return-statement.ts'
export { listStatementFiles } from './statement/list-statement-files.ts'
export type { DetailFile } from './statement/detail-files.ts'
export { getStatement, listStatements } from './statement/list-statements.ts'
export {
  proveStatement,
  proveStatements,
  type StatementProof,
  verifyStatement,
} from './statement/verify-statement.ts'
export { drillDown, type StatementDrillDown, type StatementFigure } from './statement/drill-down.ts'
export {
  listStatementExceptions,
  type StatementException,
} from './statement/statement-exceptions.ts'
export { type StatementChanges, statementChanges } from './statement/statement-changes.ts'

// treasury
export {
  notifyTreasuryPayment,
  type NotifyTreasuryPayment,
  type NotifyTreasuryPaymentResult,
} from './treasury/notify-treasury-payment.ts'
export type { TreasuryNotice } from './treasury/treasury-notice.ts'
export {
  recordTreasuryPayment,
  type RecordTreasuryPayment,
  type RecordTreasuryPaymentResult,
} from './treasury/record-treasury-payment.ts'
export {
  listTreasuryPayments,
  type TreasuryPaymentView,
} from './treasury/list-treasury-payments.ts'

// revenue
export {
  type PermittedProgress,
  readRevenueBoard,
  type RevenueBoard,
  type RevenueMonth,
  type RevenueOfBuyer,
  type RevenueOfProduct,
} from './revenue/revenue-board.ts'
