import { type Money, moneyFromFen } from '#kernel/money.ts'

/**
 * What a call weighs in a budget: whole micro-yuan (6 decimals of a yuan) at the highest unit price of its
 * form. A lower tier, and the rounding of the line, are given back by the bill; until then a budget never
 * holds less than will be billed, but for the rounding of a line.
 */
export type UnitPrice = Readonly<{
  /** What is counted: `call`, `piece`, `record`, `megabyte`; forms that charge no single call cost 0. */
  unit: string
  highestMicroYuan: bigint
}>

export const microYuanPerFen = 10_000n

/** Micro-yuan of use as whole fen, rounded up. */
export function fenOfUse(microYuan: bigint): Money {
  return moneyFromFen(dividedUp(microYuan, microYuanPerFen))
}

const bytesPerMegabyte = 1_000_000n

/** What a billable call has cost, in micro-yuan. The same as costOf() in SQL says of its event. */
export function costOfCall(
  price: UnitPrice,
  used: Readonly<{ records: bigint; bytes: bigint }>,
): bigint {
  switch (price.unit) {
    case 'record':
      return used.records * price.highestMicroYuan
    case 'megabyte':
      return dividedUp(used.bytes * price.highestMicroYuan, bytesPerMegabyte)
    default:
      return price.highestMicroYuan
  }
}

/** No record in JSON or CSV is shorter than this, with what parts it from the next. */
const recordBytesMin = 2n

/** Redis compares as IEEE doubles; nobody's limit is nine billion yuan. */
const comparableMax = 2n ** 53n - 1n

/** The most one call can cost: what its product version may deliver at once, at the highest price. */
export function highestCostOfCall(
  price: UnitPrice,
  bounds: Readonly<{ responseBytesMax: bigint; recordsMax: bigint | undefined }>,
): bigint {
  const { responseBytesMax, recordsMax } = bounds
  const records = recordsMax ?? dividedUp(responseBytesMax, recordBytesMin)
  const cost = costOfCall(price, { records, bytes: responseBytesMax })
  return cost > comparableMax ? comparableMax : cost
}

function dividedUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by
}
