import { styleText } from 'node:util'

/** A failure whose message already tells the person what to do; shown without a stack. */
export class SetupError extends Error {
  override name = 'SetupError'
}

export type Say = (line: string) => void

/** One progress line of the launcher. */
export const say: Say = (line) => {
  process.stdout.write(`${styleText('cyan', '▸')} ${line}\n`)
}

export const sayNothing: Say = () => {}

export function seconds(fromMs: number, toMs: number = performance.now()): string {
  return `${((toMs - fromMs) / 1000).toFixed(1)} s`
}
