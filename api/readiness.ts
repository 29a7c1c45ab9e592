import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'

export type Check = 'ok' | 'failing'
export type Readiness = Readonly<{ ready: boolean; checks: Readonly<Record<string, Check>> }>
export type ReadReadiness = () => Promise<Readiness>

const patienceMs = 2_000

/** What must answer before the platform serves, each asked on its own and none waited for long. */
export function readinessOf(
  probes: Readonly<Record<string, () => Promise<boolean>>>,
): ReadReadiness {
  return async () => {
    const entries = await Promise.all(
      Object.entries(probes).map(async ([name, probe]) => [name, await outcome(probe)] as const),
    )
    return {
      ready: entries.every(([, check]) => check === 'ok'),
      checks: Object.fromEntries(entries),
    }
  }
}

async function outcome(probe: () => Promise<boolean>): Promise<Check> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), patienceMs)
  try {
    return (await Promise.race([probe(), late.promise])) ? 'ok' : 'failing'
  } catch {
    return 'failing'
  } finally {
    clearTimeout(timer)
  }
}

export async function databaseAnswers(db: Database): Promise<boolean> {
  await sql`select 1`.execute(db)
  return true
}
