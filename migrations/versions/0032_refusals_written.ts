import { type Kysely, sql } from 'kysely'

/**
 * Which refusals are events is told by rounds of an epoch, and not by seconds of the writer's clock, which may be
 * wrong.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table metering.refusals_written (
  shard smallint not null references metering.shard (shard),
  -- The loss it made good.
  epoch text not null,
  -- Refusals counted in rounds before this one are events.
  before_round bigint not null,
  primary key (shard, epoch)
);
grant update (before_round) on metering.refusals_written to platform_app;
alter table metering.shard drop column refusals_before;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table metering.shard add column refusals_before bigint not null default 0;
grant update (refusals_before) on metering.shard to platform_app;
drop table metering.refusals_written;
`,
    )
    .execute(db)
}
