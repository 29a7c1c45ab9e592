import { type Kysely, sql } from 'kysely'

/**
 * How a buyer pays an operator: ahead, from a balance, or afterwards, up to a limit. A top-up is a payment
 * that names no bill; its rest is the balance, until a bill or a refund takes it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table billing.payment
  add column purpose text not null default 'bills'
    constraint payment_purpose check (purpose in ('bills', 'top_up'));
alter table billing.payment alter column purpose drop default;
create index payment_of_account on billing.payment (buyer_id, operator_id);

-- One row to lock for whatever takes money out of an account.
create table billing.buyer_account (
  buyer_id text not null references governance.organization (id),
  operator_id text not null references governance.organization (id),
  opened_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (buyer_id, operator_id)
);
grant update (changed_at) on billing.buyer_account to platform_app;

-- Decisions of the operator; the one that holds is the latest that has begun, as known then.
create table billing.account_terms (
  id text primary key,
  buyer_id text not null,
  operator_id text not null,
  payment_mode text not null constraint account_terms_payment_mode check (payment_mode in ('prepaid', 'postpaid')),
  credit_limit_fen bigint constraint account_terms_limit_not_negative check (credit_limit_fen >= 0),
  effective_from timestamptz(3) not null,
  reason text not null constraint account_terms_reason check (reason <> ''),
  decided_by text not null,
  decided_at timestamptz(3) not null,
  constraint account_terms_prepaid_has_no_credit check (payment_mode = 'postpaid' or credit_limit_fen is null),
  constraint account_terms_not_retroactive check (effective_from >= decided_at),
  constraint account_terms_of_account foreign key (buyer_id, operator_id)
    references billing.buyer_account (buyer_id, operator_id)
);
create index account_terms_in_force on billing.account_terms (buyer_id, operator_id, effective_from, decided_at);

create table billing.balance_refund (
  id text primary key,
  buyer_id text not null,
  operator_id text not null,
  amount_fen bigint not null constraint balance_refund_positive check (amount_fen > 0),
  payee_account text not null constraint balance_refund_payee check (payee_account <> ''),
  reason text not null constraint balance_refund_reason check (reason <> ''),
  requested_by text not null,
  requested_at timestamptz(3) not null,
  status text not null default 'requested'
    constraint balance_refund_status check (status in ('requested', 'approved', 'refused')),
  decided_by text,
  decided_at timestamptz(3),
  note text,
  constraint balance_refund_decided_whole check (
    (status = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint balance_refund_two_people check (decided_by <> requested_by),
  constraint balance_refund_of_account foreign key (buyer_id, operator_id)
    references billing.buyer_account (buyer_id, operator_id)
);
create unique index balance_refund_one_open on billing.balance_refund (buyer_id, operator_id) where status = 'requested';
grant update (status, decided_by, decided_at, note) on billing.balance_refund to platform_app;

-- From which top-ups an approved refund was taken.
create table billing.balance_refund_part (
  refund_id text not null references billing.balance_refund (id),
  payment_id text not null references billing.payment (id),
  amount_fen bigint not null constraint balance_refund_part_positive check (amount_fen > 0),
  primary key (refund_id, payment_id)
);
create index balance_refund_part_of_payment on billing.balance_refund_part (payment_id);

-- No payment is spent beyond what came in, so no balance falls below zero.
create function billing.payment_not_overdrawn() returns trigger language plpgsql as $$
begin
  if (select coalesce(sum(amount_fen), 0) from billing.payment_allocation where payment_id = new.payment_id)
    + (select coalesce(sum(amount_fen), 0) from billing.balance_refund_part where payment_id = new.payment_id)
    > (select amount_fen from billing.payment where id = new.payment_id) then
    raise exception 'payment % is spent beyond its amount', new.payment_id
      using errcode = '23514', constraint = 'payment_not_overdrawn';
  end if;
  return null;
end $$;
create constraint trigger payment_not_overdrawn after insert on billing.payment_allocation
  deferrable initially deferred for each row execute function billing.payment_not_overdrawn();
create constraint trigger payment_not_overdrawn after insert on billing.balance_refund_part
  deferrable initially deferred for each row execute function billing.payment_not_overdrawn();
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop trigger payment_not_overdrawn on billing.payment_allocation;
drop table billing.balance_refund_part, billing.balance_refund, billing.account_terms, billing.buyer_account;
drop function billing.payment_not_overdrawn();
drop index billing.payment_of_account;
alter table billing.payment drop column purpose;
`,
    )
    .execute(db)
}
