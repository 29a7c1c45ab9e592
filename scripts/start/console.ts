import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { processEnvironment } from '#kernel/config.ts'
import { dyingWithParent, exited, spawnCommand } from '#kernel/process/spawn.ts'
import { SetupError, seconds, type Say } from '#scripts/services/say.ts'

const BUILDER = 'web/console/build.ts'
const TOLD_AFTER_MS = 700

/**
 * Builds the console when its sources changed; web/console/build.ts knows whether they did. In a process of its own,
 * so that the bundler's memory goes with it. Errors: SetupError.
 */
export async function buildConsole(say: Say): Promise<void> {
  const file = resolve(BUILDER)
  if (!existsSync(file)) return
  const started = performance.now()
  const code = `import(${JSON.stringify(pathToFileURL(file).href)})
    .then((module) => module.buildConsole()).then((outcome) => process.stdout.write(String(outcome)))`
  const child = spawnCommand(dyingWithParent([process.execPath, '-e', code], 'SIGTERM'), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Whoever asks for it: what tests look at is what people are served.
    env: { ...processEnvironment, NODE_ENV: 'production' },
  })
  let outcome = ''
  let complaint = ''
  child.stdout?.on('data', (chunk: Buffer) => (outcome += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const telling = setTimeout(
    () => say('Building the console (when its sources changed)'),
    TOLD_AFTER_MS,
  )
  await exited(child)
  clearTimeout(telling)
  if (child.exitCode !== 0)
    throw new SetupError(`The console could not be built:\n${(complaint || outcome).trim()}`)
  if (outcome.includes('built')) say(`Console built in ${seconds(started)}`)
}
