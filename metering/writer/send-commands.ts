import type { Redis } from 'ioredis'

const sentAtOnce = 1_000

/** Sends many commands, a round trip for each thousand; the first that failed is thrown. */
export async function sendCommands(
  redis: Redis,
  commands: readonly (readonly (string | number)[])[],
): Promise<void> {
  for (let from = 0; from < commands.length; from += sentAtOnce) {
    const part = commands.slice(from, from + sentAtOnce)
    const answers = await redis.pipeline(part.map((command) => [...command])).exec()
    for (const [error] of answers ?? []) if (error) throw error
  }
}
