import { type Kysely, sql } from 'kysely'

/**
 * What a statement was made from besides its members (R73): the names, codes and weights that were
 * copied, as canonical JSON; and the earlier statements its opening figures come from, as members.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table billing.statement_version add column copied text not null default '{}';
alter table billing.statement_version alter column copied drop default;
alter table billing.statement_member drop constraint statement_member_kind;
alter table billing.statement_member add constraint statement_member_kind check (
  kind in ('bill', 'payment_allocation', 'ledger_transaction', 'seal', 'statement_version'));
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table billing.statement_version drop column copied;
delete from billing.statement_member where kind = 'statement_version';
alter table billing.statement_member drop constraint statement_member_kind;
alter table billing.statement_member add constraint statement_member_kind check (
  kind in ('bill', 'payment_allocation', 'ledger_transaction', 'seal'));
`,
    )
    .execute(db)
}
