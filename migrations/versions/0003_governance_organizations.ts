import { type Kysely, sql } from 'kysely'

/** Organizations, people, roles, policy documents, and how the operator comes to its right (R1–R11). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table governance.organization (
  id text primary key,
  kind text not null constraint organization_kind check (kind in (
    'data_bureau', 'finance_bureau', 'price_authority', 'market_regulator', 'state_asset_regulator',
    'security_supervisor', 'auditor', 'platform', 'provider', 'operator', 'buyer')),
  name text not null constraint organization_name_given check (name <> ''),
  name_en text,
  credit_code text not null constraint organization_credit_code_unique unique,
  status text not null constraint organization_status check (status in ('registered', 'active', 'suspended', 'exited')),
  contact_name text,
  contact_phone text,
  address text,
  is_sample boolean not null default false,
  registered_at timestamptz not null,
  constraint organization_credit_code_valid check (kernel.is_credit_code(credit_code))
);
-- R3: one implementing body, one finance bureau, and so on, for the whole city.
create unique index organization_single_body on governance.organization (kind)
  where kind in ('data_bureau', 'finance_bureau', 'price_authority', 'market_regulator',
    'state_asset_regulator', 'security_supervisor', 'auditor', 'platform');
grant update (name, name_en, status, contact_name, contact_phone, address) on governance.organization to platform_app;

create table governance.person (
  id text primary key,
  auth_user_id text constraint person_auth_user_unique unique,
  name text not null constraint person_name_given check (name <> ''),
  email text not null constraint person_email_lower_case check (email = lower(email)),
  status text not null constraint person_status check (status in ('active', 'suspended', 'removed')),
  failed_sign_ins int not null default 0,
  locked_until timestamptz,
  registered_at timestamptz not null
);
create unique index person_email_unique on governance.person (email) where status <> 'removed';
grant update (auth_user_id, name, status, failed_sign_ins, locked_until) on governance.person to platform_app;

create table governance.membership (
  id text primary key,
  person_id text not null references governance.person (id),
  organization_id text not null references governance.organization (id),
  role text not null,
  granted_by text not null,
  granted_at timestamptz not null,
  ended_by text,
  ended_at timestamptz
);
create unique index membership_once on governance.membership (person_id, organization_id, role) where ended_at is null;
create index membership_of_organization on governance.membership (organization_id);
-- R92: nobody holds two of the three administrator duties.
create unique index membership_one_administrator_duty on governance.membership (person_id)
  where ended_at is null and role in ('system_admin', 'security_admin', 'audit_admin');
-- R72: five different people sign; a person of the operator is maker, checker or head, never two.
create unique index membership_one_statement_duty on governance.membership (person_id)
  where ended_at is null and role in ('operator_maker', 'operator_checker', 'operator_head');
grant update (ended_by, ended_at) on governance.membership to platform_app;

create table governance.invitation (
  id text primary key,
  kind text not null constraint invitation_kind check (kind in ('first_administrator', 'member')),
  token_digest text not null constraint invitation_token_unique unique,
  email text,
  name text,
  organization_id text references governance.organization (id),
  roles text[] not null,
  invited_by text not null,
  invited_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by text references governance.person (id),
  revoked_at timestamptz
);
grant update (accepted_at, accepted_by, revoked_at) on governance.invitation to platform_app;

create table governance.policy_document (
  id text primary key,
  title text not null,
  number text not null,
  issuer text not null,
  issued_on date not null,
  valid_from date not null,
  valid_to date,
  file_name text not null,
  file_digest text not null,
  note text not null default '',
  is_sample boolean not null default false,
  registered_by text not null,
  registered_at timestamptz not null,
  constraint policy_document_number_unique unique (issuer, number),
  constraint policy_document_period check (valid_to is null or valid_to >= valid_from)
);

create table governance.operator_selection (
  id text primary key,
  operator_id text not null references governance.organization (id),
  method text not null constraint operator_selection_method check (method in ('open_tender', 'invited_tender', 'competitive_negotiation', 'other')),
  method_note text,
  result text not null,
  notice_from date not null,
  notice_to date not null,
  notice_link text not null,
  document_id text not null references governance.policy_document (id),
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint operator_selection_notice_period check (notice_to >= notice_from),
  constraint operator_selection_other_named check (method <> 'other' or method_note is not null)
);

create table governance.agreement (
  id text primary key,
  number text not null constraint agreement_number_unique unique,
  operator_id text not null references governance.organization (id),
  selection_id text not null references governance.operator_selection (id),
  scope text not null,
  goals text not null,
  starts_on date not null,
  ends_on date not null,
  term_override_document_id text references governance.policy_document (id),
  document_id text not null references governance.policy_document (id),
  status text not null constraint agreement_status check (status in ('draft', 'in_force', 'ended')),
  signed_at timestamptz,
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint agreement_period check (ends_on > starts_on),
  constraint agreement_term_three_years check (
    ends_on <= (starts_on + interval '3 years' - interval '1 day')::date or term_override_document_id is not null),
  constraint agreement_signed_when_in_force check (status = 'draft' or signed_at is not null)
);
create unique index agreement_one_in_force on governance.agreement (operator_id) where status = 'in_force';
grant update (status, signed_at) on governance.agreement to platform_app;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop table governance.agreement, governance.operator_selection, governance.policy_document,
  governance.invitation, governance.membership, governance.person, governance.organization;
`,
    )
    .execute(db)
}
