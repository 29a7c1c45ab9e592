import { type Kysely, sql } from 'kysely'

/**
 * What the gateway's budgets stand on: how much a key may spend in a month, and how much of what was
 * metered each issued bill has taken over, at the highest prices, as the gateway counts it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- A key and its successors spend together, under the first of them; null: the key is the first.
alter table governance.api_key
  add column spend_key_id text constraint api_key_spend_fkey references governance.api_key (id),
  add column monthly_spend_max_fen bigint
    constraint api_key_spend_not_negative check (monthly_spend_max_fen >= 0);
with recursive line as (
  select id, id as first_id from governance.api_key where rotates_key_id is null
  union all
  select k.id, line.first_id from governance.api_key k join line on k.rotates_key_id = line.id)
update governance.api_key k set spend_key_id = line.first_id from line where line.id = k.id and line.first_id <> k.id;
grant update (monthly_spend_max_fen) on governance.api_key to platform_app;
create index api_key_of_spend on governance.api_key (spend_key_id) where spend_key_id is not null;

create table billing.bill_metering (
  bill_id text primary key references billing.bill (id),
  buyer_id text not null,
  operator_id text not null,
  month text not null,
  -- The bill took over what was used before this time and committed up to this batch.
  used_before timestamptz not null,
  through_batch bigint not null,
  metered_micro_yuan bigint not null constraint bill_metering_not_negative check (metered_micro_yuan >= 0),
  constraint bill_metering_once unique (buyer_id, operator_id, month)
);

-- Batches follow each other on disk, so what came after one is found without an entry for each event.
create index usage_event_by_batch on metering.usage_event using brin (batch);
-- What reached the events beside the gateway: few rows, which no gateway has counted.
create index usage_event_beside_gateway on metering.usage_event (buyer_id, batch)
  where billable and (boot_id is null or not starts_with(boot_id, 'boot_'));
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop index metering.usage_event_beside_gateway, metering.usage_event_by_batch;
drop table billing.bill_metering;
drop index governance.api_key_of_spend;
alter table governance.api_key drop column monthly_spend_max_fen, drop column spend_key_id;
`,
    )
    .execute(db)
}
