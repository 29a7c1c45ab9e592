import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { processEnvironment } from '#kernel/config.ts'
import { say, seconds } from './services/say.ts'

type Outcome = Readonly<{ name: string; passed: boolean; output: string; took: string }>

const checks: readonly Readonly<{ name: string; command: readonly string[]; needs?: string }>[] = [
  { name: 'format', command: ['prettier', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json', '--noEmit'] },
  {
    name: 'types of the console',
    command: ['tsc', '-p', 'web/console/tsconfig.json', '--noEmit'],
    needs: 'web/console/tsconfig.json',
  },
  { name: 'dead code', command: ['knip', '--no-progress'] },
]

function run(name: string, command: readonly string[]): Promise<Outcome> {
  const started = performance.now()
  const [program = '', ...args] = command
  return new Promise((resolve) => {
    const child = spawn(`node_modules/.bin/${program}`, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: processEnvironment,
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => (output += error.message))
    child.on('close', (code) =>
      resolve({ name, passed: code === 0, output: output.trim(), took: seconds(started) }),
    )
  })
}

/** `npm run check`: format, lint, types and dead code, without services. Gives the exit code. */
export async function check(): Promise<number> {
  const due = checks.filter(({ needs }) => needs === undefined || existsSync(needs))
  const outcomes = await Promise.all(due.map(({ name, command }) => run(name, command)))
  for (const { name, passed, output, took } of outcomes) {
    if (!passed) process.stdout.write(`${output}\n`)
    say(`${name}: ${passed ? 'passed' : 'FAILED'} (${took})`)
  }
  return outcomes.every(({ passed }) => passed) ? 0 : 1
}
