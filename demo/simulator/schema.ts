/** The simulator's own database, as a provider would keep it. Nothing of the platform is in it, and it is none of ours. */
export const simulatorSchema = `
create table if not exists service_credential (
  service text primary key,
  token text not null
);
create table if not exists housing_fund_account (
  id_number text primary key,
  name text not null,
  status text not null,
  opened_month text not null,
  months_paid_in_a_row int not null,
  monthly_deposit_band text not null,
  balance_band text not null,
  has_loan boolean not null,
  overdue_instalments int not null
);
create table if not exists medical_settlement (
  id_number text primary key,
  name text not null,
  insured_years int not null,
  outpatient_visits_24_months int not null,
  inpatient_stays_24_months int not null,
  chronic_disease_groups text[] not null,
  yearly_cost_band text not null
);
create table if not exists health_channel_month (
  month text not null,
  channel text not null,
  department text not null,
  impressions int not null,
  visits int not null,
  registrations int not null,
  completed_visits int not null,
  value_index numeric(6, 2) not null,
  primary key (month, channel, department)
);
create table if not exists parking_lot (
  lot_id text primary key,
  name text not null,
  district text not null,
  spaces int not null,
  charging_spaces int not null,
  longitude numeric(9, 6) not null,
  latitude numeric(9, 6) not null,
  hourly_fee_yuan numeric(6, 2) not null
);
-- What the traffic police show the platform: each car park as it is this minute. Two numbers that no car
-- park has give its bad days, on request: a row that cannot be computed, and one that takes long.
create or replace view parking_now as
  select lot_id, name, district, spaces, charging_spaces,
    (abs(hashtext(lot_id || date_trunc('minute', now())::text)::bigint) % (spaces + 1))::int as free_spaces,
    hourly_fee_yuan, date_trunc('minute', now()) as observed_at
  from parking_lot
  union all
  select 'P9001', '', '', 0, 0, (1 / (extract(epoch from now())::bigint * 0))::int, 0, now()
  union all
  select 'P9002', '', '', 0, 0, (select 0 from pg_sleep(4)), 0, now();
create table if not exists enterprise_risk (
  credit_code text primary key,
  name text not null,
  score int not null,
  grade text not null,
  signals jsonb not null
);
create table if not exists tourism_day (
  day date not null,
  scenic_area text not null,
  visitors int not null,
  overnight_visitors int not null,
  from_other_provinces int not null,
  mean_stay_hours numeric(5, 2) not null,
  primary key (day, scenic_area)
);
`
