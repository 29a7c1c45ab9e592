import { readFileSync, readlinkSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { SetupError } from './say.ts'

const CHECK_MS = 50
const PATIENCE_MS = 20_000

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function hasId(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * A mark of one life of a process id: ids are used again, start times within one boot are not. Undefined when the
 * process is dead, also when nobody has taken notice of its death: where the first process of a container reaps no
 * orphans, the dead keep their ids.
 */
export function lifeOf(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`)
  if (stat === undefined) return hasId(pid) ? 'alive' : undefined
  // The name in brackets may hold spaces. After it come the state and, 19 fields on, the start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

/** Names the space in which our process ids mean something; `0` where the system does not tell. */
export function processNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

/** Whether the process of this id is the server of `folder` (its command line names the folder). */
function serves(pid: number, folder: string): boolean {
  return (readOrUndefined(`/proc/${pid}/cmdline`) ?? '')
    .split('\0')
    .some((part) => part.includes(folder))
}

/**
 * Ends a server that outlived its launcher. The process in `pidFile` is touched only when its command line names
 * `folder`; another process that got the same id is left alone.
 */
export async function endLeftover(pidFile: string, folder: string): Promise<void> {
  const pid = Number.parseInt(readOrUndefined(pidFile)?.split('\n')[0] ?? '', 10)
  if (!Number.isInteger(pid) || pid <= 1) return
  // The next server would take an id that is still given for a server that still runs.
  if (lifeOf(pid) === undefined && hasId(pid)) rmSync(pidFile, { force: true })
  if (lifeOf(pid) === undefined || !serves(pid, folder)) return
  const end = (signal: NodeJS.Signals): void => {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM')
        throw new SetupError(
          `Process ${pid} of another user still uses ${folder}. Stop it, or set DATA_DIR to a folder of your own.`,
        )
    }
  }
  end('SIGINT')
  for (let waitedMs = 0; lifeOf(pid) !== undefined; waitedMs += CHECK_MS) {
    if (waitedMs === PATIENCE_MS) end('SIGKILL')
    await pause(CHECK_MS)
  }
}
