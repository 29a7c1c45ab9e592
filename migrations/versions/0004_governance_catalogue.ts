import { type Kysely, sql } from 'kysely'

/** Resources, the published operating catalogue, authorizations and scenarios (R6–R8, R13–R18, R25–R27). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table governance.field (
  code text primary key,
  name text not null,
  name_en text not null,
  position int not null constraint field_position_unique unique,
  is_priority boolean not null
);
-- The 24 fields the plan names, in its order, and the rest (R18).
insert into governance.field (code, name, name_en, position, is_priority) values
  ('credit', '信用', 'Credit', 1, true),
  ('education', '教育', 'Education', 2, true),
  ('science', '科技', 'Science and technology', 3, true),
  ('industry', '工业', 'Industry', 4, true),
  ('employment', '就业', 'Employment', 5, true),
  ('social_security', '社保', 'Social security', 6, true),
  ('natural_resources', '自然资源', 'Natural resources', 7, true),
  ('spatial', '空间地理', 'Spatial geography', 8, true),
  ('environment', '生态环境', 'Environment', 9, true),
  ('housing', '住房和城市更新', 'Housing and urban renewal', 10, true),
  ('transport', '交通运输', 'Transport', 11, true),
  ('agriculture', '农业农村', 'Agriculture', 12, true),
  ('logistics', '商贸物流', 'Trade and logistics', 13, true),
  ('culture_tourism', '文化旅游', 'Culture and tourism', 14, true),
  ('health', '卫生医疗', 'Health', 15, true),
  ('public_safety', '公共安全', 'Public safety', 16, true),
  ('emergency', '应急管理', 'Emergency management', 17, true),
  ('market_regulation', '市场监管', 'Market regulation', 18, true),
  ('statistics', '统计', 'Statistics', 19, true),
  ('medical_insurance', '医保', 'Medical insurance', 20, true),
  ('housing_fund', '住房公积金', 'Housing provident fund', 21, true),
  ('sports', '体育', 'Sports', 22, true),
  ('meteorology', '气象', 'Meteorology', 23, true),
  ('finance', '金融', 'Finance', 24, true),
  ('other', '其他', 'Other', 25, false);

create table governance.resource (
  id text primary key,
  code text not null constraint resource_code_unique unique,
  name text not null,
  provider_id text not null references governance.organization (id),
  source_kind text not null constraint resource_source_kind check (source_kind in (
    'government_body', 'public_institution', 'public_utility', 'return_flow')),
  legal_basis text,
  field_code text not null references governance.field (code),
  abstract text not null,
  format text not null,
  items jsonb not null,
  sharing text not null constraint resource_sharing check (sharing in ('unconditional', 'conditional', 'none')),
  opening text not null constraint resource_opening check (opening in ('unconditional', 'conditional', 'prohibited')),
  update_frequency text not null constraint resource_update_frequency check (update_frequency in (
    'real_time', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'irregular')),
  related_code text,
  national_class text constraint resource_national_class check (national_class in ('core', 'important', 'general')),
  level text constraint resource_level check (level in ('L1', 'L2', 'L3', 'L4', 'L5')),
  contains_personal_information boolean not null,
  contains_sensitive_personal_information boolean not null,
  important_data_approval_document_id text references governance.policy_document (id),
  registration_number text,
  status text not null constraint resource_status check (status in ('proposed', 'opined', 'published', 'withdrawn')),
  provider_opinion text,
  provider_opined_by text,
  provider_opined_at timestamptz,
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint resource_utility_legal_basis check (source_kind <> 'public_utility' or legal_basis is not null),
  constraint resource_opined_before_published check (status in ('proposed', 'withdrawn') or
    (provider_opined_at is not null and national_class is not null and level is not null)),
  constraint resource_prohibited_not_published check (status <> 'published' or opening <> 'prohibited'),
  constraint resource_core_not_published check (status <> 'published' or national_class <> 'core'),
  constraint resource_important_approved check (status <> 'published' or national_class <> 'important'
    or important_data_approval_document_id is not null)
);
grant update (status, national_class, level, provider_opinion, provider_opined_by, provider_opined_at,
  opening, registration_number) on governance.resource to platform_app;

create table governance.catalogue (
  id text primary key,
  version int not null constraint catalogue_version_unique unique,
  note text not null,
  difference jsonb not null,
  digest text not null,
  published_by text not null,
  published_at timestamptz not null
);
create table governance.catalogue_resource (
  catalogue_id text not null references governance.catalogue (id),
  resource_id text not null references governance.resource (id),
  content jsonb not null,
  primary key (catalogue_id, resource_id)
);

create table governance.authorization (
  id text primary key,
  operator_id text not null references governance.organization (id),
  agreement_id text not null references governance.agreement (id),
  mode text not null constraint authorization_mode check (mode in ('whole', 'individual')),
  field_or_scenario text,
  necessity text,
  reason text not null,
  document_id text not null references governance.policy_document (id),
  effective_from timestamptz not null,
  effective_to timestamptz not null,
  approved_by text not null,
  approved_at timestamptz not null,
  revoked_at timestamptz,
  constraint authorization_period check (effective_to > effective_from),
  constraint authorization_individual_reasoned check (
    mode <> 'individual' or (field_or_scenario <> '' and necessity <> ''))
);
grant update (revoked_at) on governance.authorization to platform_app;
create table governance.authorization_resource (
  authorization_id text not null references governance.authorization (id),
  resource_id text not null references governance.resource (id),
  primary key (authorization_id, resource_id)
);

create table governance.scenario (
  id text primary key,
  code text not null constraint scenario_code_unique unique,
  name text not null,
  name_en text not null,
  operator_id text not null references governance.organization (id),
  description text not null,
  purpose_class text not null constraint scenario_purpose_class check (purpose_class in ('public_interest', 'industry')),
  purpose_evidence text not null,
  status text not null constraint scenario_status check (status in ('draft', 'submitted', 'approved', 'rejected')),
  recorded_by text not null,
  recorded_at timestamptz not null,
  submitted_by text,
  submitted_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  decision_reason text,
  constraint scenario_decided check (status not in ('approved', 'rejected') or
    (decided_by is not null and decided_at is not null and decision_reason <> ''))
);
grant update (status, submitted_by, submitted_at, decided_by, decided_at, decision_reason) on governance.scenario to platform_app;
create table governance.scenario_resource (
  scenario_id text not null references governance.scenario (id),
  resource_id text not null references governance.resource (id),
  primary key (scenario_id, resource_id)
);
create table governance.scenario_opinion (
  scenario_id text not null references governance.scenario (id),
  provider_id text not null references governance.organization (id),
  verdict text not null constraint scenario_opinion_verdict check (verdict in ('agree', 'reject')),
  opinion text not null,
  opined_by text not null,
  opined_at timestamptz not null,
  primary key (scenario_id, provider_id)
);

-- R25: approved only when every provider concerned has agreed.
create function governance.scenario_approved_by_all() returns trigger language plpgsql as $$
begin
  if new.status = 'approved' and exists (
    select 1 from governance.scenario_resource sr join governance.resource r on r.id = sr.resource_id
    where sr.scenario_id = new.id and not exists (
      select 1 from governance.scenario_opinion o
      where o.scenario_id = new.id and o.provider_id = r.provider_id and o.verdict = 'agree'))
  then
    raise exception 'scenario % lacks the agreement of a provider', new.id
      using errcode = '23514', constraint = 'scenario_approved_by_all_providers';
  end if;
  return new;
end $$;
create trigger scenario_approved_by_all before insert or update on governance.scenario
  for each row execute function governance.scenario_approved_by_all();
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table governance.scenario_opinion, governance.scenario_resource, governance.scenario,
  governance.authorization_resource, governance.authorization,
  governance.catalogue_resource, governance.catalogue, governance.resource, governance.field;
drop function governance.scenario_approved_by_all();
`,
    )
    .execute(db)
}
