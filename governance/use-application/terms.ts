import { z } from 'zod'

const quota = z.string().regex(/^[1-9][0-9]{0,13}$/)
const network = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])

/** The limits a use is asked for and granted with; the subscription's terms have the same shape. */
export const useTermsSchema = z.strictObject({
  /** First and last day, Asia/Shanghai. */
  startsOn: z.iso.date(),
  endsOn: z.iso.date(),
  /** Calls a day or a month, whole number as text; null: no limit of this kind. */
  callsPerDayMax: quota.nullable(),
  callsPerMonthMax: quota.nullable(),
  callsPerSecondMax: z.int().min(1).max(100_000),
  concurrentCallsMax: z.int().min(1).max(10_000),
  /** Addresses the calls may come from; empty: any. */
  networks: z.array(network).max(50),
})
export type UseTerms = z.output<typeof useTermsSchema>
