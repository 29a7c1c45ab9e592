import { setTimeout as pause } from 'node:timers/promises'
import { type ProviderAccess, simulatorAccess } from '#demo/simulator/start-simulator.ts'
import type { SimulatorSettings } from '#kernel/config.ts'
import { createEgress, type Egress, EgressError } from '#kernel/egress.ts'

const attemptsMax = 150
const betweenAttemptsMs = 200

/** Waits until the providers' services answer: they make their own data at their first start. */
export async function untilSimulatorAnswers(settings: SimulatorSettings): Promise<ProviderAccess> {
  const egress = createEgress({ allowedOrigins: [settings.origin] })
  const url = `${settings.origin}/healthz`
  try {
    for (let attempt = 1; !(await answers(egress, url)); attempt++) {
      if (attempt === attemptsMax)
        throw new Error(`the provider-simulator does not answer at ${url}`)
      await pause(betweenAttemptsMs)
    }
  } finally {
    await egress.close()
  }
  return simulatorAccess(settings)
}

async function answers(egress: Egress, url: string): Promise<boolean> {
  try {
    await egress.send({ method: 'GET', url, timeoutMs: 2_000, responseBytesMax: 10_000 })
    return true
  } catch (error) {
    if (error instanceof EgressError) return false
    throw error
  }
}
