import { inflictPlan } from './inflict.ts'
import type { PlannedFault } from './plan.ts'
import type { UsageCity } from './usage-city.ts'
import { judge, type Verdict } from './verdict.ts'

/** Callers call while the plan happens; when everything is back and settled, what is stored is judged. */
export async function playRound(
  city: UsageCity,
  round: Readonly<{ calls: number; plan: readonly PlannedFault[] }>,
): Promise<Verdict> {
  const faults = inflictPlan(city, round.plan)
  const count = await city.burst(round.calls, faults)
  await faults.done()
  const gatewayDied = round.plan.some(({ fault }) => fault.kind === 'gateway_killed')
  return judge(city, count, { gatewayDied })
}
