import { type Kysely, sql } from 'kysely'

/**
 * A price list under way keeps its items as one document, written once: only approval turns them into
 * price items, which hold from then on. A proposal keeps the verdict that was shown to its author.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table billing.price_list add column content jsonb not null default '[]';
alter table billing.price_list alter column content drop default;
alter table billing.posted_price_proposal add column verdict jsonb not null default '{}';
alter table billing.posted_price_proposal alter column verdict drop default;
`,
    )
    .execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table billing.posted_price_proposal drop column verdict;
alter table billing.price_list drop column content;
`,
    )
    .execute(db)
}
