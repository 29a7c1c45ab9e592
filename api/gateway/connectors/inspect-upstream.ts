import type { InspectUpstream, UpstreamInspection } from '#governance/index.ts'
import { EgressError } from '#kernel/egress.ts'
import type { EgressPolicy } from '#kernel/egress-policy.ts'
import { NotAReader } from './reader-role.ts'
import { createTablePools } from './table-pools.ts'
import { tableSettings } from './table-query.ts'

const patienceMs = 5_000

/**
 * Looks at an upstream before it is approved: whether the role a provider's database gave us can do nothing
 * but read (R101). The gateway looks again at each connection; here a person hears of it while it can be
 * mended. Other connectors have nothing that can be known without calling them.
 */
export function createUpstreamInspector(policy: EgressPolicy): InspectUpstream {
  return async (upstream): Promise<UpstreamInspection> => {
    if (upstream.connector !== 'table') return { kind: 'fit' }
    const settings = tableSettings.safeParse(upstream.settings)
    if (!settings.success || !upstream.secret) return { kind: 'unfit', reason: 'settings' }
    const pools = createTablePools(policy)
    try {
      const opened = { ...upstream, delivery: { timeoutMs: patienceMs } }
      const client = await pools.connect(opened, { ...settings.data, connectionsMax: 1 })
      client.release()
      return { kind: 'fit' }
    } catch (error) {
      return { kind: 'unfit', ...whyUnfit(error) }
    } finally {
      await pools.close()
    }
  }
}

/** Messages of a database may hold values, so only our own words are told. */
function whyUnfit(error: unknown): Readonly<{ reason: string; rights?: readonly string[] }> {
  if (error instanceof NotAReader) return { reason: 'role_is_no_reader', rights: error.rights }
  if (error instanceof EgressError) return { reason: error.failure }
  return { reason: 'unreachable' }
}
