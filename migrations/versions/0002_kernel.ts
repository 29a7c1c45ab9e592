import { type Kysely, sql } from 'kysely'

/** What every other folder writes: outbox, audit log with its seals, idempotency keys, numbers, job runs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- GB 32100: 18 characters, the ninth to seventeenth an organization code (GB 11714) of its own.
create function kernel.is_credit_code(code text) returns boolean
language plpgsql immutable strict parallel safe as $$
declare
  alphabet constant text := '0123456789ABCDEFGHJKLMNPQRTUWXY';
  inner_alphabet constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  inner_weights constant int[] := array[3, 7, 9, 10, 5, 8, 4, 2];
  weight int := 1;
  total int := 0;
  check_value int;
begin
  if code !~ '^[0-9ABCDEFGHJKLMNPQRTUWXY]{18}$' then return false; end if;
  for i in 1..17 loop
    total := total + (position(substr(code, i, 1) in alphabet) - 1) * weight;
    weight := (weight * 3) % 31;
  end loop;
  check_value := (31 - total % 31) % 31;
  if substr(alphabet, check_value + 1, 1) <> substr(code, 18, 1) then return false; end if;
  total := 0;
  for i in 1..8 loop
    total := total + (position(substr(code, 8 + i, 1) in inner_alphabet) - 1) * inner_weights[i];
  end loop;
  check_value := 11 - total % 11;
  return substr(code, 17, 1) = case check_value when 10 then 'X' when 11 then '0' else check_value::text end;
end $$;
grant execute on function kernel.is_credit_code to platform_app;

create table kernel.outbox (
  id bigint generated always as identity primary key,
  kind text not null,
  payload jsonb not null,
  job_id text not null constraint outbox_job_id_without_colon check (job_id not like '%:%'),
  recorded_at timestamptz not null,
  relayed_at timestamptz,
  relay_attempts int not null default 0,
  closed_at timestamptz
);
create index outbox_open on kernel.outbox (id) where closed_at is null;
grant update (relayed_at, relay_attempts, closed_at) on kernel.outbox to platform_app;

create table kernel.audit_entry (
  id bigint generated always as identity primary key,
  recorded_at timestamptz not null,
  actor_kind text not null constraint audit_entry_actor_kind check (actor_kind in ('person', 'api_key', 'system', 'anonymous')),
  actor_id text not null,
  organization_id text,
  action text not null,
  outcome text not null constraint audit_entry_outcome check (outcome in ('done', 'refused')),
  object_type text not null,
  object_id text not null,
  detail jsonb not null default '{}',
  request_id text not null
);
create index audit_entry_object on kernel.audit_entry (object_type, object_id, id);
create index audit_entry_actor on kernel.audit_entry (actor_id, id);

-- Rows wait here until a seal lists them; a seal names its members, so a row that commits late
-- simply joins the next one and none can fall between two seals.
create table kernel.audit_waiting (
  entry_id bigint primary key references kernel.audit_entry (id)
);
grant delete on kernel.audit_waiting to platform_app;
create function kernel.audit_entry_waits() returns trigger language plpgsql as $$
begin
  insert into kernel.audit_waiting (entry_id) values (new.id);
  return null;
end $$;
create trigger audit_entry_waits after insert on kernel.audit_entry
  for each row execute function kernel.audit_entry_waits();

create table kernel.audit_seal (
  id bigint primary key,
  sealed_at timestamptz not null,
  entry_count int not null constraint audit_seal_not_empty check (entry_count > 0),
  previous_digest text,
  digest text not null unique,
  key_id text not null,
  signature text not null
);
create table kernel.audit_seal_entry (
  entry_id bigint primary key references kernel.audit_entry (id),
  seal_id bigint not null references kernel.audit_seal (id),
  position int not null,
  digest text not null,
  constraint audit_seal_entry_position unique (seal_id, position)
);

-- Answers kept for a caller that repeats a POST with its Idempotency-Key. Nothing with a secret is stored.
create table kernel.idempotency (
  scope text not null,
  route text not null,
  key text not null,
  request_digest text not null,
  status int,
  response jsonb,
  recorded_at timestamptz not null,
  primary key (scope, route, key)
);
grant update (status, response), delete on kernel.idempotency to platform_app;

-- Gapless numbers: the row stays locked until the transaction that took the number ends.
create table kernel.number_sequence (
  name text primary key,
  last_number bigint not null constraint number_sequence_positive check (last_number > 0)
);
grant update (last_number) on kernel.number_sequence to platform_app;

create table kernel.public_key (
  key_id text primary key,
  purpose text not null,
  algorithm text not null,
  public_key text not null,
  recorded_at timestamptz not null
);

create table kernel.setting (
  name text primary key,
  value jsonb not null,
  recorded_at timestamptz not null
);
grant update (value, recorded_at) on kernel.setting to platform_app;

create table kernel.job_run (
  id bigint generated always as identity primary key,
  job text not null,
  job_id text not null,
  attempt int not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  outcome text constraint job_run_outcome check (outcome in ('done', 'failed')),
  detail jsonb not null default '{}'
);
create index job_run_by_job on kernel.job_run (job, id desc);
grant update (finished_at, outcome, detail) on kernel.job_run to platform_app;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table kernel.job_run, kernel.setting, kernel.public_key, kernel.number_sequence, kernel.idempotency,
  kernel.audit_seal_entry, kernel.audit_seal, kernel.audit_waiting, kernel.audit_entry, kernel.outbox;
drop function kernel.audit_entry_waits(), kernel.is_credit_code(text);
`,
    )
    .execute(db)
}
