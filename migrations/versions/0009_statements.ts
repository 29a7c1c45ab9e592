import { type Kysely, sql } from 'kysely'

/** Split rules with their two approvals, statements with members and signatures, treasury payments (R67–R75). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table billing.split_rule (
  id text primary key,
  operator_id text not null references governance.organization (id),
  version int not null,
  title text not null,
  form jsonb not null,
  form_digest text not null,
  reason text not null,
  document_id text not null references governance.policy_document (id),
  effective_from timestamptz not null,
  is_sample boolean not null default false,
  made_by text not null,
  made_at timestamptz not null,
  constraint split_rule_version_unique unique (operator_id, version),
  constraint split_rule_start_unique unique (operator_id, effective_from)
);
create table billing.split_rule_approval (
  rule_id text not null references billing.split_rule (id),
  organization_kind text not null constraint split_rule_approval_bureaus check (organization_kind in ('data_bureau', 'finance_bureau')),
  verdict text not null constraint split_rule_approval_verdict check (verdict in ('approved', 'refused')),
  form_digest text not null,
  opinion text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  primary key (rule_id, organization_kind)
);

create table billing.statement (
  id text primary key,
  number text not null constraint statement_number_unique unique,
  operator_id text not null references governance.organization (id),
  agreement_id text not null references governance.agreement (id),
  month text not null constraint statement_month_form check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  opened_at timestamptz not null,
  constraint statement_once unique (operator_id, month)
);
create table billing.statement_version (
  id text primary key,
  statement_id text not null references billing.statement (id),
  version int not null,
  rule_id text not null references billing.split_rule (id),
  cut_off_at timestamptz not null,
  generated_at timestamptz not null,
  content text not null,
  content_digest text not null,
  government_share_fen bigint not null,
  operator_share_fen bigint not null,
  base_fen bigint not null,
  made_by text not null,
  constraint statement_version_unique unique (statement_id, version),
  constraint statement_version_shares_add_up check (government_share_fen + operator_share_fen = base_fen)
);
-- Its inputs by name, never by time: lines, payments, bills, seals.
create table billing.statement_member (
  version_id text not null references billing.statement_version (id),
  kind text not null constraint statement_member_kind check (kind in ('bill', 'payment_allocation', 'ledger_transaction', 'seal')),
  member_id text not null,
  position int not null,
  primary key (version_id, kind, member_id)
);
create index statement_member_by_member on billing.statement_member (kind, member_id);
create table billing.statement_standing (
  version_id text primary key references billing.statement_version (id),
  statement_id text not null references billing.statement (id),
  status text not null constraint statement_status check (status in (
    'draft', 'prepared', 'checked', 'submitted', 'confirmed', 'locked', 'returned', 'treasury_paid')),
  status_changed_at timestamptz not null
);
create unique index statement_one_open_version on billing.statement_standing (statement_id) where status <> 'returned';
grant update (status, status_changed_at) on billing.statement_standing to platform_app;

create table billing.statement_signature (
  version_id text not null references billing.statement_version (id),
  statement_id text not null references billing.statement (id),
  step text not null constraint statement_signature_step check (step in ('prepare', 'check', 'submit', 'confirm', 'review')),
  person_id text not null references governance.person (id),
  organization_id text not null references governance.organization (id),
  person_name text not null,
  organization_name text not null,
  opinion text not null,
  signed_at timestamptz not null,
  content_digest text not null,
  key_id text not null,
  signature text not null,
  primary key (version_id, step),
  -- R72: five different people; over all versions a person may repeat only the same step.
  constraint statement_signature_five_people exclude using gist (statement_id with =, person_id with =, step with <>)
);
create table billing.statement_return (
  version_id text primary key references billing.statement_version (id),
  returned_from text not null,
  reason text not null constraint statement_return_reasoned check (reason <> ''),
  person_id text not null references governance.person (id),
  organization_id text not null references governance.organization (id),
  person_name text not null,
  organization_name text not null,
  returned_at timestamptz not null
);

create table billing.treasury_payment (
  id text primary key,
  statement_id text not null references billing.statement (id),
  version_id text not null constraint treasury_payment_once unique references billing.statement_version (id),
  amount_fen bigint not null constraint treasury_payment_amount check (amount_fen >= 0),
  item_name text not null,
  payment_code text not null constraint treasury_payment_code_unique unique,
  due_on date not null,
  notified_by text not null,
  notified_at timestamptz not null,
  paid_on date,
  paid_fen bigint,
  receipt_number text constraint treasury_receipt_unique unique,
  recorded_by text,
  recorded_at timestamptz,
  -- R75: the share is paid gross, to the fen, with the receipt of the treasury.
  constraint treasury_payment_gross check (paid_fen is null or paid_fen = amount_fen),
  constraint treasury_payment_receipted check ((paid_on is null) = (receipt_number is null) and (paid_on is null) = (paid_fen is null))
);
grant update (paid_on, paid_fen, receipt_number, recorded_by, recorded_at) on billing.treasury_payment to platform_app;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table billing.treasury_payment, billing.statement_return, billing.statement_signature,
  billing.statement_standing, billing.statement_member, billing.statement_version, billing.statement,
  billing.split_rule_approval, billing.split_rule;
`,
    )
    .execute(db)
}
