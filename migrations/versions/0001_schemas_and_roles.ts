import { type Kysely, sql } from 'kysely'

/**
 * The application reaches the database only as a member of `platform_app`, which owns nothing.
 * The group role is shared by a whole cluster, so it is made once and never dropped by `down`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create extension if not exists btree_gist;

do $$ begin
  create role platform_app nologin;
exception when duplicate_object or unique_violation then null;
end $$;

create schema kernel;
create schema auth;
create schema governance;
create schema metering;
create schema billing;

revoke all on schema public from public;
-- Every process refuses to start on pending migrations, so it must be able to see which ones ran.
grant usage on schema migration to platform_app;
grant select on migration.kysely_migration to platform_app;
grant usage on schema kernel, auth, governance, metering, billing to platform_app;
alter default privileges in schema kernel, auth, governance, metering, billing
  grant select, insert on tables to platform_app;
alter default privileges in schema kernel, auth, governance, metering, billing
  grant usage on sequences to platform_app;
-- pg grants execute on new functions to everybody; ours are named one by one.
alter default privileges revoke execute on functions from public;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop schema billing, metering, governance, auth, kernel;
alter default privileges grant execute on functions to public;
`,
    )
    .execute(db)
}
