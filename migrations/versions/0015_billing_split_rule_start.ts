import { type Kysely, sql } from 'kysely'

/**
 * A refused split rule must not keep a better one from starting in the same month. Which of two
 * approved ones holds is the one with the higher version; a month already settled keeps its own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table billing.split_rule drop constraint split_rule_start_unique;
create index split_rule_of_operator on billing.split_rule (operator_id, effective_from, version);
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
drop index billing.split_rule_of_operator;
alter table billing.split_rule add constraint split_rule_start_unique unique (operator_id, effective_from);
`,
    )
    .execute(db)
}
