import type { Id } from '#kernel/ids.ts'
import { type FailedDelivery, failedDelivery } from '#api/gateway/connector.ts'
import { Circuit, type CircuitState, type CircuitVerdict } from './circuit.ts'

/** Who watches the providers: counters and the log of the gateway. */
export type UpstreamWatch = Readonly<{
  call: (upstreamId: Id<'upstream'>, outcome: string) => void
  circuit: (upstreamId: Id<'upstream'>, state: CircuitState) => void
}>

export const nobodyWatches: UpstreamWatch = { call: () => undefined, circuit: () => undefined }

export type ProviderLines = Readonly<{
  /**
   * Makes a call to an upstream, unless its circuit is open. `call` answers with what it got or with a
   * failed delivery; it throws only for faults of ours and of the caller.
   */
  pass: <T>(
    upstreamId: Id<'upstream'>,
    call: () => Promise<T | FailedDelivery>,
  ) => Promise<T | FailedDelivery>
}>

/** One circuit for each upstream; they are as few as product versions in use. */
export function createProviderLines(watch: UpstreamWatch): ProviderLines {
  const circuits = new Map<string, Circuit>()
  const circuitOf = (upstreamId: Id<'upstream'>): Circuit => {
    const known = circuits.get(upstreamId)
    if (known) return known
    const made = new Circuit({ onChange: (state) => watch.circuit(upstreamId, state) })
    circuits.set(upstreamId, made)
    return made
  }
  return {
    pass: async (upstreamId, call) => {
      const settle = circuitOf(upstreamId).pass()
      if (!settle) {
        watch.call(upstreamId, 'circuit_open')
        return failedDelivery('circuit_open')
      }
      let verdict: CircuitVerdict = 'neutral'
      try {
        const answer = await call()
        const failure = isFailed(answer) ? answer.why : undefined
        verdict = verdictOf(failure)
        watch.call(upstreamId, failure ?? 'answered')
        return answer
      } finally {
        settle(verdict)
      }
    },
  }
}

export function isFailed<T>(answer: T | FailedDelivery): answer is FailedDelivery {
  return (answer as FailedDelivery).resultClass === 'failed'
}

/** Faults of our settings and of the caller say nothing of the provider. */
const notOfTheProvider = [
  'settings',
  'aborted',
  'not_allowed',
  'address_refused',
  'result_rule',
  'role_is_no_reader',
]

function verdictOf(failure: string | undefined): CircuitVerdict {
  if (failure === undefined) return 'good'
  if (notOfTheProvider.includes(failure)) return 'neutral'
  // Of what a database says, only these are its own troubles: resources, operators, the system, a fault.
  if (failure.startsWith('sqlstate '))
    return /^sqlstate (?:53|57|58|XX)/.test(failure) ? 'bad' : 'good'
  // An answer that refuses (4xx) or makes no sense comes from a provider that is well.
  return failure.startsWith('answered ') && !failure.startsWith('answered 5') ? 'good' : 'bad'
}
