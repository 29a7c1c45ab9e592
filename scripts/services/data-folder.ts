import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { lifeOf } from './leftover.ts'
import { SetupError } from './say.ts'

type ProcessMark = Readonly<{ pid: number; life: string }>
type Note = Readonly<{ launcher: ProcessMark; children: readonly ProcessMark[] }>

export type DataFolder = Readonly<{
  path: string
  /** Notes a child, so that the next start can end it should this launcher be killed. */
  noteChild: (pid: number) => void
  release: () => void
}>

const CHECK_MS = 50
const PATIENCE_MS = 10_000

function asSetupError(error: unknown, path: string): SetupError {
  const code = (error as NodeJS.ErrnoException).code
  const advice =
    code === 'ENOSPC'
      ? 'The disk is full.'
      : `Run the command as the user it belongs to, or set DATA_DIR to a folder you may write.`
  return new SetupError(
    `The data folder ${path} cannot be used (${code ?? String(error)}). ${advice}`,
  )
}

function markOf(pid: number): ProcessMark | undefined {
  const life = lifeOf(pid)
  return life === undefined ? undefined : { pid, life }
}

function readNote(file: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Note
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error
    // No note, or one cut short by a crash: nobody holds the folder.
    return undefined
  }
}

/** Ends what a killed launcher left running; each process is known by its id and the time it began. */
async function endLeftChildren(children: readonly ProcessMark[]): Promise<void> {
  for (const child of children) signalIfAlive(child, 'SIGTERM')
  for (let waitedMs = 0; children.some(isAlive); waitedMs += CHECK_MS) {
    if (waitedMs === PATIENCE_MS) for (const child of children) signalIfAlive(child, 'SIGKILL')
    await pause(CHECK_MS)
  }
}

function isAlive({ pid, life }: ProcessMark): boolean {
  return lifeOf(pid) === life
}

function signalIfAlive(child: ProcessMark, signal: NodeJS.Signals): void {
  if (!isAlive(child)) return
  try {
    process.kill(child.pid, signal)
  } catch (error) {
    // It ended by itself between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Takes the data folder for this launcher alone. Errors: SetupError when another one has it or it cannot be used. */
export async function takeDataFolder(path: string): Promise<DataFolder> {
  const file = join(path, 'launcher.json')
  const self = markOf(process.pid)
  if (!self) throw new Error('this process cannot be seen in /proc')
  let children: ProcessMark[] = []
  const write = (): void => {
    const note: Note = { launcher: self, children }
    writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const before = readNote(file)
    if (before && lifeOf(before.launcher.pid) === before.launcher.life)
      throw new SetupError(
        `The data folder ${path} is in use by a running launcher (process ${before.launcher.pid}). ` +
          'Stop that one first, or set DATA_DIR (and PORT) for a second installation.',
      )
    if (before) await endLeftChildren(before.children)
    write()
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw asSetupError(error, path)
  }
  return {
    path,
    noteChild: (pid) => {
      const mark = markOf(pid)
      children = children.filter(({ pid: noted, life }) => lifeOf(noted) === life)
      if (mark) children.push(mark)
      write()
    },
    release: () => rmSync(file, { force: true }),
  }
}
