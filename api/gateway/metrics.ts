import type { Logger } from 'pino'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Id } from '#kernel/ids.ts'
import type { CircuitState } from './connectors/circuit.ts'
import type { UpstreamWatch } from './connectors/provider-line.ts'

export type GatewayMetrics = Readonly<{
  watch: UpstreamWatch
  /** A delivery in pieces begins; the answer is called when it ends. */
  deliveryOpened: () => () => void
  text: () => Promise<string>
  contentType: string
}>

const stateNumber = { closed: 0, half_open: 1, open: 2 } as const satisfies Record<
  CircuitState,
  number
>
/** Faults of ours that no provider mends: somebody should look. */
const faultsOfOurs = [
  'settings',
  'result_rule',
  'role_is_no_reader',
  'not_allowed',
  'address_refused',
]

/** What a gateway counts of its providers, and says in its log when one is left alone or comes back. */
export function openGatewayMetrics(log: Pick<Logger, 'warn' | 'info'>): GatewayMetrics {
  const registry = new Registry()
  const registers = [registry]
  const calls = new Counter({
    name: 'gateway_upstream_calls_total',
    help: 'Calls to an upstream by how they ended; circuit_open was not tried',
    labelNames: ['upstream', 'outcome'],
    registers,
  })
  const circuit = new Gauge({
    name: 'gateway_upstream_circuit',
    help: 'Circuit of an upstream: 0 closed, 1 trying, 2 open',
    labelNames: ['upstream'],
    registers,
  })
  const open = new Gauge({
    name: 'gateway_deliveries_open',
    help: 'Files being handed over in pieces',
    registers,
  })
  return {
    watch: {
      call: (upstream, outcome) => {
        calls.inc({ upstream, outcome })
        if (faultsOfOurs.includes(outcome))
          log.warn({ upstream, outcome }, 'an upstream is misconfigured')
      },
      circuit: (upstream, state) => {
        circuit.set({ upstream }, stateNumber[state])
        tell(log, upstream, state)
      },
    },
    deliveryOpened: () => {
      open.inc()
      return () => open.dec()
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function tell(
  log: Pick<Logger, 'warn' | 'info'>,
  upstream: Id<'upstream'>,
  state: CircuitState,
): void {
  if (state === 'open') log.warn({ upstream, state }, 'an upstream fails and is left alone')
  else log.info({ upstream, state }, 'an upstream is tried again')
}
