import { type Kysely, sql } from 'kysely'

/**
 * Every move of a product version: who made it, for which organization, and why. Whoever suspended a
 * product can be told from it, so that an operator cannot resume what the data bureau has stopped.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table governance.product_version_move (
  id bigint generated always as identity primary key,
  product_version_id text not null references governance.product_version (id),
  move text not null,
  from_status text not null,
  to_status text not null,
  reason text not null,
  moved_by text not null,
  organization_id text,
  moved_at timestamptz not null
);
create index product_version_move_of_version on governance.product_version_move (product_version_id, id desc);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`drop table governance.product_version_move;`).execute(db)
}
