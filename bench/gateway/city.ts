import { buildGatewayCity, type GatewayCity } from '#tests/builders/gateway.ts'
import type { Stage } from '#bench/stage.ts'

/** A city whose product is fetched from `provider`, with a key whose limits are counted and never reached. */
export async function prepareCity({ database }: Stage, provider: string): Promise<GatewayCity> {
  const city = await buildGatewayCity(database)
  await database.ownerDb.updateTable('governance.upstream').set({ address: provider }).execute()
  await database.ownerDb
    .updateTable('billing.subscription')
    .set({
      terms: JSON.stringify({
        startsOn: '2026-01-01',
        endsOn: '2099-12-31',
        callsPerDayMax: '100000000',
        callsPerMonthMax: '1000000000',
        callsPerSecondMax: 100_000,
        concurrentCallsMax: 10_000,
        networks: [],
      }),
      starts_at: new Date('2026-01-01T00:00:00Z'),
      ends_at: new Date('2100-01-01T00:00:00Z'),
    })
    .execute()
  return city
}
