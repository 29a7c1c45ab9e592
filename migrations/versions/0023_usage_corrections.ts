import { type Kysely, sql } from 'kysely'

/**
 * Corrections of usage are further events that point at the first. A void after the bill is a negative
 * late line of the next: its ceiling is negative too, so the comparison turns round.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table metering.usage_correction_proposal (
  id text primary key,
  kind text not null constraint usage_correction_kind check (kind in ('void', 'replace')),
  buyer_id text not null,
  occurred_at timestamptz(3) not null,
  event_id uuid not null,
  operator_id text not null,
  reason text not null constraint usage_correction_reason check (reason <> ''),
  reference text not null constraint usage_correction_reference check (reference <> ''),
  replacement jsonb,
  proposed_by text not null,
  proposed_at timestamptz not null,
  verdict text constraint usage_correction_verdict check (verdict in ('approved', 'refused')),
  note text,
  decided_by text,
  decided_at timestamptz,
  constraint usage_correction_replacement check ((kind = 'replace') = (replacement is not null)),
  constraint usage_correction_decided_whole check (
    (verdict is null) = (decided_by is null) and (verdict is null) = (decided_at is null)),
  constraint usage_correction_two_people check (decided_by <> proposed_by),
  constraint usage_correction_of_event foreign key (buyer_id, occurred_at, event_id)
    references metering.usage_event (buyer_id, occurred_at, event_id)
);
grant update (verdict, note, decided_by, decided_at) on metering.usage_correction_proposal to platform_app;
create unique index usage_correction_one_open on metering.usage_correction_proposal (event_id) where verdict is null;

-- The correction itself, made when it is approved; numbered in the batches of the buyer's shard.
create table metering.usage_correction (
  buyer_id text not null,
  occurred_at timestamptz(3) not null,
  event_id uuid not null,
  proposal_id text not null references metering.usage_correction_proposal (id),
  kind text not null,
  reason text not null,
  reference text not null,
  batch bigint not null,
  corrected_at timestamptz not null,
  proposed_by text not null,
  approved_by text not null,
  replacement_event_id uuid,
  primary key (buyer_id, occurred_at, event_id),
  constraint usage_correction_first foreign key (buyer_id, occurred_at, event_id)
    references metering.usage_event (buyer_id, occurred_at, event_id),
  constraint usage_correction_approved_by_another check (approved_by <> proposed_by),
  constraint usage_correction_names_replacement check (
    (kind = 'replace') = (replacement_event_id is not null))
);
create index usage_correction_by_batch on metering.usage_correction (buyer_id, batch);

alter table billing.bill_line
  drop constraint bill_line_not_above_cap,
  add constraint bill_line_not_above_cap check (
    case when quantity < 0 then unrounded_yuan >= cap_amount_yuan else unrounded_yuan <= cap_amount_yuan end),
  add constraint bill_line_negative_names_line check (quantity >= 0 or corrects_line_id is not null);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table billing.bill_line
  drop constraint bill_line_negative_names_line,
  drop constraint bill_line_not_above_cap,
  add constraint bill_line_not_above_cap check (unrounded_yuan <= cap_amount_yuan);
drop table metering.usage_correction, metering.usage_correction_proposal;
`,
    )
    .execute(db)
}
