import { type Kysely, sql } from 'kysely'

/**
 * A notice says when the thing happened, not when it was told. Where the announcement is still there,
 * its time is the notice's; a notice without one keeps the time it was told.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table governance.notice add column occurred_at timestamptz;
update governance.notice set occurred_at = recorded_at;
update governance.notice notice set occurred_at = announced.recorded_at
from (select job_id, min(recorded_at) as recorded_at from kernel.outbox group by job_id) announced
where announced.job_id = notice.source;
alter table governance.notice alter column occurred_at set not null;
create index notice_newest on governance.notice (organization_id, occurred_at desc, id desc);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop index governance.notice_newest;
alter table governance.notice drop column occurred_at;
`,
    )
    .execute(db)
}
