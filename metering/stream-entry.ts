import { z } from 'zod'

/**
 * One entry of a shard's stream: what one flush of one gateway put there. `s` is the sequence of its
 * first event within (boot, shard), `n` how many, `c` the time before which nothing of this boot and
 * shard is still to come, `a` when it was sent. A heartbeat has no events. `l` names the loss of Redis
 * this boot knows of, `k` how many of its calls under way began before it knew.
 */
export type StreamEntry = Readonly<{
  streamId: string
  bootId: string
  firstSequence: number
  count: number
  completeBeforeMs: number
  sentAtMs: number
  /** The loss this boot has got over: it knows of it, and no call from before it is under way. */
  settledLoss: string | null
  events: readonly unknown[]
}>

const head = z.strictObject({
  b: z.string().min(1).max(64),
  s: z.coerce.number().int().min(1),
  n: z.coerce.number().int().min(0),
  c: z.coerce.number().int().min(0),
  a: z.coerce.number().int().min(0),
  e: z.string(),
  l: z.string().max(64).default(''),
  k: z.coerce.number().int().min(0).default(0),
})

/** The fields of an entry that is put on a stream by somebody else than a gateway's flush. */
export function streamEntryFields(
  entry: Omit<StreamEntry, 'streamId' | 'count' | 'settledLoss'>,
): string[] {
  return [
    ...['b', entry.bootId, 's', String(entry.firstSequence), 'n', String(entry.events.length)],
    ...['c', String(entry.completeBeforeMs), 'a', String(entry.sentAtMs)],
    ...['e', JSON.stringify(entry.events)],
  ]
}

export type ReadEntry =
  | Readonly<{ kind: 'entry'; entry: StreamEntry }>
  | Readonly<{ kind: 'poison'; streamId: string; body: string; reason: string }>

/** Reads the flat field list Redis gives for an entry, strictly. */
export function readStreamEntry(streamId: string, fields: readonly string[]): ReadEntry {
  const poison = (reason: string): ReadEntry => ({
    kind: 'poison',
    ...{ streamId, body: JSON.stringify(fields), reason },
  })
  const pairs: Record<string, string> = {}
  for (let index = 0; index + 1 < fields.length; index += 2)
    pairs[fields[index] ?? ''] = fields[index + 1] ?? ''
  const read = head.safeParse(pairs)
  if (!read.success) return poison('not a stream entry of ours')
  const events = parseArray(read.data.e)
  if (!events || events.length !== read.data.n) return poison('its events cannot be read')
  return {
    kind: 'entry',
    entry: {
      streamId,
      bootId: read.data.b,
      firstSequence: read.data.s,
      count: read.data.n,
      completeBeforeMs: read.data.c,
      sentAtMs: read.data.a,
      settledLoss: read.data.l !== '' && read.data.k === 0 ? read.data.l : null,
      events,
    },
  }
}

function parseArray(text: string): unknown[] | undefined {
  const value = parseJson(text)
  return Array.isArray(value) ? value : undefined
}

/** Undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
