import { readdirSync, readFileSync } from 'node:fs'

// USER_HZ, which Linux keeps at 100 for everything it tells in /proc.
const ticksPerSecond = 100

type Process = Readonly<{ pid: number; parent: number; seconds: number }>

/** Processor seconds that a process and all below it have used; 0 where the system does not tell. */
export function cpuSecondsOf(pid: number): number {
  const all = processes()
  const wanted = new Set([pid])
  // Children come after their parents only by chance, so look until nothing is added.
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size
    for (const each of all) if (wanted.has(each.parent)) wanted.add(each.pid)
  }
  return all.filter((each) => wanted.has(each.pid)).reduce((sum, each) => sum + each.seconds, 0)
}

/** Bytes a process holds in memory; 0 where the system does not tell. */
export function residentBytesOf(pid: number): number {
  const text = read(`/proc/${pid}/status`)
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      // The name of a program stands in parentheses and may hold anything; numbers follow it.
      const fields = read(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ') ?? []
      if (fields.length < 15) return []
      const ticks =
        Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])
      return [{ pid: Number(name), parent: Number(fields[1]), seconds: ticks / ticksPerSecond }]
    })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // gone meanwhile, or no such system
  }
}
