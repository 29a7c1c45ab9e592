/** Why a request went out and did not come back, or never went out. */
export type EgressFailure =
  | 'not_allowed' // not https, or credentials in the address
  | 'address_refused' // private, loopback, link-local or otherwise not on the internet
  | 'redirected'
  | 'timed_out'
  | 'too_large'
  | 'unreachable'
  | 'aborted'

/** The one error of outgoing requests. Its message names the origin, never path, query or body. */
export class EgressError extends Error {
  override readonly name = 'EgressError'
  readonly failure: EgressFailure
  /** No connection came about, so the other side has surely seen nothing of the request. */
  readonly isUnsent: boolean

  constructor(
    failure: EgressFailure,
    origin: string,
    options: ErrorOptions & Readonly<{ isUnsent?: boolean }> = {},
  ) {
    super(`outgoing request to ${origin}: ${failure}`, options)
    this.failure = failure
    this.isUnsent = options.isUnsent ?? false
  }
}
