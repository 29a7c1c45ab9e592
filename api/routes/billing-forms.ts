import { z } from '@hono/zod-openapi'
import { count, decimal, yuan } from '#api/contract.ts'
import { domain, wire } from '#api/wire.ts'
import {
  type ChargingForm,
  formatChargingForm,
  meteredUnits,
  parseChargingForm,
  spans,
} from '#billing/index.ts'

const flat = <K extends string>(kind: K) =>
  z.object({ kind: z.literal(kind), unit_price_yuan: decimal })

/** How a price item charges (R51), as the API says it. */
export const ChargingFormBody = z
  .discriminatedUnion('kind', [
    flat('per_call'),
    flat('per_record'),
    flat('per_megabyte'),
    flat('per_piece'),
    z.object({
      kind: z.literal('graduated'),
      unit: z.enum(meteredUnits),
      tiers: z.array(
        z.object({
          from_quantity: decimal,
          to_quantity: decimal.nullable(),
          unit_price_yuan: decimal,
        }),
      ),
    }),
    z.object({
      kind: z.literal('package'),
      calls: count,
      price_yuan: yuan,
      valid_days: z.int().min(1),
    }),
    z.object({ kind: z.literal('period'), every: z.enum(spans), price_yuan: yuan }),
    z.object({ kind: z.literal('metered_not_charged') }),
  ])
  .openapi('ChargingForm')

/** What the caller said, checked as a form: gaps, overlaps and too fine prices are named. */
export function formFromBody(body: z.infer<typeof ChargingFormBody>): ChargingForm {
  return parseChargingForm(domain(body))
}

export function formText(form: ChargingForm) {
  return wire(formatChargingForm(form))
}

export const TimeRange = z.object({ from: z.iso.datetime(), to: z.iso.datetime().nullable() })
