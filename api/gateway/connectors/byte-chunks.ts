import { EgressError } from '#kernel/egress.ts'

/** Takes `count` bytes after skipping `skip`; leaves the rest unread. Throws where they do not come. */
export async function* slice(
  chunks: AsyncIterable<Buffer>,
  { skip, count }: Readonly<{ skip: number; count: number }>,
): AsyncGenerator<Buffer, void, undefined> {
  let before = skip
  let left = count
  for await (const chunk of chunks) {
    const wanted = chunk.subarray(before, before + left)
    before = Math.max(0, before - chunk.length)
    left -= wanted.length
    if (wanted.length > 0) yield wanted
    if (left === 0) return
  }
  if (left > 0) throw new EgressError('unreachable', 'a file that ended too early')
}

/** Everything, as long as it is not longer than one buffer; else what was read, and the rest still to come. */
export type Peeked =
  | Readonly<{ kind: 'whole'; body: Buffer }>
  | Readonly<{ kind: 'longer'; chunks: AsyncIterable<Buffer> }>

export async function peek(chunks: AsyncIterable<Buffer>, bytesMax: number): Promise<Peeked> {
  const reading = chunks[Symbol.asyncIterator]()
  const read: Buffer[] = []
  let size = 0
  while (size <= bytesMax) {
    const { done, value } = await reading.next()
    if (done === true) return { kind: 'whole', body: Buffer.concat(read, size) }
    read.push(value)
    size += value.length
  }
  return { kind: 'longer', chunks: goOn(read, reading) }
}

async function* goOn(
  read: readonly Buffer[],
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* read
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield next.value
  } finally {
    await rest.return?.()
  }
}
