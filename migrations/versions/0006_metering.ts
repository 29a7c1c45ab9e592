import { type Kysely, sql } from 'kysely'

/**
 * Usage events in monthly partitions (business months of Asia/Shanghai), roll-ups for screens,
 * idempotency claims for ever, and what the writer knows of each shard and each gateway boot.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table metering.usage_event (
  buyer_id text not null,
  occurred_at timestamptz(3) not null,
  event_id uuid not null,
  recorded_at timestamptz(3) not null,
  mode text not null constraint usage_event_mode check (mode in ('live', 'sandbox')),
  shard smallint not null,
  batch bigint not null,
  boot_id text,
  boot_sequence bigint,
  key_id text not null,
  subscription_id text,
  product_id text,
  product_version_id text,
  scenario_id text,
  purpose_class text constraint usage_event_purpose_class check (purpose_class in ('public_interest', 'industry')),
  price_reference text,
  request_id text not null,
  route text not null,
  result_class text not null constraint usage_event_result_class check (result_class in (
    'found', 'not_found', 'refused', 'failed', 'repeated')),
  reason text not null,
  http_status smallint not null,
  billable boolean not null,
  attempts int not null constraint usage_event_attempts check (attempts > 0 and (attempts = 1 or result_class = 'refused')),
  records bigint not null default 0 constraint usage_event_records check (records >= 0),
  bytes bigint not null default 0 constraint usage_event_bytes check (bytes >= 0),
  duration_ms int not null constraint usage_event_duration check (duration_ms >= 0),
  request_digest text,
  repeats_event_id uuid,
  primary key (buyer_id, occurred_at, event_id),
  constraint usage_event_billable_only_delivered check (not billable or
    (result_class in ('found', 'not_found') and mode = 'live' and subscription_id is not null
     and product_version_id is not null and price_reference is not null)),
  constraint usage_event_public_interest_free check (not billable or purpose_class = 'industry'),
  constraint usage_event_repeated_names_first check ((result_class = 'repeated') = (repeats_event_id is not null))
) partition by range (occurred_at);

create function metering.ensure_usage_partition(month_start date) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  partition_name text := 'usage_event_' || to_char(month_start, 'YYYY_MM');
begin
  if extract(day from month_start) <> 1 then
    raise exception 'a partition starts on the first day of a month, not %', month_start;
  end if;
  if to_regclass('metering.' || partition_name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('metering.ensure_usage_partition'));
  if to_regclass('metering.' || partition_name) is not null then return; end if;
  execute format(
    'create table metering.%I partition of metering.usage_event for values from (%L) to (%L)',
    partition_name,
    to_char(month_start, 'YYYY-MM-DD') || ' 00:00:00+08',
    to_char(month_start + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+08');
  execute format('revoke all on metering.%I from platform_app', partition_name);
end $$;
grant execute on function metering.ensure_usage_partition to platform_app;

create table metering.usage_hour (
  buyer_id text not null,
  hour timestamptz(0) not null,
  subscription_id text not null,
  product_id text not null,
  key_id text not null,
  mode text not null,
  result_class text not null,
  billable boolean not null,
  reason text not null,
  events bigint not null,
  attempts bigint not null,
  records bigint not null,
  bytes bigint not null,
  duration_ms bigint not null,
  primary key (buyer_id, hour, subscription_id, product_id, key_id, mode, result_class, billable, reason)
);
grant update (events, attempts, records, bytes, duration_ms) on metering.usage_hour to platform_app;
create index usage_hour_by_hour on metering.usage_hour (hour);

-- Only a billable first event holds its key, and for ever.
create table metering.idempotency_claim (
  buyer_id text not null,
  idempotency_key text not null,
  event_id uuid not null,
  occurred_at timestamptz(3) not null,
  product_id text not null,
  request_digest text not null,
  primary key (buyer_id, idempotency_key)
);

create sequence metering.batch_number;
create table metering.shard (
  shard smallint primary key,
  last_batch bigint not null default 0,
  committed_events bigint not null default 0,
  watermark_at timestamptz(3),
  updated_at timestamptz not null
);
grant update (last_batch, committed_events, watermark_at, updated_at) on metering.shard to platform_app;

create table metering.gateway_boot (
  boot_id text primary key,
  started_at timestamptz not null,
  finished_at timestamptz
);
grant update (finished_at) on metering.gateway_boot to platform_app;
create table metering.boot_progress (
  boot_id text not null references metering.gateway_boot (boot_id),
  shard smallint not null,
  committed_sequence bigint not null,
  -- When it last spoke, and the time before which all its events of this shard are committed.
  heard_at timestamptz(3) not null,
  complete_before timestamptz(3) not null,
  finished_at timestamptz,
  primary key (boot_id, shard)
);
grant update (committed_sequence, heard_at, complete_before, finished_at) on metering.boot_progress to platform_app;

create table metering.parked_entry (
  id bigint generated always as identity primary key,
  shard smallint not null,
  stream_id text not null,
  position int not null,
  buyer_id text,
  body text not null,
  reason text not null,
  parked_at timestamptz not null,
  resolved_at timestamptz,
  resolution text,
  constraint parked_entry_once unique (shard, stream_id, position)
);
grant update (resolved_at, resolution) on metering.parked_entry to platform_app;

create table metering.gap_record (
  id text primary key,
  boot_id text not null,
  shard smallint not null,
  reason text not null,
  attempts bigint not null constraint gap_record_attempts check (attempts > 0),
  started_at timestamptz(3) not null,
  ended_at timestamptz(3) not null,
  recorded_at timestamptz not null,
  constraint gap_record_period check (ended_at >= started_at)
);

-- Attempts without a valid key: a counter for the security people, never a usage event.
create table metering.keyless_minute (
  minute timestamptz(0) not null,
  reason text not null,
  attempts bigint not null,
  primary key (minute, reason)
);
grant update (attempts) on metering.keyless_minute to platform_app;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table metering.keyless_minute, metering.gap_record, metering.parked_entry, metering.boot_progress,
  metering.gateway_boot, metering.shard, metering.idempotency_claim, metering.usage_hour, metering.usage_event;
drop sequence metering.batch_number;
drop function metering.ensure_usage_partition(date);
`,
    )
    .execute(db)
}
