import type { ConnectorKind } from '#governance/index.ts'
import type { Egress } from '#kernel/egress.ts'
import type { Connector } from '#api/gateway/connector.ts'
import { createFileConnector } from './file.ts'
import { createHttpConnector } from './http.ts'
import { createProviderLines, nobodyWatches, type UpstreamWatch } from './provider-line.ts'
import { createTableConnector } from './table.ts'

/** Every connector there is; a test or a benchmark may bring fewer. */
export type Connectors = Readonly<Partial<Record<ConnectorKind, Connector>>>

export function createConnectors({
  egress,
  watch = nobodyWatches,
}: Readonly<{ egress: Egress; watch?: UpstreamWatch }>): Required<Connectors> {
  const lines = createProviderLines(watch)
  const http = createHttpConnector({ egress, lines })
  const file = createFileConnector({ egress, lines })
  const table = createTableConnector({ policy: egress.policy, lines })
  // A model of a provider is called like any of its services; a report is a file with a name.
  return { http, model: http, table, file, report: file }
}

export async function closeConnectors(connectors: Connectors): Promise<void> {
  for (const connector of Object.values(connectors)) await connector.close?.()
}
