/** An outbox row as a job of the catalogue. */
export type RelayedJob = Readonly<{
  job: string
  data: Record<string, string>
  /**
   * A run that used up its attempts frees the job's id, so that the open row is relayed again by itself: for
   * work that must be done however long a store is away. Its failures are in the job runs.
   */
  isNeverGivenUp?: true
}>

/**
 * Which job carries an announcement on: where a verb has work to do it is that verb's job, everything
 * else is told to the organizations it concerns.
 */
export function jobOfEvent(
  event: Readonly<{ kind: string; payload: Readonly<Record<string, string>> }>,
): RelayedJob {
  if (event.kind === 'bank_statement.imported')
    return { job: 'match-payments', data: { operatorId: event.payload['operatorId'] ?? '' } }
  if (event.kind === 'usage_batch.accepted')
    return { job: 'forward-usage-batch', data: { ...event.payload }, isNeverGivenUp: true }
  if (event.kind === 'roll_ups.asked') return { job: 'prove-roll-ups', data: { ...event.payload } }
  return {
    job: 'deliver-notice',
    data: { kind: event.kind, payload: JSON.stringify(event.payload) },
  }
}
