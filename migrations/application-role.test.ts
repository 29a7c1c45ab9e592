import pg from 'pg'
import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase('file')

/** What the application may never do, whoever asks it to (design.md section 5). */
const frozen = {
  'metering.usage_event': 'reason',
  'metering.idempotency_claim': 'request_digest',
  'metering.gap_record': 'reason',
  'metering.open_delivery': 'facts',
  'metering.seal_round': 'root',
  'metering.seal_round_shard': 'through_batch',
  'metering.seal': 'content',
  'metering.seal_subtree': 'root',
  'metering.seal_scan': 'scanned_at',
  'metering.parked_entry': 'body',
  'metering.parked_proposal': 'body',
  'metering.usage_conflict': 'body',
  'metering.usage_correction': 'kind',
  'metering.usage_correction_proposal': 'replacement',
  'metering.roll_up_proof': 'holds',
  'metering.batch_source': 'public_key',
  'metering.usage_batch': 'events',
  'metering.usage_batch_event': 'reference',
  'metering.usage_batch_standing': 'event_count',
  'billing.bill': 'gross_fen',
  'billing.bill_line': 'amount_fen',
  'billing.bill_line_tier': 'amount_yuan',
  'billing.posting': 'amount_fen',
  'billing.ledger_transaction': 'memo',
  'billing.payment': 'amount_fen',
  'billing.payment_allocation': 'amount_fen',
  'billing.account_terms': 'credit_limit_fen',
  'billing.balance_refund_part': 'amount_fen',
  'billing.bill_metering': 'metered_micro_yuan',
  'billing.price_item_tier': 'cap_unit_price_yuan',
  'billing.posted_price_tier': 'unit_price_yuan',
  'billing.split_rule': 'form',
  'billing.split_rule_approval': 'verdict',
  'billing.statement_version': 'content',
  'billing.statement_member': 'position',
  'billing.statement_signature': 'opinion',
  'billing.statement_return': 'reason',
  'billing.permitted_revenue': 'result_fen',
  'governance.catalogue': 'note',
  'governance.catalogue_resource': 'content',
  'governance.policy_document': 'title',
  'governance.scenario_opinion': 'opinion',
  'governance.incident_entry': 'words',
  'governance.incident_concerned': 'organization_id',
  'kernel.audit_entry': 'detail',
  'kernel.audit_seal': 'digest',
  'kernel.audit_seal_entry': 'digest',
} as const

const forbidden = Object.entries(frozen).flatMap(([table, column]) => [
  `update ${table} set ${column} = ${column}`,
  `delete from ${table}`,
  `truncate ${table} cascade`,
])

test.for([
  ...forbidden,
  'delete from billing.bill_standing',
  'update billing.bill_standing set gross_fen = 0',
  'update billing.balance_refund set amount_fen = 1',
  'delete from billing.balance_refund',
  'delete from billing.buyer_account',
  'update billing.posted_price set effective = known',
  'update governance.product_version set content_digest = content_digest',
  'update governance.incident set reason = reason',
  'update governance.api_key set secret_digest = secret_digest',
  'delete from governance.membership',
  'create table billing.mine (id int)',
  'create table public.mine (id int)',
  'alter table billing.posting disable trigger all',
  'drop table billing.posting',
  'set role owner',
])('the application role is refused: %s', async (statement) => {
  const application = new pg.Client({ connectionString: database.url })
  await application.connect()
  try {
    await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' })
  } finally {
    await application.end()
  }
})

test('the application role owns nothing and partitions are made only by the function', async () => {
  const application = new pg.Client({ connectionString: database.url })
  await application.connect()
  try {
    const owned = await application.query(
      `select relname from pg_class where relowner = (select oid from pg_roles where rolname = current_user)`,
    )
    expect(owned.rows).toEqual([])
    await application.query(`select metering.ensure_usage_partition('2026-06-01')`)
    await application.query(`select metering.ensure_usage_partition('2026-06-01')`)
    await expect(
      application.query(`delete from metering.usage_event_2026_06`),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(
      application.query(`select metering.ensure_usage_partition('2026-06-02')`),
    ).rejects.toThrow('first day of a month')
  } finally {
    await application.end()
  }
})
