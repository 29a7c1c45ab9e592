/** `half_open`: one call tries whether the provider is back, the others are still refused. */
export type CircuitState = 'closed' | 'half_open' | 'open'

/** How a call ended, as far as the provider's health is concerned. */
export type CircuitVerdict = 'good' | 'bad' | 'neutral'
type Settle = (verdict: CircuitVerdict) => void

export type CircuitOptions = Readonly<{
  onChange: (state: CircuitState) => void
  now?: () => number
}>

const windowMs = 10_000
/** So many failures in a window, and at least half of its calls, open the circuit. */
export const failuresMin = 10
const failingShare = 0.5
export const openForMs = 5_000

/**
 * Spares a provider that fails, and callers their waiting (one for each upstream). After some time open it
 * lets one call through: if that is good the circuit closes, else it stays open as long again.
 */
export class Circuit {
  readonly #onChange: (state: CircuitState) => void
  readonly #now: () => number
  #state: CircuitState = 'closed'
  #openedAt = 0
  #windowFrom = Number.NEGATIVE_INFINITY
  #calls = 0
  #failures = 0

  constructor({ onChange, now = () => performance.now() }: CircuitOptions) {
    this.#onChange = onChange
    this.#now = now
  }

  get state(): CircuitState {
    return this.#state
  }

  /** Lets a call go to the provider, or not: then undefined. What it gives is told how the call ended. */
  pass(): Settle | undefined {
    if (this.#state === 'closed') return (verdict) => this.#settleCall(verdict)
    if (this.#state === 'half_open' || this.#now() - this.#openedAt < openForMs) return undefined
    this.#become('half_open')
    return (verdict) => this.#settleProbe(verdict)
  }

  #settleCall(verdict: CircuitVerdict): void {
    // What began before the circuit opened says nothing of how the provider is now.
    if (this.#state === 'closed' && verdict !== 'neutral') this.#count(verdict)
  }

  #settleProbe(verdict: CircuitVerdict): void {
    if (verdict === 'bad') this.#openedAt = this.#now()
    if (verdict === 'good') this.#windowFrom = Number.NEGATIVE_INFINITY
    this.#become(verdict === 'good' ? 'closed' : 'open')
  }

  #count(verdict: 'good' | 'bad'): void {
    const now = this.#now()
    if (now - this.#windowFrom >= windowMs) {
      this.#windowFrom = now
      this.#calls = 0
      this.#failures = 0
    }
    this.#calls += 1
    if (verdict === 'bad') this.#failures += 1
    if (this.#failures < failuresMin || this.#failures < this.#calls * failingShare) return
    this.#openedAt = now
    this.#become('open')
  }

  #become(state: CircuitState): void {
    if (state === this.#state) return
    this.#state = state
    this.#onChange(state)
  }
}
