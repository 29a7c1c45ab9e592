import { type Kysely, sql } from 'kysely'

/**
 * How far an accepted batch is: for each of its buyers, how many of its events are stored. Its announcement
 * stays open until all are; batches accepted before are looked at once more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table metering.usage_batch_event add column buyer_id text, add column occurred_at timestamptz(3);
update metering.usage_batch_event t
  set buyer_id = told.event ->> 'buyerId',
    occurred_at = to_timestamp((told.event ->> 'occurredAtMs')::numeric / 1000)
  from (select b.source_id, b.sequence, event
        from metering.usage_batch b cross join jsonb_array_elements(b.events) event) told
  where told.source_id = t.source_id and told.sequence = t.sequence
    and (told.event ->> 'eventId')::uuid = t.event_id;
alter table metering.usage_batch_event alter column buyer_id set not null, alter column occurred_at set not null;
create index usage_batch_event_of_buyer on metering.usage_batch_event (source_id, sequence, buyer_id);

create table metering.usage_batch_standing (
  source_id text not null,
  sequence bigint not null,
  buyer_id text not null,
  event_count int not null constraint usage_batch_standing_event_count check (event_count > 0),
  first_at timestamptz(3) not null,
  stored int not null default 0,
  -- Not stored, because the writer could not read it and people decide on it.
  parked int not null default 0,
  forwardings int not null default 0,
  forwarded_at timestamptz,
  -- The last entry it was forwarded in: as long as the stream holds it, it is under way.
  stream_id text,
  settled_at timestamptz,
  primary key (source_id, sequence, buyer_id),
  constraint usage_batch_standing_of_batch foreign key (source_id, sequence)
    references metering.usage_batch (source_id, sequence),
  constraint usage_batch_standing_counts check (stored >= 0 and parked >= 0 and stored + parked <= event_count),
  constraint usage_batch_standing_settled_whole check (settled_at is null or stored + parked = event_count),
  constraint usage_batch_standing_forwarded check ((forwardings = 0) = (forwarded_at is null))
);
grant update (stored, parked, forwardings, forwarded_at, stream_id, settled_at)
  on metering.usage_batch_standing to platform_app;
create index usage_batch_standing_open on metering.usage_batch_standing (first_at) where settled_at is null;

insert into metering.usage_batch_standing (source_id, sequence, buyer_id, event_count, first_at)
  select source_id, sequence, buyer_id, count(*), min(occurred_at) from metering.usage_batch_event group by 1, 2, 3;
update kernel.outbox set closed_at = null, relayed_at = null where kind = 'usage_batch.accepted';
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table metering.usage_batch_standing;
drop index metering.usage_batch_event_of_buyer;
alter table metering.usage_batch_event drop column buyer_id, drop column occurred_at;
`,
    )
    .execute(db)
}
