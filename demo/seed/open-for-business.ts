import type { ProviderAccess } from '#demo/simulator/start-simulator.ts'
import { admitBuyers, openSubscriptions } from './admit-buyers.ts'
import { agreeOnPayment } from './agree-on-payment.ts'
import { agreeOnSplit } from './do-office-work.ts'
import { approveScenarios, fileProducts, listProducts, setPrices } from './list-products.ts'
import type { World } from './world.ts'

/** The morning of the agreement's first day: what lay prepared is decided, and the market opens. */
export async function openForBusiness(world: World, providers: ProviderAccess): Promise<void> {
  await approveScenarios(world)
  await fileProducts(world)
  await setPrices(world)
  await listProducts(world, providers)
  await agreeOnSplit(world)
  await admitBuyers(world)
  await openSubscriptions(world)
  await agreeOnPayment(world)
}
