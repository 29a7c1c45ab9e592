/** The piece of work that brings a batch into the usage; open until every event of it is stored. */
export function forwardJobId(
  of: Readonly<{ sourceId: string; sequence: number | bigint }>,
): string {
  return `forward-usage-batch-${of.sourceId}-${of.sequence}`
}
