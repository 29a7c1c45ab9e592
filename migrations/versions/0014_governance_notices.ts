import { type Kysely, sql } from 'kysely'

/** What an organization is told of: delivered once for each piece of work, read or not. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table governance.notice (
  id text primary key,
  organization_id text not null references governance.organization (id),
  kind text not null,
  source text not null,
  payload jsonb not null,
  recorded_at timestamptz not null,
  read_at timestamptz,
  read_by text,
  constraint notice_once unique (organization_id, source)
);
create index notice_unread on governance.notice (organization_id, id) where read_at is null;
grant update (read_at, read_by) on governance.notice to platform_app;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw('drop table governance.notice').execute(db)
}
