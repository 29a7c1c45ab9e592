import { type Kysely, sql } from 'kysely'

/** Stops and their incidents (R87): what was stopped, by whom, why, and all that happened until it was closed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table governance.incident (
  id text primary key,
  number text not null constraint incident_number_unique unique,
  object_kind text not null constraint incident_object_kind check (object_kind in ('product', 'api_key', 'buyer', 'resource')),
  object_id text not null,
  -- As it was called when it was stopped.
  object_name text not null,
  -- The status a buyer goes back to when the stop is lifted.
  status_before text,
  level text not null constraint incident_level check (level in ('general', 'larger', 'major', 'extraordinary')),
  reason text not null constraint incident_reason_given check (reason <> ''),
  opened_by text not null,
  opened_at timestamptz not null,
  -- Whose stop it is: only this organization, or one above it, lifts it.
  holder_id text not null references governance.organization (id),
  lifted_by text,
  lifted_at timestamptz,
  closed_by text,
  closed_at timestamptz,
  conclusion text,
  constraint incident_lifted check ((lifted_at is null) = (lifted_by is null)),
  constraint incident_closed check (closed_at is null or (closed_by is not null and lifted_at is not null and conclusion <> ''))
);
create unique index incident_one_stop on governance.incident (object_kind, object_id) where lifted_at is null;
grant update (holder_id, lifted_by, lifted_at, closed_by, closed_at, conclusion) on governance.incident to platform_app;

-- Whom it concerns: told of each step, and allowed to read it.
create table governance.incident_concerned (
  incident_id text not null references governance.incident (id),
  organization_id text not null references governance.organization (id),
  primary key (incident_id, organization_id)
);
create index incident_concerned_of_organization on governance.incident_concerned (organization_id, incident_id);

create table governance.incident_entry (
  id bigint generated always as identity primary key,
  incident_id text not null references governance.incident (id),
  kind text not null constraint incident_entry_kind check (kind in ('stopped', 'taken_over', 'suspended', 'noted', 'reported', 'resumed', 'still_suspended', 'lifted', 'closed')),
  words text not null,
  recorded_by text not null,
  organization_id text,
  recorded_at timestamptz not null
);
create index incident_entry_of_incident on governance.incident_entry (incident_id, id);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `drop table governance.incident_entry, governance.incident_concerned, governance.incident;`,
    )
    .execute(db)
}
