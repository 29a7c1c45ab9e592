import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { dyingWithParent, exited, spawnCommand } from '#kernel/process/spawn.ts'

export type UsageProcess = Readonly<{
  /** The first line it printed. */
  said: string
  /** Whether it ended without having been killed. */
  broke: () => boolean
  /** As a power cut would end it. */
  kill: () => Promise<void>
  /** Stops it where it stands, and lets it go on. */
  pause: () => void
  resume: () => void
  /** Sets its clock wrong by so much; 0 sets it right. */
  stepClock: (byMs: number) => void
}>

/** Starts one of the entries beside this file and waits until it works. */
export async function startUsageProcess(
  entry: 'gateway-process' | 'writer-process',
  args: readonly string[],
): Promise<UsageProcess> {
  const command = [process.execPath, resolve(`tests/faults/${entry}.ts`), ...args]
  const child: ChildProcess = spawnCommand(dyingWithParent(command, 'SIGTERM'), {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('it is spoken with')
  let isKilled = false
  let complaint = ''
  stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  stdin.on('error', () => undefined)
  const gone = exited(child).then(() =>
    Promise.reject(new Error(`${entry} ended before it worked:\n${complaint}`)),
  )
  const [line] = (await Promise.race([once(stdout, 'data'), gone])) as [Buffer]
  gone.catch(() => {
    if (!isKilled) process.stderr.write(`${entry} ended by itself:\n${complaint}\n`)
  })
  return {
    said: line.toString().trim(),
    broke: () => !isKilled && (child.exitCode !== null || child.signalCode !== null),
    kill: async () => {
      isKilled = true
      child.kill('SIGKILL')
      await exited(child)
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    stepClock: (byMs) => stdin.write(`${byMs}\n`),
  }
}
