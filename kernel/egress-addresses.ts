import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * Addresses of nobody else's machine: the special-purpose registries of IANA (RFC 6890 and after).
 * An upstream, a webhook or a web address somebody typed must never lead into our own network.
 */
const specialIpv4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata service of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
]

/** Within global unicast, those that hide an IPv4 address or belong to no one. */
const specialIpv6: readonly (readonly [string, number])[] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarks
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['3fff::', 20], // documentation
]

const refusedIpv4 = new BlockList()
for (const [network, prefix] of specialIpv4) refusedIpv4.addSubnet(network, prefix, 'ipv4')

const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
const refusedIpv6 = new BlockList()
for (const [network, prefix] of specialIpv6) refusedIpv6.addSubnet(network, prefix, 'ipv6')

/**
 * Whether an address is on the public internet. False for every form that could lead back to us:
 * IPv6 outside global unicast covers `::1`, `fe80::`, `fc00::`, `::ffff:127.0.0.1` and `64:ff9b::`.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (isIPv4(bare)) return !refusedIpv4.check(bare, 'ipv4')
  if (isIPv6(bare)) return globalUnicast.check(bare, 'ipv6') && !refusedIpv6.check(bare, 'ipv6')
  return false
}

/** Whether a URL's host is an address and needs no look-up. */
export function isAddressLiteral(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIPv4(bare) || isIPv6(bare)
}
