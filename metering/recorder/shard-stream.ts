import type { Redis } from 'ioredis'
import { epochKey, lossKey, recountedKey, refusalsKey, streamKey } from '#metering/shards.ts'
import type { RefusalRound } from './admission.ts'
import { finishScript, recountRefusalsScript } from './scripts.ts'

/** One entry with what its calls had taken, as the finish script takes them. */
export type FinishCommand = Readonly<{
  head: readonly (string | number)[]
  stepKeys: readonly string[]
  steps: readonly (string | number)[]
}>

/** Which counters of the shard can be believed: `epoch` while they can, `loss` while they are made good. */
export type ShardEra = Readonly<{ epoch: string; loss: string }>

/** What a gateway writes into a shard of Redis. */
export type ShardStream = Readonly<{
  finish: (shard: number, command: FinishCommand) => Promise<ShardEra>
  /**
   * Counts refusals again that Redis forgot; a second time in the same Redis it changes nothing. Returns when they are
   * counted now.
   */
  recount: (
    shard: number,
    refusals: Readonly<{ bootId: string; flat: readonly (string | number)[] }>,
  ) => Promise<RefusalRound>
}>

type Command<T> = (...args: (string | number)[]) => Promise<T>

/** Gives a connection the scripts as commands of its own. */
export function streamOn(redis: Redis): ShardStream {
  redis.defineCommand('finishCalls', { lua: finishScript })
  redis.defineCommand('recountRefusals', { numberOfKeys: 4, lua: recountRefusalsScript })
  const commands = redis as unknown as {
    finishCalls: Command<[epoch: string, loss: string]>
    recountRefusals: Command<[epoch: string, round: string]>
  }
  return {
    finish: async (shard, { head, stepKeys, steps }) => {
      const keys = [streamKey(shard), epochKey(shard), lossKey(shard), ...stepKeys]
      const [epoch, loss] = await commands.finishCalls(keys.length, ...keys, ...head, ...steps)
      return { epoch, loss }
    },
    recount: async (shard, { bootId, flat }) => {
      const keys = [
        refusalsKey(shard),
        recountedKey(shard, bootId),
        epochKey(shard),
        lossKey(shard),
      ]
      const [epoch, round] = await commands.recountRefusals(...keys, ...flat)
      return { epoch, round: Number(round) }
    },
  }
}
