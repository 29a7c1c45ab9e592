/** What an outbound review answers, item by item (R31). */
export const outboundChecklist = [
  'no_raw_personal_data',
  'minimum_fields',
  'anonymization_tested',
  'use_limits_stated',
  'lineage_in_scope',
  'contract_template',
  'price_item_bound',
] as const
export type ChecklistItem = (typeof outboundChecklist)[number]
