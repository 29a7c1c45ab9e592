/* The only door into metering from other folders. */
export { type ResultClass, type UsageEvent, type UsageMode } from './usage-event.ts'
export {
  allShards,
  refusalsKey,
  shardCount,
  shardOf,
  streamKey,
  takenRefusalsKey,
} from './shards.ts'

// recording, in the gateway
export type { Admission, AdmissionRequest, Ticket, UsageLimits } from './recorder/admission.ts'
export type { Budget } from './recorder/budgets.ts'
export { keepCountsMs } from './recorder/admission.ts'
export { usesQuota } from './recorder/settling-steps.ts'
export {
  RecordingUncertain,
  RecordingUnavailable,
  startUsageRecorder,
  type UsageRecorder,
  type UsageRecorderDeps,
} from './recorder/usage-recorder.ts'
export { formatRefusalFacts, type RefusalFacts } from './recorder/refusal-facts.ts'
export {
  encodeReceipt,
  type ReceiptFacts,
  type RecordReceipt,
  signReceipts,
  signRecordReceipt,
  type UsageReceipt,
  verifyReceipt,
} from './recorder/receipt.ts'

// writing, in the worker
export { startUsageWriter, type UsageWriter, type UsageWriterDeps } from './writer/start-writer.ts'
export type { BudgetCounts, CountBudgets } from './writer/rebuild-budgets.ts'
export { prepareUsagePartitions } from './writer/ensure-partitions.ts'

// what could not be read
export { type ParkedEntryView, listParkedEntries } from './parked/list-parked-entries.ts'
export { replayParkedEntry } from './parked/replay-parked-entry.ts'
export { proposeParkedCorrection } from './parked/propose-parked-correction.ts'
export { proposeParkedDiscard } from './parked/propose-parked-discard.ts'
export { decideParkedProposal } from './parked/decide-parked-proposal.ts'

// signed batches
export { registerBatchSource } from './intake/register-batch-source.ts'
export { approveBatchSource } from './intake/approve-batch-source.ts'
export { revokeBatchSource } from './intake/revoke-batch-source.ts'
export { listBatchSources } from './intake/list-batch-sources.ts'
export { listUsageBatches } from './intake/list-usage-batches.ts'
export type { BatchSource } from './intake/batch-source.queries.ts'
export {
  acceptUsageBatch,
  type BatchReceipt,
  reportedEventId,
  type SignedBatch,
} from './intake/accept-usage-batch.ts'
export { forwardUsageBatch } from './intake/forward-usage-batch.ts'

// corrections
export type { CorrectionProposal, UsageReplacement } from './correction/correction.queries.ts'
export { findStoredEvent, type StoredEvent } from './correction/stored-event.queries.ts'
export { proposeUsageCorrection } from './correction/propose-usage-correction.ts'
export { decideUsageCorrection } from './correction/decide-usage-correction.ts'
export { listUsageCorrections } from './correction/list-usage-corrections.ts'
export { type CorrectedCharge, listCorrectedCharges } from './correction/corrected-usage.ts'

// what the page of the metering shows
export { type MeteringState, readMeteringState } from './state/read-metering-state.ts'
export { type UsageStream, usageStreamOf } from './usage-stream.ts'
export { askForRollUpProof } from './proof/ask-for-roll-up-proof.ts'
export { keepRollUpProof } from './proof/keep-roll-up-proof.ts'
// sealing and what it proves
export { sealUsage, type SealUsageResult } from './seal/seal-usage.ts'
export { proveSeals, type SealProof } from './seal/prove-seals.ts'
export type { SealFault } from './seal/seal-faults.ts'
export { listSealedMonths, listSeals } from './seal/list-seals.ts'
export type { SealRow } from './seal/seal.queries.ts'
export { writeUsageArchive } from './seal/usage-archive.ts'
export { leafOf, restOf, type UsageEventRow } from './seal/leaf.ts'
export { readBuyerEvents } from './seal/stored-events.ts'

// reading
export {
  countParkedEntries,
  latestBatchOfBuyer,
  listUsageCalls,
  noUsage,
  sumUsage,
  sumUsageFromRollups,
  type UsageCall,
  type UsageCallCursor,
  type UsageSlice,
  type UsageSum,
} from './usage.queries.ts'
export {
  type DeliveryStanding,
  type DeliveryView,
  isDeliveryOpen,
  listDeliveries,
} from './deliveries.queries.ts'
export {
  type CallCursor,
  type CallFilter,
  type CallView,
  listCalls,
  listUsage,
  sumUsageTotals,
  type UsageBucket,
  type UsageFilter,
  type UsageGrouping,
  type UsageTotals,
} from './usage-screens.queries.ts'
export {
  listShardStates,
  proveRollUps,
  type RollUpProof,
  type ShardState,
  usageWatermark,
} from './watermark.queries.ts'
