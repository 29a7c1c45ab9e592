import { type Kysely, sql } from 'kysely'

/**
 * Deliveries that are handed over piece by piece: opened before their first byte, closed by the usage
 * event of the same id. What is not closed by its deadline becomes a failed event.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table metering.open_delivery (
  buyer_id text not null,
  event_id uuid not null,
  occurred_at timestamptz(3) not null,
  shard smallint not null,
  boot_id text,
  key_id text not null,
  subscription_id text,
  product_id text,
  route text not null,
  -- The opening record as it was told: what a failed event is made of.
  facts jsonb not null,
  deadline_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  standing text not null default 'pending'
    constraint open_delivery_standing check (standing in ('pending', 'closed', 'not_closed')),
  closed_at timestamptz(3),
  -- A closing that came after the deadline: it changes nothing and is kept.
  late_closing jsonb,
  late_closing_at timestamptz(3),
  primary key (buyer_id, event_id),
  constraint open_delivery_deadline_after check (deadline_at > occurred_at),
  constraint open_delivery_closed_when_not_pending check ((standing = 'pending') = (closed_at is null)),
  constraint open_delivery_late_closing_whole check ((late_closing is null) = (late_closing_at is null)),
  constraint open_delivery_late_only_if_not_closed check (late_closing is null or standing = 'not_closed')
);
grant update (standing, closed_at, late_closing, late_closing_at) on metering.open_delivery to platform_app;
create index open_delivery_pending on metering.open_delivery (shard, deadline_at) where standing = 'pending';
create index open_delivery_by_time on metering.open_delivery (buyer_id, occurred_at, event_id);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw('drop table metering.open_delivery').execute(db)
}
