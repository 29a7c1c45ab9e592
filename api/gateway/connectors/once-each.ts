import type { OpenUpstream } from '#api/gateway/connector.ts'

/** Remembers what is read off an upstream for as long as the gateway keeps it; an upstream never changes. */
export function onceEach<T>(read: (upstream: OpenUpstream) => T): (upstream: OpenUpstream) => T {
  const known = new WeakMap<OpenUpstream, Readonly<{ value: T }>>()
  return (upstream) => {
    const before = known.get(upstream)
    if (before) return before.value
    const value = read(upstream)
    known.set(upstream, { value })
    return value
  }
}
