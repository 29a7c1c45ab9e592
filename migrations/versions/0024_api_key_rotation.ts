import { type Kysely, sql } from 'kysely'

/**
 * Rotation: a second key for the same binding, and the moment the first ends. Suspension: a key that
 * can be let in again, where a revoked one cannot.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table governance.api_key
  add column rotates_key_id text constraint api_key_rotates_fkey references governance.api_key (id),
  add column overlap_ends_at timestamptz,
  add column suspended_by text,
  add column suspended_at timestamptz,
  add constraint api_key_rotates_another check (rotates_key_id <> id),
  add constraint api_key_suspended_by check ((suspended_at is null) = (suspended_by is null));
-- One successor at a time; a successor that was revoked leaves room for another.
create unique index api_key_one_successor on governance.api_key (rotates_key_id) where revoked_at is null;
grant update (overlap_ends_at, suspended_by, suspended_at) on governance.api_key to platform_app;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop index governance.api_key_one_successor;
alter table governance.api_key
  drop column rotates_key_id, drop column overlap_ends_at, drop column suspended_by, drop column suspended_at;
`,
    )
    .execute(db)
}
