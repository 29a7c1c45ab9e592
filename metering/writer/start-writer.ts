import { allShards } from '#metering/shards.ts'
import { ShardWriter, type ShardWriterDeps } from './shard-writer.ts'

/** The pool holds a connection for each shard, so it needs room for them all. */
export type UsageWriterDeps = Omit<ShardWriterDeps, 'shard'>

export type UsageWriter = Readonly<{ stop: () => Promise<void> }>

/** Starts a writer for every shard; another worker's writers wait until these let go. */
export function startUsageWriter(deps: UsageWriterDeps): UsageWriter {
  const writers = allShards.map((shard) => new ShardWriter({ ...deps, shard }))
  for (const writer of writers) writer.start()
  return {
    stop: async () => {
      await Promise.all(writers.map((writer) => writer.stop()))
    },
  }
}
