/* Written by `node migrations/write-tables.ts` from a freshly migrated database; a test compares the two. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** Read as an unknown to be parsed at the row, written as JSON text. */
type JsonColumn = ColumnType<unknown, string, string>
type OptionalJsonColumn = ColumnType<unknown, string | null | undefined, string | null>

export interface AuthAccountTable {
  id: Generated<string>
  accountId: string
  providerId: string
  userId: string
  accessToken: string | null
  refreshToken: string | null
  idToken: string | null
  accessTokenExpiresAt: Date | null
  refreshTokenExpiresAt: Date | null
  scope: string | null
  password: string | null
  createdAt: Generated<Date>
  updatedAt: Date
}
export interface AuthRateLimitTable {
  id: Generated<string>
  key: string
  count: number
  lastRequest: bigint
}
export interface AuthSessionTable {
  id: Generated<string>
  expiresAt: Date
  token: string
  createdAt: Generated<Date>
  updatedAt: Date
  ipAddress: string | null
  userAgent: string | null
  userId: string
}
export interface AuthUserTable {
  id: Generated<string>
  name: string
  email: string
  emailVerified: boolean
  image: string | null
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
}
export interface AuthVerificationTable {
  id: Generated<string>
  identifier: string
  value: string
  expiresAt: Date
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
}
export interface BillingAccountTermsTable {
  id: string
  buyer_id: string
  operator_id: string
  payment_mode: 'prepaid' | 'postpaid'
  credit_limit_fen: bigint | null
  effective_from: Date
  reason: string
  decided_by: string
  decided_at: Date
}
export interface BillingBalanceRefundTable {
  id: string
  buyer_id: string
  operator_id: string
  amount_fen: bigint
  payee_account: string
  reason: string
  requested_by: string
  requested_at: Date
  status: Generated<'requested' | 'approved' | 'refused'>
  decided_by: string | null
  decided_at: Date | null
  note: string | null
}
export interface BillingBalanceRefundPartTable {
  refund_id: string
  payment_id: string
  amount_fen: bigint
}
export interface BillingBankEntryTable {
  id: string
  import_id: string
  operator_id: string
  account: string
  bank_reference: string
  paid_on: string
  amount_fen: bigint
  payer_name: string
  payer_account: string
  remark: string
  status: 'unmatched' | 'matched' | 'set_aside'
}
export interface BillingBankImportTable {
  id: string
  operator_id: string
  file_name: string
  file_digest: string
  account: string
  entry_count: number
  imported_by: string
  imported_at: Date
}
export interface BillingBillTable {
  id: string
  buyer_id: string
  operator_id: string
  month: string
  version: number
  gross_fen: bigint
  net_fen: bigint
  tax_fen: bigint
  usage_through_batch: bigint
  composed_at: Date
  composed_by: string
  content: string
  content_digest: string
}
export interface BillingBillLineTable {
  id: string
  bill_id: string
  position: number
  kind: 'usage' | 'free' | 'late' | 'period' | 'adjustment'
  subscription_id: string
  product_id: string
  scenario_id: string
  purpose_class: string
  usage_month: string
  posted_price_id: string | null
  price_item_id: string | null
  unit: string
  quantity: string
  quantity_before: Generated<string>
  calls: bigint
  billed_calls: bigint
  free_calls: JsonColumn
  unrounded_yuan: string
  cap_amount_yuan: string
  amount_fen: bigint
  tax_rate: string
  net_fen: bigint
  tax_fen: bigint
  service_from: Date
  service_to: Date
  rated_at: Date
  corrects_line_id: string | null
  corrects_event_id: string | null
}
export interface BillingBillLineTierTable {
  bill_line_id: string
  position: number
  posted_price_id: string
  quantity: string
  unit_price_yuan: string
  cap_unit_price_yuan: string
  amount_yuan: string
}
export interface BillingBillMeteringTable {
  bill_id: string
  buyer_id: string
  operator_id: string
  month: string
  used_before: Date
  through_batch: bigint
  metered_micro_yuan: bigint
}
export interface BillingBillObjectionTable {
  id: string
  bill_id: string
  bill_line_id: string | null
  reason: string
  objected_by: string
  objected_at: Date
  verdict: 'upheld' | 'dismissed' | null
  decision: string | null
  decided_by: string | null
  decided_at: Date | null
}
export interface BillingBillParkingTable {
  id: string
  operator_id: string
  buyer_id: string
  month: string
  reason: string
  detail: JsonColumn
  parked_at: Date
  resolved_at: Date | null
}
export interface BillingBillStandingTable {
  bill_id: string
  operator_id: string
  buyer_id: string
  month: string
  gross_fen: bigint
  status:
    | 'draft'
    | 'discarded'
    | 'operator_confirmed'
    | 'issued'
    | 'confirmed'
    | 'objected'
    | 'decided'
    | 'due'
    | 'part_paid'
    | 'paid'
    | 'written_off'
  number: string | null
  operator_confirmed_by: string | null
  operator_confirmed_at: Date | null
  issued_by: string | null
  issued_at: Date | null
  objection_until: Date | null
  confirmed_by: string | null
  confirmed_at: Date | null
  due_on: string | null
  settled_fen: Generated<bigint>
}
export interface BillingBuyerAccountTable {
  buyer_id: string
  operator_id: string
  opened_at: Date
  changed_at: Date
}
export interface BillingLedgerAccountTable {
  address: string
  kind: 'asset' | 'liability' | 'income' | 'expense'
}
export interface BillingLedgerTransactionTable {
  id: string
  template: string
  reference: string
  occurred_at: Date
  booked_at: Date
  memo: string
}
export interface BillingPaymentTable {
  id: string
  operator_id: string
  buyer_id: string
  bank_entry_id: string
  amount_fen: bigint
  matched_by: string
  matched_at: Date
  purpose: 'bills' | 'top_up'
}
export interface BillingPaymentAllocationTable {
  id: string
  payment_id: string
  bill_id: string
  amount_fen: bigint
  net_fen: bigint
  tax_fen: bigint
  settled_before_fen: bigint
  allocated_at: Date
}
export interface BillingPermittedRevenueTable {
  id: string
  operator_id: string
  cycle_from: string
  cycle_to: string
  cost_fen: bigint
  profit_base: string
  profit_rate_source: string
  profit_fen: bigint
  tax_fen: bigint
  excess_deducted_fen: bigint
  result_fen: bigint
  tax_inclusive: boolean
  document_id: string
  recorded_by: string
  recorded_at: Date
}
export interface BillingPostedPriceTable {
  id: string
  price_item_id: string
  number: string
  reason: string
  effective: string
  known: string
  continues_id: string | null
  made_by: string
  approved_by: string
  posted_at: Date
}
export interface BillingPostedPriceProposalTable {
  id: string
  price_item_id: string
  form: JsonColumn
  reason: string
  effective_from: Date
  proposed_by: string
  proposed_at: Date
  status: 'proposed' | 'posted' | 'refused'
  decided_by: string | null
  decided_at: Date | null
  decision_reason: string | null
  verdict: JsonColumn
}
export interface BillingPostedPriceTierTable {
  posted_price_id: string
  price_item_id: string
  position: number
  from_quantity: string
  to_quantity: string | null
  unit_price_yuan: string
  cap_unit_price_yuan: string
}
export interface BillingPostingTable {
  transaction_id: string
  position: number
  account: string
  amount_fen: bigint
  booked_at: Date
}
export interface BillingPriceItemTable {
  id: string
  price_list_id: string
  list_kind: string
  product_id: string
  code: string
  name: string
  name_en: string
  content: string
  purpose_class: string
  form:
    | 'per_call'
    | 'per_record'
    | 'per_megabyte'
    | 'per_piece'
    | 'graduated'
    | 'package'
    | 'period'
    | 'metered_not_charged'
  unit: string
  billable_rule: 'on_success' | 'on_found' | 'per_query'
  repeat_window_hours: Generated<number>
  tax_inclusive: boolean
  included_quantity: string | null
  valid_days: number | null
  reduction_policy: Generated<string>
  set_by: string
  cap_factors: OptionalJsonColumn
  forecast_quantity: string | null
  reported_on: string | null
  report_number: string | null
  effective: string
  known: string
}
export interface BillingPriceItemTierTable {
  price_item_id: string
  position: number
  from_quantity: string
  to_quantity: string | null
  cap_unit_price_yuan: string
}
export interface BillingPriceListTable {
  id: string
  number: string
  title: string
  kind: 'trial' | 'cap'
  operator_id: string
  document_id: string
  status: 'draft' | 'submitted' | 'approved' | 'returned'
  effective_from: Date
  effective_to: Date | null
  is_sample: Generated<boolean>
  made_by: string
  made_at: Date
  approved_by: string | null
  approved_at: Date | null
  return_reason: string | null
  content: JsonColumn
}
export interface BillingSplitRuleTable {
  id: string
  operator_id: string
  version: number
  title: string
  form: JsonColumn
  form_digest: string
  reason: string
  document_id: string
  effective_from: Date
  is_sample: Generated<boolean>
  made_by: string
  made_at: Date
}
export interface BillingSplitRuleApprovalTable {
  rule_id: string
  organization_kind: 'data_bureau' | 'finance_bureau'
  verdict: 'approved' | 'refused'
  form_digest: string
  opinion: string
  decided_by: string
  decided_at: Date
}
export interface BillingStatementTable {
  id: string
  number: string
  operator_id: string
  agreement_id: string
  month: string
  opened_at: Date
}
export interface BillingStatementMemberTable {
  version_id: string
  kind: 'bill' | 'payment_allocation' | 'ledger_transaction' | 'seal' | 'statement_version'
  member_id: string
  position: number
}
export interface BillingStatementReturnTable {
  version_id: string
  returned_from: string
  reason: string
  person_id: string
  organization_id: string
  person_name: string
  organization_name: string
  returned_at: Date
}
export interface BillingStatementSignatureTable {
  version_id: string
  statement_id: string
  step: 'prepare' | 'check' | 'submit' | 'confirm' | 'review'
  person_id: string
  organization_id: string
  person_name: string
  organization_name: string
  opinion: string
  signed_at: Date
  content_digest: string
  key_id: string
  signature: string
}
export interface BillingStatementStandingTable {
  version_id: string
  statement_id: string
  status:
    | 'draft'
    | 'prepared'
    | 'checked'
    | 'submitted'
    | 'confirmed'
    | 'locked'
    | 'returned'
    | 'treasury_paid'
  status_changed_at: Date
}
export interface BillingStatementVersionTable {
  id: string
  statement_id: string
  version: number
  rule_id: string
  cut_off_at: Date
  generated_at: Date
  content: string
  content_digest: string
  government_share_fen: bigint
  operator_share_fen: bigint
  base_fen: bigint
  made_by: string
  copied: string
}
export interface BillingSubscriptionTable {
  id: string
  number: string
  buyer_id: string
  operator_id: string
  product_id: string
  scenario_id: string
  purpose_class: 'public_interest' | 'industry'
  use_application_id: string
  development_agreement_id: string
  price_item_code: string | null
  terms: JsonColumn
  starts_at: Date
  ends_at: Date
  status: 'active' | 'suspended' | 'ended'
  status_changed_at: Date
  opened_by: string
  opened_at: Date
}
export interface BillingTaxRateTable {
  id: string
  operator_id: string
  rate: string
  document_id: string
  effective: string
  known: string
  recorded_by: string
  recorded_at: Date
}
export interface BillingTreasuryPaymentTable {
  id: string
  statement_id: string
  version_id: string
  amount_fen: bigint
  item_name: string
  payment_code: string
  due_on: string
  notified_by: string
  notified_at: Date
  paid_on: string | null
  paid_fen: bigint | null
  receipt_number: string | null
  recorded_by: string | null
  recorded_at: Date | null
}
export interface GovernanceAgreementTable {
  id: string
  number: string
  operator_id: string
  selection_id: string
  scope: string
  goals: string
  starts_on: string
  ends_on: string
  term_override_document_id: string | null
  document_id: string
  status: 'draft' | 'in_force' | 'ended'
  signed_at: Date | null
  recorded_by: string
  recorded_at: Date
}
export interface GovernanceApiKeyTable {
  id: string
  buyer_id: string
  mode: 'live' | 'sandbox'
  scopes: string[]
  subscription_id: string | null
  name: string
  prefix: string
  last_four: string
  secret_digest: string
  networks: Generated<string[]>
  expires_at: Date | null
  created_by: string
  created_at: Date
  revoked_by: string | null
  revoked_at: Date | null
  rotates_key_id: string | null
  overlap_ends_at: Date | null
  suspended_by: string | null
  suspended_at: Date | null
  spend_key_id: string | null
  monthly_spend_max_fen: bigint | null
}
export interface GovernanceAuthorizationTable {
  id: string
  operator_id: string
  agreement_id: string
  mode: 'whole' | 'individual'
  field_or_scenario: string | null
  necessity: string | null
  reason: string
  document_id: string
  effective_from: Date
  effective_to: Date
  approved_by: string
  approved_at: Date
  revoked_at: Date | null
}
export interface GovernanceAuthorizationResourceTable {
  authorization_id: string
  resource_id: string
}
export interface GovernanceCatalogueTable {
  id: string
  version: number
  note: string
  difference: JsonColumn
  digest: string
  published_by: string
  published_at: Date
}
export interface GovernanceCatalogueResourceTable {
  catalogue_id: string
  resource_id: string
  content: JsonColumn
}
export interface GovernanceDevelopmentAgreementTable {
  id: string
  number: string
  buyer_id: string
  operator_id: string
  entry_application_id: string
  starts_on: string
  ends_on: string
  offered_by: string
  offered_at: Date
  signed_by: string | null
  signed_at: Date | null
  status: 'offered' | 'in_force' | 'ended'
}
export interface GovernanceEntryApplicationTable {
  id: string
  number: string
  buyer_id: string
  operator_id: string
  declarations: JsonColumn
  last_incident_on: string | null
  applied_by: string
  applied_at: Date
  status: 'submitted' | 'approved' | 'rejected'
  decided_by: string | null
  decided_at: Date | null
  reason: string | null
}
export interface GovernanceFieldTable {
  code: string
  name: string
  name_en: string
  position: number
  is_priority: boolean
}
export interface GovernanceFilingTable {
  id: string
  product_version_id: string
  content_digest: string
  submitted_by: string
  submitted_at: Date
  verdict: 'confirmed' | 'returned' | null
  number: string | null
  reason: string | null
  decided_by: string | null
  decided_at: Date | null
}
export interface GovernanceIncidentTable {
  id: string
  number: string
  object_kind: 'product' | 'api_key' | 'buyer' | 'resource'
  object_id: string
  object_name: string
  status_before: string | null
  level: 'general' | 'larger' | 'major' | 'extraordinary'
  reason: string
  opened_by: string
  opened_at: Date
  holder_id: string
  lifted_by: string | null
  lifted_at: Date | null
  closed_by: string | null
  closed_at: Date | null
  conclusion: string | null
}
export interface GovernanceIncidentConcernedTable {
  incident_id: string
  organization_id: string
}
export interface GovernanceIncidentEntryTable {
  id: GeneratedAlways<bigint>
  incident_id: string
  kind:
    | 'stopped'
    | 'taken_over'
    | 'suspended'
    | 'noted'
    | 'reported'
    | 'resumed'
    | 'still_suspended'
    | 'lifted'
    | 'closed'
  words: string
  recorded_by: string
  organization_id: string | null
  recorded_at: Date
}
export interface GovernanceInvitationTable {
  id: string
  kind: 'first_administrator' | 'member'
  token_digest: string
  email: string | null
  name: string | null
  organization_id: string | null
  roles: string[]
  invited_by: string
  invited_at: Date
  expires_at: Date
  accepted_at: Date | null
  accepted_by: string | null
  revoked_at: Date | null
}
export interface GovernanceMembershipTable {
  id: string
  person_id: string
  organization_id: string
  role: string
  granted_by: string
  granted_at: Date
  ended_by: string | null
  ended_at: Date | null
}
export interface GovernanceNoticeTable {
  id: string
  organization_id: string
  kind: string
  source: string
  payload: JsonColumn
  recorded_at: Date
  read_at: Date | null
  read_by: string | null
  occurred_at: Date
}
export interface GovernanceOperatorSelectionTable {
  id: string
  operator_id: string
  method: 'open_tender' | 'invited_tender' | 'competitive_negotiation' | 'other'
  method_note: string | null
  result: string
  notice_from: string
  notice_to: string
  notice_link: string
  document_id: string
  recorded_by: string
  recorded_at: Date
}
export interface GovernanceOrganizationTable {
  id: string
  kind:
    | 'data_bureau'
    | 'finance_bureau'
    | 'price_authority'
    | 'market_regulator'
    | 'state_asset_regulator'
    | 'security_supervisor'
    | 'auditor'
    | 'platform'
    | 'provider'
    | 'operator'
    | 'buyer'
  name: string
  name_en: string | null
  credit_code: string
  status: 'registered' | 'active' | 'suspended' | 'exited'
  contact_name: string | null
  contact_phone: string | null
  address: string | null
  is_sample: Generated<boolean>
  registered_at: Date
}
export interface GovernanceOutboundReviewTable {
  id: string
  product_version_id: string
  content_digest: string
  submitted_by: string
  submitted_at: Date
  checklist: OptionalJsonColumn
  evidence_digest: string | null
  verdict: 'passed' | 'failed' | null
  reason: string | null
  reviewed_by: string | null
  reviewed_at: Date | null
}
export interface GovernancePersonTable {
  id: string
  auth_user_id: string | null
  name: string
  email: string
  status: 'active' | 'suspended' | 'removed'
  failed_sign_ins: Generated<number>
  locked_until: Date | null
  registered_at: Date
}
export interface GovernancePolicyDocumentTable {
  id: string
  title: string
  number: string
  issuer: string
  issued_on: string
  valid_from: string
  valid_to: string | null
  file_name: string
  file_digest: string
  note: Generated<string>
  is_sample: Generated<boolean>
  registered_by: string
  registered_at: Date
}
export interface GovernanceProductTable {
  id: string
  code: string
  name: string
  name_en: string
  kind: 'api' | 'dataset' | 'report' | 'model'
  operator_id: string
  field_code: string
  summary: string
  summary_en: string
  is_sample: Generated<boolean>
  recorded_by: string
  recorded_at: Date
}
export interface GovernanceProductVersionTable {
  id: string
  product_id: string
  number: number
  content: JsonColumn
  content_digest: string
  contains_personal_information: boolean
  registration_number: string | null
  registration_state: 'registered' | 'to_be_registered'
  registration_waiver_document_id: string | null
  status:
    | 'draft'
    | 'in_review'
    | 'reviewed'
    | 'in_filing'
    | 'filed'
    | 'listed'
    | 'suspended'
    | 'delisted'
    | 'cancelled'
  status_changed_at: Date
  recorded_by: string
  recorded_at: Date
}
export interface GovernanceProductVersionMoveTable {
  id: GeneratedAlways<bigint>
  product_version_id: string
  move: string
  from_status: string
  to_status: string
  reason: string
  moved_by: string
  organization_id: string | null
  moved_at: Date
}
export interface GovernanceProductVersionResourceTable {
  product_version_id: string
  resource_id: string
  weight: string
}
export interface GovernanceProductVersionScenarioTable {
  product_version_id: string
  scenario_id: string
}
export interface GovernanceResourceTable {
  id: string
  code: string
  name: string
  provider_id: string
  source_kind: 'government_body' | 'public_institution' | 'public_utility' | 'return_flow'
  legal_basis: string | null
  field_code: string
  abstract: string
  format: string
  items: JsonColumn
  sharing: 'unconditional' | 'conditional' | 'none'
  opening: 'unconditional' | 'conditional' | 'prohibited'
  update_frequency:
    'real_time' | 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly' | 'irregular'
  related_code: string | null
  national_class: 'core' | 'important' | 'general' | null
  level: 'L1' | 'L2' | 'L3' | 'L4' | 'L5' | null
  contains_personal_information: boolean
  contains_sensitive_personal_information: boolean
  important_data_approval_document_id: string | null
  registration_number: string | null
  status: 'proposed' | 'opined' | 'published' | 'withdrawn'
  provider_opinion: string | null
  provider_opined_by: string | null
  provider_opined_at: Date | null
  recorded_by: string
  recorded_at: Date
}
export interface GovernanceScenarioTable {
  id: string
  code: string
  name: string
  name_en: string
  operator_id: string
  description: string
  purpose_class: 'public_interest' | 'industry'
  purpose_evidence: string
  status: 'draft' | 'submitted' | 'approved' | 'rejected'
  recorded_by: string
  recorded_at: Date
  submitted_by: string | null
  submitted_at: Date | null
  decided_by: string | null
  decided_at: Date | null
  decision_reason: string | null
}
export interface GovernanceScenarioOpinionTable {
  scenario_id: string
  provider_id: string
  verdict: 'agree' | 'reject'
  opinion: string
  opined_by: string
  opined_at: Date
}
export interface GovernanceScenarioResourceTable {
  scenario_id: string
  resource_id: string
}
export interface GovernanceUpstreamTable {
  id: string
  product_version_id: string
  connector: 'http' | 'table' | 'file' | 'report' | 'model'
  address: string
  settings: JsonColumn
  sealed_secret: string | null
  proposed_by: string
  proposed_at: Date
  status: 'proposed' | 'active' | 'retired'
  approved_by: string | null
  approved_at: Date | null
}
export interface GovernanceUseApplicationTable {
  id: string
  number: string
  buyer_id: string
  product_id: string
  scenario_id: string
  purpose: string
  requested_terms: JsonColumn
  applied_by: string
  applied_at: Date
  status: 'submitted' | 'approved' | 'rejected'
  decided_by: string | null
  decided_at: Date | null
  reason: string | null
}
export interface KernelAuditEntryTable {
  id: GeneratedAlways<bigint>
  recorded_at: Date
  actor_kind: 'person' | 'api_key' | 'system' | 'anonymous'
  actor_id: string
  organization_id: string | null
  action: string
  outcome: 'done' | 'refused'
  object_type: string
  object_id: string
  detail: OptionalJsonColumn
  request_id: string
}
export interface KernelAuditSealTable {
  id: bigint
  sealed_at: Date
  entry_count: number
  previous_digest: string | null
  digest: string
  key_id: string
  signature: string
}
export interface KernelAuditSealEntryTable {
  entry_id: bigint
  seal_id: bigint
  position: number
  digest: string
}
export interface KernelAuditWaitingTable {
  entry_id: bigint
}
export interface KernelIdempotencyTable {
  scope: string
  route: string
  key: string
  request_digest: string
  status: number | null
  response: OptionalJsonColumn
  recorded_at: Date
}
export interface KernelJobRunTable {
  id: GeneratedAlways<bigint>
  job: string
  job_id: string
  attempt: number
  started_at: Date
  finished_at: Date | null
  outcome: 'done' | 'failed' | null
  detail: OptionalJsonColumn
}
export interface KernelNumberSequenceTable {
  name: string
  last_number: bigint
}
export interface KernelOutboxTable {
  id: GeneratedAlways<bigint>
  kind: string
  payload: JsonColumn
  job_id: string
  recorded_at: Date
  relayed_at: Date | null
  relay_attempts: Generated<number>
  closed_at: Date | null
}
export interface KernelPublicKeyTable {
  key_id: string
  purpose: string
  algorithm: string
  public_key: string
  recorded_at: Date
}
export interface KernelSettingTable {
  name: string
  value: JsonColumn
  recorded_at: Date
}
export interface MeteringBatchSourceTable {
  id: string
  name: string
  public_key: string
  product_version_ids: string[]
  registered_by: string
  registered_at: Date
  approved_by: string | null
  approved_at: Date | null
  revoked_by: string | null
  revoked_at: Date | null
}
export interface MeteringBootProgressTable {
  boot_id: string
  shard: number
  committed_sequence: bigint
  heard_at: Date
  complete_before: Date
  finished_at: Date | null
  answered_sequence: Generated<bigint>
  settled_loss: string | null
}
export interface MeteringGapRecordTable {
  id: string
  boot_id: string
  shard: number
  reason: string
  attempts: bigint
  started_at: Date
  ended_at: Date
  recorded_at: Date
  attempts_max: bigint | null
}
export interface MeteringGatewayBootTable {
  boot_id: string
  started_at: Date
  finished_at: Date | null
}
export interface MeteringIdempotencyClaimTable {
  buyer_id: string
  idempotency_key: string
  event_id: string
  occurred_at: Date
  product_id: string
  request_digest: string
}
export interface MeteringKeylessMinuteTable {
  minute: Date
  reason: string
  attempts: bigint
}
export interface MeteringOpenDeliveryTable {
  buyer_id: string
  event_id: string
  occurred_at: Date
  shard: number
  boot_id: string | null
  key_id: string
  subscription_id: string | null
  product_id: string | null
  route: string
  facts: JsonColumn
  deadline_at: Date
  recorded_at: Date
  standing: Generated<'pending' | 'closed' | 'not_closed'>
  closed_at: Date | null
  late_closing: OptionalJsonColumn
  late_closing_at: Date | null
}
export interface MeteringParkedEntryTable {
  id: GeneratedAlways<bigint>
  shard: number
  stream_id: string
  position: number
  buyer_id: string | null
  body: string
  reason: string
  parked_at: Date
  resolved_at: Date | null
  resolution: 'replayed' | 'corrected' | 'discarded' | null
  boot_id: string | null
  resolved_by: string | null
}
export interface MeteringParkedProposalTable {
  id: string
  entry_id: bigint
  kind: 'corrected' | 'discard'
  body: string | null
  changes: string[]
  reason: string
  proposed_by: string
  proposed_at: Date
  verdict: 'approved' | 'refused' | null
  note: string | null
  decided_by: string | null
  decided_at: Date | null
}
export interface MeteringRefusalsWrittenTable {
  shard: number
  epoch: string
  before_round: bigint
}
export interface MeteringRollUpProofTable {
  id: GeneratedAlways<bigint>
  from_at: Date
  to_at: Date
  proved_at: Date
  proved_by: string
  events: bigint
  holds: boolean
  hours_that_differ: JsonColumn
}
export interface MeteringSealTable {
  id: string
  product_id: string
  day: string
  supplement: number
  sequence: bigint
  previous_digest: string | null
  root: string
  subtrees: number
  events: bigint
  attempts: bigint
  billed: bigint
  content: string
  digest: string
  key_id: string
  signature: string
  sealed_at: Date
}
export interface MeteringSealRoundTable {
  day: string
  supplement: number
  sealed_at: Date
  algorithm: 'sm3' | 'sha256'
  root: string
  seals: number
}
export interface MeteringSealRoundShardTable {
  day: string
  supplement: number
  shard: number
  after_batch: bigint
  through_batch: bigint
}
export interface MeteringSealScanTable {
  shard: number
  through_batch: bigint
  scanned_at: Date
}
export interface MeteringSealSubtreeTable {
  seal_id: string
  position: number
  owner_kind: 'key' | 'subscription'
  owner_id: string
  buyer_id: string
  events: bigint
  attempts: bigint
  billed: bigint
  root: string
  salt: string
}
export interface MeteringShardTable {
  shard: number
  last_batch: Generated<bigint>
  committed_events: Generated<bigint>
  watermark_at: Date | null
  updated_at: Date
  drained_at: Date | null
  loss_id: string | null
  loss_noticed_at: Date | null
}
export interface MeteringUsageBatchTable {
  source_id: string
  sequence: bigint
  digest: string
  signature: string
  events: JsonColumn
  event_count: number
  first_event: bigint
  accepted_at: Date
  receipt: string
}
export interface MeteringUsageBatchEventTable {
  source_id: string
  reference: string
  sequence: bigint
  event_id: string
  buyer_id: string
  occurred_at: Date
}
export interface MeteringUsageBatchStandingTable {
  source_id: string
  sequence: bigint
  buyer_id: string
  event_count: number
  first_at: Date
  stored: Generated<number>
  parked: Generated<number>
  forwardings: Generated<number>
  forwarded_at: Date | null
  stream_id: string | null
  settled_at: Date | null
}
export interface MeteringUsageConflictTable {
  id: GeneratedAlways<bigint>
  shard: number
  buyer_id: string
  occurred_at: Date
  event_id: string
  boot_id: string | null
  differs: string[]
  body: string
  body_digest: string
  recorded_at: Date
}
export interface MeteringUsageCorrectionTable {
  buyer_id: string
  occurred_at: Date
  event_id: string
  proposal_id: string
  kind: string
  reason: string
  reference: string
  batch: bigint
  corrected_at: Date
  proposed_by: string
  approved_by: string
  replacement_event_id: string | null
}
export interface MeteringUsageCorrectionProposalTable {
  id: string
  kind: 'void' | 'replace'
  buyer_id: string
  occurred_at: Date
  event_id: string
  operator_id: string
  reason: string
  reference: string
  replacement: OptionalJsonColumn
  proposed_by: string
  proposed_at: Date
  verdict: 'approved' | 'refused' | null
  note: string | null
  decided_by: string | null
  decided_at: Date | null
}
export interface MeteringUsageEventTable {
  buyer_id: string
  occurred_at: Date
  event_id: string
  recorded_at: Date
  mode: 'live' | 'sandbox'
  shard: number
  batch: bigint
  boot_id: string | null
  boot_sequence: bigint | null
  key_id: string
  subscription_id: string | null
  product_id: string | null
  product_version_id: string | null
  scenario_id: string | null
  purpose_class: 'public_interest' | 'industry' | null
  price_reference: string | null
  request_id: string
  route: string
  result_class: 'found' | 'not_found' | 'refused' | 'failed' | 'repeated'
  reason: string
  http_status: number
  billable: boolean
  attempts: number
  records: Generated<bigint>
  bytes: Generated<bigint>
  duration_ms: number
  request_digest: string | null
  repeats_event_id: string | null
}
export interface MeteringUsageHourTable {
  buyer_id: string
  hour: Date
  subscription_id: string
  product_id: string
  key_id: string
  mode: string
  result_class: string
  billable: boolean
  reason: string
  events: bigint
  attempts: bigint
  records: bigint
  bytes: bigint
  duration_ms: bigint
}
/** Every table by its full name, as kysely addresses it. */
export interface Tables {
  'auth.account': AuthAccountTable
  'auth.rateLimit': AuthRateLimitTable
  'auth.session': AuthSessionTable
  'auth.user': AuthUserTable
  'auth.verification': AuthVerificationTable
  'billing.account_terms': BillingAccountTermsTable
  'billing.balance_refund': BillingBalanceRefundTable
  'billing.balance_refund_part': BillingBalanceRefundPartTable
  'billing.bank_entry': BillingBankEntryTable
  'billing.bank_import': BillingBankImportTable
  'billing.bill': BillingBillTable
  'billing.bill_line': BillingBillLineTable
  'billing.bill_line_tier': BillingBillLineTierTable
  'billing.bill_metering': BillingBillMeteringTable
  'billing.bill_objection': BillingBillObjectionTable
  'billing.bill_parking': BillingBillParkingTable
  'billing.bill_standing': BillingBillStandingTable
  'billing.buyer_account': BillingBuyerAccountTable
  'billing.ledger_account': BillingLedgerAccountTable
  'billing.ledger_transaction': BillingLedgerTransactionTable
  'billing.payment': BillingPaymentTable
  'billing.payment_allocation': BillingPaymentAllocationTable
  'billing.permitted_revenue': BillingPermittedRevenueTable
  'billing.posted_price': BillingPostedPriceTable
  'billing.posted_price_proposal': BillingPostedPriceProposalTable
  'billing.posted_price_tier': BillingPostedPriceTierTable
  'billing.posting': BillingPostingTable
  'billing.price_item': BillingPriceItemTable
  'billing.price_item_tier': BillingPriceItemTierTable
  'billing.price_list': BillingPriceListTable
  'billing.split_rule': BillingSplitRuleTable
  'billing.split_rule_approval': BillingSplitRuleApprovalTable
  'billing.statement': BillingStatementTable
  'billing.statement_member': BillingStatementMemberTable
  'billing.statement_return': BillingStatementReturnTable
  'billing.statement_signature': BillingStatementSignatureTable
  'billing.statement_standing': BillingStatementStandingTable
  'billing.statement_version': BillingStatementVersionTable
  'billing.subscription': BillingSubscriptionTable
  'billing.tax_rate': BillingTaxRateTable
  'billing.treasury_payment': BillingTreasuryPaymentTable
  'governance.agreement': GovernanceAgreementTable
  'governance.api_key': GovernanceApiKeyTable
  'governance.authorization': GovernanceAuthorizationTable
  'governance.authorization_resource': GovernanceAuthorizationResourceTable
  'governance.catalogue': GovernanceCatalogueTable
  'governance.catalogue_resource': GovernanceCatalogueResourceTable
  'governance.development_agreement': GovernanceDevelopmentAgreementTable
  'governance.entry_application': GovernanceEntryApplicationTable
  'governance.field': GovernanceFieldTable
  'governance.filing': GovernanceFilingTable
  'governance.incident': GovernanceIncidentTable
  'governance.incident_concerned': GovernanceIncidentConcernedTable
  'governance.incident_entry': GovernanceIncidentEntryTable
  'governance.invitation': GovernanceInvitationTable
  'governance.membership': GovernanceMembershipTable
  'governance.notice': GovernanceNoticeTable
  'governance.operator_selection': GovernanceOperatorSelectionTable
  'governance.organization': GovernanceOrganizationTable
  'governance.outbound_review': GovernanceOutboundReviewTable
  'governance.person': GovernancePersonTable
  'governance.policy_document': GovernancePolicyDocumentTable
  'governance.product': GovernanceProductTable
  'governance.product_version': GovernanceProductVersionTable
  'governance.product_version_move': GovernanceProductVersionMoveTable
  'governance.product_version_resource': GovernanceProductVersionResourceTable
  'governance.product_version_scenario': GovernanceProductVersionScenarioTable
  'governance.resource': GovernanceResourceTable
  'governance.scenario': GovernanceScenarioTable
  'governance.scenario_opinion': GovernanceScenarioOpinionTable
  'governance.scenario_resource': GovernanceScenarioResourceTable
  'governance.upstream': GovernanceUpstreamTable
  'governance.use_application': GovernanceUseApplicationTable
  'kernel.audit_entry': KernelAuditEntryTable
  'kernel.audit_seal': KernelAuditSealTable
  'kernel.audit_seal_entry': KernelAuditSealEntryTable
  'kernel.audit_waiting': KernelAuditWaitingTable
  'kernel.idempotency': KernelIdempotencyTable
  'kernel.job_run': KernelJobRunTable
  'kernel.number_sequence': KernelNumberSequenceTable
  'kernel.outbox': KernelOutboxTable
  'kernel.public_key': KernelPublicKeyTable
  'kernel.setting': KernelSettingTable
  'metering.batch_source': MeteringBatchSourceTable
  'metering.boot_progress': MeteringBootProgressTable
  'metering.gap_record': MeteringGapRecordTable
  'metering.gateway_boot': MeteringGatewayBootTable
  'metering.idempotency_claim': MeteringIdempotencyClaimTable
  'metering.keyless_minute': MeteringKeylessMinuteTable
  'metering.open_delivery': MeteringOpenDeliveryTable
  'metering.parked_entry': MeteringParkedEntryTable
  'metering.parked_proposal': MeteringParkedProposalTable
  'metering.refusals_written': MeteringRefusalsWrittenTable
  'metering.roll_up_proof': MeteringRollUpProofTable
  'metering.seal': MeteringSealTable
  'metering.seal_round': MeteringSealRoundTable
  'metering.seal_round_shard': MeteringSealRoundShardTable
  'metering.seal_scan': MeteringSealScanTable
  'metering.seal_subtree': MeteringSealSubtreeTable
  'metering.shard': MeteringShardTable
  'metering.usage_batch': MeteringUsageBatchTable
  'metering.usage_batch_event': MeteringUsageBatchEventTable
  'metering.usage_batch_standing': MeteringUsageBatchStandingTable
  'metering.usage_conflict': MeteringUsageConflictTable
  'metering.usage_correction': MeteringUsageCorrectionTable
  'metering.usage_correction_proposal': MeteringUsageCorrectionProposalTable
  'metering.usage_event': MeteringUsageEventTable
  'metering.usage_hour': MeteringUsageHourTable
}
