import { type Kysely, sql } from 'kysely'

/**
 * What makes good, or at least counts, a loss of Redis: how far each boot has answered and which loss it
 * has got over, when a shard was last drained and up to which second its refusals are events.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table metering.boot_progress
  add column answered_sequence bigint not null default 0,
  add column settled_loss text;
grant update (answered_sequence, settled_loss) on metering.boot_progress to platform_app;

alter table metering.shard
  add column drained_at timestamptz(3),
  add column refusals_before bigint not null default 0,
  add column loss_id text,
  add column loss_noticed_at timestamptz(3);
grant update (drained_at, refusals_before, loss_id, loss_noticed_at) on metering.shard to platform_app;

-- A gateway lost together with Redis: at least so many answered attempts are lost, at most so many.
alter table metering.gap_record
  add column attempts_max bigint,
  drop constraint gap_record_attempts,
  add constraint gap_record_attempts check (attempts >= 0 and (attempts_max is null or attempts_max > 0)
    and (attempts > 0 or attempts_max is not null));
alter table metering.gap_record add constraint gap_record_bounds check (attempts_max is null or attempts <= attempts_max);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
delete from metering.gap_record where attempts = 0;
alter table metering.gap_record drop constraint gap_record_bounds, drop constraint gap_record_attempts,
  drop column attempts_max,
  add constraint gap_record_attempts check (attempts > 0);
alter table metering.shard drop column drained_at, drop column refusals_before, drop column loss_id,
  drop column loss_noticed_at;
alter table metering.boot_progress drop column answered_sequence, drop column settled_loss;
`,
    )
    .execute(db)
}
