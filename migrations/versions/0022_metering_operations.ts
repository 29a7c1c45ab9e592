import { type Kysely, sql } from 'kysely'

/**
 * What the page of the metering stands on: decisions about parked entries, conflicting events, the kept
 * proofs of the roll-ups, and the sources of signed batches with what they brought.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table metering.parked_entry
  add column boot_id text,
  add column resolved_by text,
  add constraint parked_entry_resolved_whole check (
    (resolved_at is null) = (resolution is null) and (resolved_at is null) = (resolved_by is null)),
  add constraint parked_entry_resolution check (resolution in ('replayed', 'corrected', 'discarded'));
grant update (resolved_by) on metering.parked_entry to platform_app;
create index parked_entry_open on metering.parked_entry (parked_at) where resolved_at is null;

-- What one person proposes for a parked entry and another decides. The body that was parked stays.
create table metering.parked_proposal (
  id text primary key,
  entry_id bigint not null references metering.parked_entry (id),
  kind text not null constraint parked_proposal_kind check (kind in ('corrected', 'discard')),
  body text,
  -- Facts that decide who pays how much and that the correction changes: then the operator head approves.
  changes text[] not null,
  reason text not null constraint parked_proposal_reason check (reason <> ''),
  proposed_by text not null,
  proposed_at timestamptz not null,
  verdict text constraint parked_proposal_verdict check (verdict in ('approved', 'refused')),
  note text,
  decided_by text,
  decided_at timestamptz,
  constraint parked_proposal_body check ((kind = 'corrected') = (body is not null)),
  constraint parked_proposal_decided_whole check (
    (verdict is null) = (decided_by is null) and (verdict is null) = (decided_at is null)),
  constraint parked_proposal_two_people check (decided_by <> proposed_by)
);
grant update (verdict, note, decided_by, decided_at) on metering.parked_proposal to platform_app;
create unique index parked_proposal_one_open on metering.parked_proposal (entry_id) where verdict is null;

-- The same event id with other facts: the first stands, the other is kept here and counts nowhere.
create table metering.usage_conflict (
  id bigint generated always as identity primary key,
  shard smallint not null,
  buyer_id text not null,
  occurred_at timestamptz(3) not null,
  event_id uuid not null,
  boot_id text,
  differs text[] not null constraint usage_conflict_differs check (cardinality(differs) > 0),
  body text not null,
  body_digest text not null,
  recorded_at timestamptz not null,
  constraint usage_conflict_once unique (event_id, body_digest)
);
create index usage_conflict_by_time on metering.usage_conflict (recorded_at);

create table metering.roll_up_proof (
  id bigint generated always as identity primary key,
  from_at timestamptz not null,
  to_at timestamptz not null,
  proved_at timestamptz not null,
  proved_by text not null,
  events bigint not null,
  holds boolean not null,
  hours_that_differ jsonb not null,
  constraint roll_up_proof_period check (to_at > from_at),
  constraint roll_up_proof_says_what_differs check (holds = (jsonb_array_length(hours_that_differ) = 0))
);

-- A sandbox or a privacy-computing job of the platform that reports use in signed batches.
create table metering.batch_source (
  id text primary key,
  name text not null constraint batch_source_name check (name <> ''),
  public_key text not null constraint batch_source_key_unique unique,
  product_version_ids text[] not null constraint batch_source_versions check (cardinality(product_version_ids) > 0),
  registered_by text not null,
  registered_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  revoked_by text,
  revoked_at timestamptz,
  constraint batch_source_two_people check (approved_by <> registered_by)
);
grant update (approved_by, approved_at, revoked_by, revoked_at) on metering.batch_source to platform_app;

create table metering.usage_batch (
  source_id text not null references metering.batch_source (id),
  sequence bigint not null constraint usage_batch_sequence check (sequence > 0),
  digest text not null,
  signature text not null,
  -- As they go to the stream: with price and whether they are charged.
  events jsonb not null,
  event_count int not null constraint usage_batch_event_count check (event_count > 0),
  first_event bigint not null,
  accepted_at timestamptz not null,
  receipt text not null,
  primary key (source_id, sequence)
);
-- A source names each of its events once, for ever.
create table metering.usage_batch_event (
  source_id text not null,
  reference text not null,
  sequence bigint not null,
  event_id uuid not null,
  primary key (source_id, reference),
  constraint usage_batch_event_of_batch foreign key (source_id, sequence)
    references metering.usage_batch (source_id, sequence)
);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table metering.usage_batch_event, metering.usage_batch, metering.batch_source, metering.roll_up_proof, metering.usage_conflict,
  metering.parked_proposal;
drop index metering.parked_entry_open;
alter table metering.parked_entry
  drop constraint parked_entry_resolution,
  drop constraint parked_entry_resolved_whole,
  drop column resolved_by,
  drop column boot_id;
`,
    )
    .execute(db)
}
