import { type Kysely, sql } from 'kysely'

/**
 * Seals of product-days (R45): what each round of a day covers by batch numbers, the signed seal of each
 * product, its subtrees with their salts, and how far late events have been looked for. All insert-only.
 * Events of a day are found by their place on disk, which follows time, so the index costs the writer
 * next to nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create index usage_event_by_place on metering.usage_event
  using brin (occurred_at, batch) with (pages_per_range = 32, autosummarize = on);

create table metering.seal_round (
  day date not null,
  supplement int not null constraint seal_round_supplement check (supplement >= 0),
  sealed_at timestamptz(3) not null,
  algorithm text not null constraint seal_round_algorithm check (algorithm in ('sm3', 'sha256')),
  root text not null,
  seals int not null,
  primary key (day, supplement)
);
-- A round covers the events of its day after one batch up to and with another, shard by shard.
create table metering.seal_round_shard (
  day date not null,
  supplement int not null,
  shard smallint not null,
  after_batch bigint not null,
  through_batch bigint not null,
  primary key (day, supplement, shard),
  constraint seal_round_shard_round foreign key (day, supplement)
    references metering.seal_round (day, supplement) deferrable initially deferred,
  constraint seal_round_shard_forwards check (through_batch >= after_batch)
);

create table metering.seal (
  id text primary key,
  product_id text not null,
  day date not null,
  supplement int not null,
  sequence bigint not null,
  previous_digest text,
  root text not null,
  subtrees int not null constraint seal_subtrees check (subtrees > 0),
  events bigint not null,
  attempts bigint not null,
  billed bigint not null,
  content text not null,
  digest text not null constraint seal_digest_once unique,
  key_id text not null,
  signature text not null,
  sealed_at timestamptz(3) not null,
  constraint seal_once unique (product_id, day, supplement),
  constraint seal_sequence_once unique (product_id, sequence),
  -- A chain has one first seal and never forks.
  constraint seal_names_previous check ((sequence = 1) = (previous_digest is null)),
  constraint seal_follows_once unique (product_id, previous_digest),
  constraint seal_round_of foreign key (day, supplement)
    references metering.seal_round (day, supplement) deferrable initially deferred,
  constraint seal_counts check (events > 0 and attempts >= events and billed >= 0 and billed <= events)
);
create index seal_by_day on metering.seal (day, product_id, supplement);

create table metering.seal_subtree (
  seal_id text not null references metering.seal (id),
  position int not null,
  owner_kind text not null constraint seal_subtree_owner_kind check (owner_kind in ('key', 'subscription')),
  owner_id text not null,
  buyer_id text not null,
  events bigint not null,
  attempts bigint not null,
  billed bigint not null,
  root text not null,
  -- Hides owner and counts from everybody the node is shown to who does not hold it.
  salt text not null,
  primary key (seal_id, position),
  constraint seal_subtree_once unique (seal_id, owner_kind, owner_id, buyer_id)
);
create index seal_subtree_by_buyer on metering.seal_subtree (buyer_id, seal_id);

-- Everything up to this batch of the shard has been looked at for events that came after their day's seal.
create table metering.seal_scan (
  shard smallint not null,
  through_batch bigint not null,
  scanned_at timestamptz(3) not null,
  primary key (shard, through_batch)
);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table metering.seal_scan, metering.seal_subtree, metering.seal, metering.seal_round_shard, metering.seal_round;
drop index metering.usage_event_by_place;
`,
    )
    .execute(db)
}
