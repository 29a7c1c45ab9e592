import { type Kysely, sql } from 'kysely'

/** Subscriptions, bills, payments and the ledger (R62–R66). A frozen document and its standing are two tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table billing.subscription (
  id text primary key,
  number text not null constraint subscription_number_unique unique,
  buyer_id text not null references governance.organization (id),
  operator_id text not null references governance.organization (id),
  product_id text not null references governance.product (id),
  scenario_id text not null references governance.scenario (id),
  purpose_class text not null constraint subscription_purpose_class check (purpose_class in ('public_interest', 'industry')),
  use_application_id text not null constraint subscription_application_once unique references governance.use_application (id),
  development_agreement_id text not null references governance.development_agreement (id),
  price_item_code text,
  terms jsonb not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text not null constraint subscription_status check (status in ('active', 'suspended', 'ended')),
  status_changed_at timestamptz not null,
  opened_by text not null,
  opened_at timestamptz not null,
  constraint subscription_period check (ends_at > starts_at),
  -- R50: nothing can charge a public-interest subscription; R54: an industry one needs a posted item.
  constraint subscription_priced_only_industry check ((purpose_class = 'industry') = (price_item_code is not null))
);
create unique index subscription_one_open on billing.subscription (buyer_id, product_id, scenario_id) where status <> 'ended';
grant update (status, status_changed_at) on billing.subscription to platform_app;
alter table governance.api_key add constraint api_key_subscription
  foreign key (subscription_id) references billing.subscription (id);

create table billing.bill (
  id text primary key,
  buyer_id text not null references governance.organization (id),
  operator_id text not null references governance.organization (id),
  month text not null constraint bill_month_form check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  version int not null,
  gross_fen bigint not null,
  net_fen bigint not null,
  tax_fen bigint not null,
  usage_through_batch bigint not null,
  composed_at timestamptz not null,
  composed_by text not null,
  content text not null,
  content_digest text not null,
  constraint bill_version_unique unique (operator_id, buyer_id, month, version),
  constraint bill_tax_adds_up check (gross_fen = net_fen + tax_fen)
);

create table billing.bill_line (
  id text primary key,
  bill_id text not null references billing.bill (id),
  position int not null,
  kind text not null constraint bill_line_kind check (kind in ('usage', 'free', 'late', 'period', 'adjustment')),
  subscription_id text not null references billing.subscription (id),
  product_id text not null references governance.product (id),
  scenario_id text not null references governance.scenario (id),
  purpose_class text not null,
  usage_month text not null,
  posted_price_id text,
  price_item_id text,
  unit text not null,
  quantity numeric(20, 6) not null,
  quantity_before numeric(20, 6) not null default 0,
  calls bigint not null,
  billed_calls bigint not null,
  free_calls jsonb not null,
  unrounded_yuan numeric(30, 12) not null,
  cap_amount_yuan numeric(30, 12) not null,
  amount_fen bigint not null,
  tax_rate numeric(8, 6) not null,
  net_fen bigint not null,
  tax_fen bigint not null,
  service_from timestamptz not null,
  service_to timestamptz not null,
  rated_at timestamptz not null,
  corrects_line_id text references billing.bill_line (id),
  corrects_event_id uuid,
  constraint bill_line_position_unique unique (bill_id, position),
  constraint bill_line_price_of_item foreign key (posted_price_id, price_item_id)
    references billing.posted_price (id, price_item_id),
  constraint bill_line_service_period check (service_to > service_from),
  constraint bill_line_rounded_half_up check (amount_fen = round(unrounded_yuan * 100)),
  constraint bill_line_tax_adds_up check (amount_fen = net_fen + tax_fen),
  constraint bill_line_not_above_cap check (unrounded_yuan <= cap_amount_yuan),
  constraint bill_line_public_interest_free check (purpose_class = 'industry' or (unrounded_yuan = 0 and amount_fen = 0)),
  -- R56: no charge outside the list.
  constraint bill_line_charged_by_price_item check (unrounded_yuan = 0 or posted_price_id is not null),
  constraint bill_line_adjustment_names_line check (kind <> 'adjustment' or corrects_line_id is not null)
);
create index bill_line_of_subscription on billing.bill_line (subscription_id, usage_month);

create table billing.bill_line_tier (
  bill_line_id text not null references billing.bill_line (id),
  position int not null,
  posted_price_id text not null,
  quantity numeric(20, 6) not null,
  unit_price_yuan numeric(20, 6) not null,
  cap_unit_price_yuan numeric(20, 6) not null,
  amount_yuan numeric(30, 12) not null,
  primary key (bill_line_id, position),
  constraint bill_line_tier_of_price foreign key (posted_price_id, position)
    references billing.posted_price_tier (posted_price_id, position),
  constraint bill_line_tier_not_above_cap check (unit_price_yuan <= cap_unit_price_yuan)
);

-- R56: the price of a line was posted for the whole time it charges, as known when it was rated.
create function billing.bill_line_price_in_force() returns trigger language plpgsql as $$
begin
  if new.posted_price_id is not null and not exists (
    select 1 from billing.posted_price p join billing.price_item i on i.id = p.price_item_id
    where p.id = new.posted_price_id
      and p.effective @> tstzrange(new.service_from, new.service_to, '[)')
      and i.effective @> tstzrange(new.service_from, new.service_to, '[)')
      and p.known @> new.rated_at and i.product_id = new.product_id)
  then
    raise exception 'bill line % is rated with a price that was not in force', new.id
      using errcode = '23514', constraint = 'bill_line_price_item_in_force';
  end if;
  return new;
end $$;
create trigger bill_line_price_in_force before insert on billing.bill_line
  for each row execute function billing.bill_line_price_in_force();

create table billing.bill_standing (
  bill_id text primary key references billing.bill (id),
  operator_id text not null,
  buyer_id text not null,
  month text not null,
  gross_fen bigint not null,
  status text not null constraint bill_status check (status in (
    'draft', 'discarded', 'operator_confirmed', 'issued', 'confirmed', 'objected', 'decided', 'due', 'part_paid', 'paid', 'written_off')),
  number text constraint bill_number_unique unique,
  operator_confirmed_by text,
  operator_confirmed_at timestamptz,
  issued_by text,
  issued_at timestamptz,
  objection_until timestamptz,
  confirmed_by text,
  confirmed_at timestamptz,
  due_on date,
  settled_fen bigint not null default 0,
  constraint bill_issued_numbered check (status in ('draft', 'discarded', 'operator_confirmed') or
    (number is not null and issued_at is not null)),
  constraint bill_settled_span check (settled_fen between least(0, gross_fen) and greatest(0, gross_fen)),
  constraint bill_paid_settled check (status <> 'paid' or settled_fen = gross_fen)
);
create unique index bill_one_per_month on billing.bill_standing (operator_id, buyer_id, month) where status <> 'discarded';
create index bill_standing_by_buyer on billing.bill_standing (buyer_id, month);
grant update (status, number, operator_confirmed_by, operator_confirmed_at, issued_by, issued_at,
  objection_until, confirmed_by, confirmed_at, due_on, settled_fen) on billing.bill_standing to platform_app;

create table billing.bill_parking (
  id text primary key,
  operator_id text not null,
  buyer_id text not null,
  month text not null,
  reason text not null,
  detail jsonb not null,
  parked_at timestamptz not null,
  resolved_at timestamptz
);
create unique index bill_parking_one_open on billing.bill_parking (operator_id, buyer_id, month, reason) where resolved_at is null;
grant update (resolved_at) on billing.bill_parking to platform_app;

create table billing.bill_objection (
  id text primary key,
  bill_id text not null references billing.bill (id),
  bill_line_id text references billing.bill_line (id),
  reason text not null,
  objected_by text not null,
  objected_at timestamptz not null,
  verdict text constraint bill_objection_verdict check (verdict in ('upheld', 'dismissed')),
  decision text,
  decided_by text,
  decided_at timestamptz
);
grant update (verdict, decision, decided_by, decided_at) on billing.bill_objection to platform_app;

create table billing.bank_import (
  id text primary key,
  operator_id text not null references governance.organization (id),
  file_name text not null,
  file_digest text not null,
  account text not null,
  entry_count int not null,
  imported_by text not null,
  imported_at timestamptz not null,
  constraint bank_import_file_once unique (operator_id, file_digest)
);
create table billing.bank_entry (
  id text primary key,
  import_id text not null references billing.bank_import (id),
  operator_id text not null,
  account text not null,
  bank_reference text not null,
  paid_on date not null,
  amount_fen bigint not null constraint bank_entry_amount check (amount_fen > 0),
  payer_name text not null,
  payer_account text not null,
  remark text not null,
  status text not null constraint bank_entry_status check (status in ('unmatched', 'matched', 'set_aside')),
  constraint bank_entry_once unique (operator_id, account, bank_reference)
);
grant update (status) on billing.bank_entry to platform_app;

create table billing.payment (
  id text primary key,
  operator_id text not null references governance.organization (id),
  buyer_id text not null references governance.organization (id),
  bank_entry_id text not null constraint payment_entry_once unique references billing.bank_entry (id),
  amount_fen bigint not null constraint payment_positive check (amount_fen > 0),
  matched_by text not null,
  matched_at timestamptz not null
);
-- What of a payment settled which bill, with the net and tax of this part; the rest is the buyer's credit.
create table billing.payment_allocation (
  id text primary key,
  payment_id text not null references billing.payment (id),
  bill_id text not null references billing.bill (id),
  amount_fen bigint not null constraint payment_allocation_positive check (amount_fen > 0),
  net_fen bigint not null,
  tax_fen bigint not null,
  settled_before_fen bigint not null,
  allocated_at timestamptz not null,
  constraint payment_allocation_once unique (payment_id, bill_id),
  constraint payment_allocation_tax_adds_up check (amount_fen = net_fen + tax_fen)
);
create index payment_allocation_of_bill on billing.payment_allocation (bill_id);

create table billing.ledger_account (
  address text primary key,
  kind text not null constraint ledger_account_kind check (kind in ('asset', 'liability', 'income', 'expense'))
);
create table billing.ledger_transaction (
  id text primary key,
  template text not null,
  reference text not null,
  occurred_at timestamptz not null,
  booked_at timestamptz not null,
  memo text not null,
  constraint ledger_transaction_once unique (template, reference)
);
-- Debit positive, credit negative.
create table billing.posting (
  transaction_id text not null references billing.ledger_transaction (id),
  position int not null,
  account text not null references billing.ledger_account (address),
  amount_fen bigint not null constraint posting_not_zero check (amount_fen <> 0),
  booked_at timestamptz not null,
  primary key (transaction_id, position)
);
create index posting_of_account on billing.posting (account, booked_at);
create function billing.posting_balanced() returns trigger language plpgsql as $$
begin
  if (select sum(amount_fen) from billing.posting where transaction_id = new.transaction_id) <> 0 then
    raise exception 'ledger transaction % does not balance', new.transaction_id
      using errcode = '23514', constraint = 'posting_transaction_balances';
  end if;
  return null;
end $$;
create constraint trigger posting_balanced after insert on billing.posting
  deferrable initially deferred for each row execute function billing.posting_balanced();
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table governance.api_key drop constraint api_key_subscription;
drop table billing.posting, billing.ledger_transaction, billing.ledger_account, billing.payment_allocation,
  billing.payment, billing.bank_entry, billing.bank_import, billing.bill_objection, billing.bill_parking,
  billing.bill_standing, billing.bill_line_tier, billing.bill_line, billing.bill, billing.subscription;
drop function billing.posting_balanced(), billing.bill_line_price_in_force();
`,
    )
    .execute(db)
}
