import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './result.ts'

/** The median milliseconds of one small write and fdatasync in this folder: the floor of a durable answer. */
export function syncMs(folder: string): number {
  const file = openSync(join(folder, 'sync-probe'), 'a')
  const times: number[] = []
  for (let turn = 0; turn < 100; turn++) {
    const begun = performance.now()
    writeSync(file, 'x'.repeat(400))
    fdatasyncSync(file)
    times.push(performance.now() - begun)
  }
  closeSync(file)
  return median(times)
}
