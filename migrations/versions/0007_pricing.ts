import { type Kysely, sql } from 'kysely'

/**
 * Price lists, price items with their ceilings, posted prices, tax rates, permitted revenue (R47–R59).
 * Each has the time it holds (effective) and the time we knew it (known); a row is never changed but
 * for the end of what was known, when a truer row takes its place.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table billing.price_list (
  id text primary key,
  number text not null constraint price_list_number_unique unique,
  title text not null,
  kind text not null constraint price_list_kind check (kind in ('trial', 'cap')),
  operator_id text not null references governance.organization (id),
  document_id text not null references governance.policy_document (id),
  status text not null constraint price_list_status check (status in ('draft', 'submitted', 'approved', 'returned')),
  effective_from timestamptz not null,
  effective_to timestamptz,
  is_sample boolean not null default false,
  made_by text not null,
  made_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  return_reason text,
  constraint price_list_id_kind unique (id, kind),
  constraint price_list_period check (effective_to is null or effective_to > effective_from),
  constraint price_list_approved_by_another check (approved_by is null or approved_by <> made_by),
  constraint price_list_approved check (status <> 'approved' or (approved_by is not null and approved_at is not null))
);
grant update (status, approved_by, approved_at, return_reason) on billing.price_list to platform_app;

create table billing.price_item (
  id text primary key,
  price_list_id text not null,
  list_kind text not null,
  product_id text not null references governance.product (id),
  code text not null,
  name text not null,
  name_en text not null,
  content text not null,
  purpose_class text not null constraint price_item_only_industry check (purpose_class = 'industry'),
  form text not null constraint price_item_form check (form in (
    'per_call', 'per_record', 'per_megabyte', 'per_piece', 'graduated', 'package', 'period', 'metered_not_charged')),
  unit text not null,
  billable_rule text not null constraint price_item_billable_rule check (billable_rule in ('on_success', 'on_found', 'per_query')),
  repeat_window_hours int not null default 24 constraint price_item_repeat_window check (repeat_window_hours > 0),
  tax_inclusive boolean not null,
  included_quantity numeric(20, 6),
  valid_days int,
  reduction_policy text not null default '',
  set_by text not null,
  cap_factors jsonb,
  forecast_quantity numeric(20, 6),
  reported_on date,
  report_number text,
  effective tstzrange not null,
  known tstzrange not null,
  constraint price_item_of_list foreign key (price_list_id, list_kind) references billing.price_list (id, kind),
  constraint price_item_ranges check (not isempty(effective) and not isempty(known)
    and lower_inc(effective) and not upper_inc(effective)),
  constraint price_item_cap_reported check (list_kind = 'trial' or (reported_on is not null and report_number <> '')),
  constraint price_item_package check ((form = 'package') = (included_quantity is not null)),
  constraint price_item_no_overlap exclude using gist (
    product_id with =, code with =, effective with &&, known with &&)
);
grant update (known) on billing.price_item to platform_app;

create table billing.price_item_tier (
  price_item_id text not null references billing.price_item (id),
  position int not null,
  from_quantity numeric(20, 6) not null,
  to_quantity numeric(20, 6),
  cap_unit_price_yuan numeric(20, 6) not null constraint price_item_tier_not_negative check (cap_unit_price_yuan >= 0),
  primary key (price_item_id, position),
  constraint price_item_tier_span check (to_quantity is null or to_quantity > from_quantity),
  constraint price_item_tier_whole unique (price_item_id, position, from_quantity, cap_unit_price_yuan)
);

create table billing.posted_price (
  id text primary key,
  price_item_id text not null references billing.price_item (id),
  number text not null,
  reason text not null,
  effective tstzrange not null,
  known tstzrange not null,
  continues_id text references billing.posted_price (id),
  made_by text not null,
  approved_by text not null,
  posted_at timestamptz not null,
  constraint posted_price_approved_by_another check (approved_by <> made_by),
  constraint posted_price_ranges check (not isempty(effective) and not isempty(known)
    and lower_inc(effective) and not upper_inc(effective)),
  constraint posted_price_id_item unique (id, price_item_id),
  constraint posted_price_no_overlap exclude using gist (price_item_id with =, effective with &&, known with &&)
);
grant update (known) on billing.posted_price to platform_app;

-- The ceiling stands beside each posted tier, proven by the foreign key to be the one that was set (R48).
create table billing.posted_price_tier (
  posted_price_id text not null,
  price_item_id text not null,
  position int not null,
  from_quantity numeric(20, 6) not null,
  to_quantity numeric(20, 6),
  unit_price_yuan numeric(20, 6) not null constraint posted_price_tier_not_negative check (unit_price_yuan >= 0),
  cap_unit_price_yuan numeric(20, 6) not null,
  primary key (posted_price_id, position),
  constraint posted_price_not_above_cap check (unit_price_yuan <= cap_unit_price_yuan),
  constraint posted_price_tier_of_price foreign key (posted_price_id, price_item_id)
    references billing.posted_price (id, price_item_id),
  constraint posted_price_tier_names_its_cap foreign key (price_item_id, position, from_quantity, cap_unit_price_yuan)
    references billing.price_item_tier (price_item_id, position, from_quantity, cap_unit_price_yuan)
);

create table billing.posted_price_proposal (
  id text primary key,
  price_item_id text not null references billing.price_item (id),
  form jsonb not null,
  reason text not null,
  effective_from timestamptz not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  status text not null constraint posted_price_proposal_status check (status in ('proposed', 'posted', 'refused')),
  decided_by text,
  decided_at timestamptz,
  decision_reason text,
  constraint posted_price_proposal_decided_by_another check (decided_by is null or decided_by <> proposed_by)
);
grant update (status, decided_by, decided_at, decision_reason) on billing.posted_price_proposal to platform_app;

create table billing.tax_rate (
  id text primary key,
  operator_id text not null references governance.organization (id),
  rate numeric(8, 6) not null constraint tax_rate_span check (rate >= 0 and rate < 1),
  document_id text not null references governance.policy_document (id),
  effective tstzrange not null,
  known tstzrange not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint tax_rate_no_overlap exclude using gist (operator_id with =, effective with &&, known with &&)
);
grant update (known) on billing.tax_rate to platform_app;

-- R59: never computed from a built-in rate; every part is an input with its source.
create table billing.permitted_revenue (
  id text primary key,
  operator_id text not null references governance.organization (id),
  cycle_from date not null,
  cycle_to date not null,
  cost_fen bigint not null,
  profit_base text not null,
  profit_rate_source text not null,
  profit_fen bigint not null,
  tax_fen bigint not null,
  excess_deducted_fen bigint not null,
  result_fen bigint not null,
  tax_inclusive boolean not null,
  document_id text not null references governance.policy_document (id),
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint permitted_revenue_cycle check (cycle_to > cycle_from),
  constraint permitted_revenue_foots check (result_fen = cost_fen + profit_fen + tax_fen - excess_deducted_fen)
);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table billing.permitted_revenue, billing.tax_rate, billing.posted_price_proposal,
  billing.posted_price_tier, billing.posted_price, billing.price_item_tier, billing.price_item, billing.price_list;
`,
    )
    .execute(db)
}
