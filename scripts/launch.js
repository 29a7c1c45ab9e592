// The one door of every command in package.json. Plain JavaScript without a package, because on a fresh machine it
// runs under whatever Node ≥ 20 is there, before anything is installed. It installs what is missing, then goes on in
// TypeScript under the project's own Node 24.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installIfNeeded } from './launch/install.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const NODE_MAJOR = 24

function ownNode() {
  const path = join(root, 'node_modules/.bin/node')
  if (existsSync(path)) return realpathSync(path)
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath
  throw new Error(
    `npm has no Node ${NODE_MAJOR} for this system (${process.platform} ${process.arch}), and this is Node ${process.version}. ` +
      `Install Node ${NODE_MAJOR} and run the command again.`,
  )
}

/** Runs the command under the other Node as a child that gets our signals and gives us its end. */
function goOnUnder(node) {
  const child = spawn(node, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
  })
}

try {
  process.chdir(root)
  await installIfNeeded(root)
  const node = ownNode()
  if (realpathSync(process.execPath) === node) {
    const { runCommand } = await import(pathToFileURL(join(root, 'scripts/commands.ts')).href)
    await runCommand(process.argv[2], process.argv.slice(3))
  } else goOnUnder(node)
} catch (error) {
  // A message that already says what to do is shown without a stack; anything else is our fault and needs one.
  const told =
    ['SetupError', 'ConfigError', 'PreflightError'].includes(error.name) ||
    error.constructor === Error
  process.stderr.write(`\n${told ? error.message : error.stack}\n`)
  process.exit(1)
}
