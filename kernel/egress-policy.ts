import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { type LookupFunction, Socket, type SocketConnectOpts } from 'node:net'
import { isAddressLiteral, isPublicAddress } from './egress-addresses.ts'
import { EgressError } from './egress-error.ts'

/** Where a connection may go, and how its names become addresses. */
export type Admitted = Readonly<{ url: URL; isTrusted: boolean }>

export interface EgressPolicy {
  /** An https address, or an http(s) one that the configuration names. Errors: EgressError. */
  admitWeb(address: string): Admitted
  /** `postgres://user@host:port/database`, without a password. Errors: EgressError. */
  admitDatabase(address: string): Admitted
  /** A look-up that gives only public addresses: one that is not spoils the whole name. */
  readonly publicOnly: LookupFunction
  /** A socket that looks at the address when it connects, for protocols that bring none of their own. */
  openSocket(admitted: Admitted): Socket
}

const databaseProtocols = ['postgres:', 'postgresql:']
const databasePort = '5432'

/**
 * Scheme, host and port, as `EGRESS_ORIGINS` names them. A database behind a unix socket has the socket's
 * folder, percent-encoded, for a host: `postgres://%2Frun%2Fpostgresql:5432`.
 */
export function originOf(url: URL): string {
  if (!databaseProtocols.includes(url.protocol)) return url.origin
  return `postgres://${url.hostname}:${url.port === '' ? databasePort : url.port}`
}

/** The folder of the unix socket an address names instead of a host. */
export function socketFolderOf(url: URL): string | undefined {
  const host = decodeURIComponent(url.hostname)
  return host.startsWith('/') ? host : undefined
}

export function createEgressPolicy(
  options: Readonly<{ allowedOrigins: readonly string[]; lookup?: LookupFunction | undefined }>,
): EgressPolicy {
  const allowed = new Set(options.allowedOrigins)
  const publicOnly = lookUpPublic(options.lookup ?? (systemLookup as LookupFunction))
  const admit = (text: string, safe: readonly string[]): Admitted => {
    if (!URL.canParse(text)) throw new EgressError('not_allowed', '(no address)')
    const url = new URL(text)
    const origin = originOf(url)
    if (url.password !== '' || (url.username !== '' && safe.includes('https:')))
      throw new EgressError('not_allowed', origin)
    if (allowed.has(origin)) return { url, isTrusted: true }
    if (!safe.includes(url.protocol)) throw new EgressError('not_allowed', origin)
    // A literal is never looked up, so it is judged here; a socket of this machine never is public.
    const isLiteral = isAddressLiteral(url.hostname) && !isPublicAddress(url.hostname)
    if (isLiteral || socketFolderOf(url) !== undefined || url.hostname === '')
      throw new EgressError('address_refused', origin)
    return { url, isTrusted: false }
  }
  return {
    publicOnly,
    admitWeb: (address) => admit(address, ['https:']),
    admitDatabase: (address) => admit(address, databaseProtocols),
    openSocket: ({ isTrusted }) => (isTrusted ? new Socket() : new GuardedSocket(publicOnly)),
  }
}

/** Connects by name only, and only to public addresses. */
class GuardedSocket extends Socket {
  readonly #lookup: LookupFunction

  constructor(lookup: LookupFunction) {
    super()
    this.#lookup = lookup
  }

  // Every form of connect comes to this: drivers give port and host.
  override connect(...args: unknown[]): this {
    const [port, host] = args
    if (typeof port !== 'number' || typeof host !== 'string')
      throw new EgressError('address_refused', '(no host)')
    const options: SocketConnectOpts = { port, host, lookup: this.#lookup }
    return super.connect(options)
  }
}

export const refusedAddress = 'EGRESS_ADDRESS_REFUSED'

function lookUpPublic(resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found, family) => {
      const addresses: LookupAddress[] =
        typeof found === 'string' ? [{ address: found, family: family ?? 4 }] : (found ?? [])
      const [first] = addresses
      if (error || first === undefined) {
        callback(error ?? codedError('ENOTFOUND'), '', 0)
        return
      }
      if (!addresses.every(({ address }) => isPublicAddress(address))) {
        callback(codedError(refusedAddress), '', 0)
        return
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function codedError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}
