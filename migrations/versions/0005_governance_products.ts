import { type Kysely, sql } from 'kysely'

/** Products, their versions, outbound review and filing; entry, use applications and access keys (R29–R35). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table governance.product (
  id text primary key,
  code text not null constraint product_code_unique unique
    constraint product_code_form check (code ~ '^[a-z][a-z0-9-]{2,62}$'),
  name text not null,
  name_en text not null,
  kind text not null constraint product_kind check (kind in ('api', 'dataset', 'report', 'model')),
  operator_id text not null references governance.organization (id),
  field_code text not null references governance.field (code),
  summary text not null,
  summary_en text not null,
  is_sample boolean not null default false,
  recorded_by text not null,
  recorded_at timestamptz not null
);

-- Content is written once; a change of content is a new version. Standing is status and when it changed.
create table governance.product_version (
  id text primary key,
  product_id text not null references governance.product (id),
  number int not null,
  content jsonb not null,
  content_digest text not null,
  contains_personal_information boolean not null,
  registration_number text,
  registration_state text not null constraint product_version_registration check (registration_state in ('registered', 'to_be_registered')),
  registration_waiver_document_id text references governance.policy_document (id),
  status text not null constraint product_version_status check (status in (
    'draft', 'in_review', 'reviewed', 'in_filing', 'filed', 'listed', 'suspended', 'delisted', 'cancelled')),
  status_changed_at timestamptz not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint product_version_number_unique unique (product_id, number)
);
create unique index product_version_one_listed on governance.product_version (product_id)
  where status in ('listed', 'suspended');
grant update (status, status_changed_at, registration_number, registration_state) on governance.product_version to platform_app;

create table governance.product_version_resource (
  product_version_id text not null references governance.product_version (id),
  resource_id text not null references governance.resource (id),
  weight numeric(9, 6) not null constraint product_version_resource_weight check (weight > 0 and weight <= 1),
  primary key (product_version_id, resource_id)
);
create table governance.product_version_scenario (
  product_version_id text not null references governance.product_version (id),
  scenario_id text not null references governance.scenario (id),
  primary key (product_version_id, scenario_id)
);

create table governance.outbound_review (
  id text primary key,
  product_version_id text not null references governance.product_version (id),
  content_digest text not null,
  submitted_by text not null,
  submitted_at timestamptz not null,
  checklist jsonb,
  evidence_digest text,
  verdict text constraint outbound_review_verdict check (verdict in ('passed', 'failed')),
  reason text,
  reviewed_by text,
  reviewed_at timestamptz,
  constraint outbound_review_other_person check (reviewed_by is null or reviewed_by <> submitted_by),
  constraint outbound_review_decided check (verdict is null or
    (reviewed_by is not null and reviewed_at is not null and checklist is not null and reason <> '')),
  constraint outbound_review_evidence check (verdict is distinct from 'passed' or evidence_digest is not null)
);
create unique index outbound_review_one_open on governance.outbound_review (product_version_id) where verdict is null;
grant update (checklist, evidence_digest, verdict, reason, reviewed_by, reviewed_at) on governance.outbound_review to platform_app;

create table governance.filing (
  id text primary key,
  product_version_id text not null references governance.product_version (id),
  content_digest text not null,
  submitted_by text not null,
  submitted_at timestamptz not null,
  verdict text constraint filing_verdict check (verdict in ('confirmed', 'returned')),
  number text constraint filing_number_unique unique,
  reason text,
  decided_by text,
  decided_at timestamptz,
  constraint filing_confirmed_numbered check (verdict is distinct from 'confirmed' or (number is not null and decided_at is not null)),
  constraint filing_returned_reasoned check (verdict is distinct from 'returned' or (reason <> '' and decided_at is not null))
);
create unique index filing_one_open on governance.filing (product_version_id) where verdict is null;
grant update (verdict, number, reason, decided_by, decided_at) on governance.filing to platform_app;

-- R30: no way to "listed" without review and filing of these very contents.
create function governance.product_version_listing() returns trigger language plpgsql as $$
begin
  if new.status = 'listed' and not (
    exists (select 1 from governance.outbound_review r where r.product_version_id = new.id
      and r.verdict = 'passed' and r.content_digest = new.content_digest)
    and exists (select 1 from governance.filing f where f.product_version_id = new.id
      and f.verdict = 'confirmed' and f.content_digest = new.content_digest)
    and exists (select 1 from governance.product_version_scenario s join governance.scenario c on c.id = s.scenario_id
      where s.product_version_id = new.id and c.status = 'approved')
    and exists (select 1 from governance.product_version_resource where product_version_id = new.id)
    and not exists (select 1 from governance.product_version_resource vr join governance.resource r on r.id = vr.resource_id
      where vr.product_version_id = new.id and r.status <> 'published'))
  then
    raise exception 'product version % is listed without its approvals', new.id
      using errcode = '23514', constraint = 'product_version_listed_only_approved';
  end if;
  return new;
end $$;
create trigger product_version_listing before insert or update on governance.product_version
  for each row execute function governance.product_version_listing();

create table governance.upstream (
  id text primary key,
  product_version_id text not null references governance.product_version (id),
  connector text not null constraint upstream_connector check (connector in ('http', 'table', 'file', 'report', 'model')),
  address text not null,
  settings jsonb not null,
  sealed_secret text,
  proposed_by text not null,
  proposed_at timestamptz not null,
  status text not null constraint upstream_status check (status in ('proposed', 'active', 'retired')),
  approved_by text,
  approved_at timestamptz,
  constraint upstream_approved_by_another check (status = 'proposed' or approved_by is null or approved_by <> proposed_by),
  constraint upstream_active_approved check (status <> 'active' or (approved_by is not null and approved_at is not null))
);
create unique index upstream_one_active on governance.upstream (product_version_id) where status = 'active';
grant update (status, approved_by, approved_at) on governance.upstream to platform_app;

create table governance.entry_application (
  id text primary key,
  number text not null constraint entry_application_number_unique unique,
  buyer_id text not null references governance.organization (id),
  operator_id text not null references governance.organization (id),
  declarations jsonb not null,
  last_incident_on date,
  applied_by text not null,
  applied_at timestamptz not null,
  status text not null constraint entry_application_status check (status in ('submitted', 'approved', 'rejected')),
  decided_by text,
  decided_at timestamptz,
  reason text,
  constraint entry_application_decided check (status = 'submitted' or (decided_by is not null and decided_at is not null and reason <> ''))
);
create unique index entry_application_one_open on governance.entry_application (buyer_id, operator_id) where status = 'submitted';
grant update (status, decided_by, decided_at, reason) on governance.entry_application to platform_app;

create table governance.development_agreement (
  id text primary key,
  number text not null constraint development_agreement_number_unique unique,
  buyer_id text not null references governance.organization (id),
  operator_id text not null references governance.organization (id),
  entry_application_id text not null references governance.entry_application (id),
  starts_on date not null,
  ends_on date not null,
  offered_by text not null,
  offered_at timestamptz not null,
  signed_by text,
  signed_at timestamptz,
  status text not null constraint development_agreement_status check (status in ('offered', 'in_force', 'ended')),
  constraint development_agreement_signed check (status = 'offered' or signed_at is not null)
);
create unique index development_agreement_one on governance.development_agreement (buyer_id, operator_id) where status <> 'ended';
grant update (signed_by, signed_at, status) on governance.development_agreement to platform_app;

create table governance.use_application (
  id text primary key,
  number text not null constraint use_application_number_unique unique,
  buyer_id text not null references governance.organization (id),
  product_id text not null references governance.product (id),
  scenario_id text not null references governance.scenario (id),
  purpose text not null,
  requested_terms jsonb not null,
  applied_by text not null,
  applied_at timestamptz not null,
  status text not null constraint use_application_status check (status in ('submitted', 'approved', 'rejected')),
  decided_by text,
  decided_at timestamptz,
  reason text,
  constraint use_application_decided check (status = 'submitted' or (decided_by is not null and decided_at is not null and reason <> ''))
);
create unique index use_application_one_open on governance.use_application (buyer_id, product_id, scenario_id) where status = 'submitted';
grant update (status, decided_by, decided_at, reason) on governance.use_application to platform_app;

create table governance.api_key (
  id text primary key,
  buyer_id text not null references governance.organization (id),
  mode text not null constraint api_key_mode check (mode in ('live', 'sandbox')),
  scopes text[] not null constraint api_key_scopes check (
    cardinality(scopes) > 0 and scopes <@ array['data:call', 'usage:read', 'bill:read']),
  subscription_id text,
  name text not null,
  prefix text not null,
  last_four text not null,
  secret_digest text not null constraint api_key_secret_unique unique,
  networks text[] not null default '{}',
  expires_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  revoked_by text,
  revoked_at timestamptz,
  -- A live key that calls data is bound to exactly one subscription; a sandbox key to none.
  constraint api_key_bound check ((subscription_id is not null) = (mode = 'live' and 'data:call' = any (scopes)))
);
create index api_key_of_buyer on governance.api_key (buyer_id);
grant update (revoked_by, revoked_at) on governance.api_key to platform_app;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table governance.api_key, governance.use_application, governance.development_agreement,
  governance.entry_application, governance.upstream, governance.filing, governance.outbound_review,
  governance.product_version_scenario, governance.product_version_resource, governance.product_version,
  governance.product;
drop function governance.product_version_listing();
`,
    )
    .execute(db)
}
