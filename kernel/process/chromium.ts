import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { processEnvironment } from '#kernel/config.ts'
import { exited, findOnPath, spawnCommand, unprivileged } from './spawn.ts'

/** What playwright-core's `chromium.launch` takes. */
export type ChromiumLaunch = Readonly<{ executablePath: string; args: string[] }>

export type FindChromiumOptions = Readonly<{
  /** CHROMIUM_PATH, when it is set. */
  configured: string | undefined
  /** Where the packaged browser is unpacked (200 MB, once) and the starter script lies. */
  toolsFolder: string
}>

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * Its own sandbox is off: it cannot work under root or in most containers. Instead the browser never runs as root,
 * and whoever renders with it gives it only our own pages, without script and without a way out.
 */
const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage']

/** Run in a process of its own: the package unpacks to the temporary folder of its process and trusts what is there. */
const UNPACK = `
const { inflate } = await import(process.argv[1])
await Promise.all(['chromium.br', 'al2023.tar.br', 'fonts.tar.br'].map((name) => inflate(process.argv[2] + '/' + name)))
`

const packaged = import.meta.resolve('@sparticuz/chromium')
const packageFolder = dirname(dirname(fileURLToPath(packaged)))

function packagedVersion(): string {
  const manifest = readFileSync(join(packageFolder, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

async function unpack(toolsFolder: string, target: string): Promise<void> {
  const archives = join(packageFolder, 'bin')
  mkdirSync(toolsFolder, { recursive: true })
  const fresh = mkdtempSync(join(toolsFolder, 'chromium-unpack-'))
  try {
    const child = spawnCommand(
      [process.execPath, '--input-type=module', '-e', UNPACK, packaged, archives],
      { env: { ...processEnvironment, TMPDIR: fresh }, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let complaint = ''
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
    await exited(child)
    if (child.exitCode !== 0) throw new Error(`Chromium could not be unpacked:\n${complaint}`)
    writeFontSettings(fresh, target)
    putInPlace(fresh, target)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Whoever is first puts the browser in its place; a process that unpacked it at the same time uses that one. */
function putInPlace(fresh: string, target: string): void {
  try {
    renameSync(fresh, target)
  } catch (error) {
    if (!existsSync(target)) throw error
  }
}

/**
 * A system without a single font lays out no text at all, not even text whose web font is at hand. The package's own
 * font stands in; what the system has is preferred by its own rules.
 */
function writeFontSettings(fresh: string, target: string): void {
  const fonts = join(target, 'fonts').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  writeFileSync(
    join(fresh, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
  )
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A script that starts the browser as an ordinary user; its settings are for the browser alone. */
function writeStarter(toolsFolder: string, command: readonly string[]): string {
  const script = `#!/bin/sh\nexec ${unprivileged(command, 'SIGTERM').map(shellQuoted).join(' ')} "$@"\n`
  mkdirSync(toolsFolder, { recursive: true })
  const starter = join(toolsFolder, 'chromium-start')
  const fresh = `${starter}.${process.pid}`
  writeFileSync(fresh, script)
  chmodSync(fresh, 0o755)
  renameSync(fresh, starter)
  return starter
}

/**
 * A Chromium to render with: the configured one, the system's, or the one npm brought. As root it is started as
 * another user. Throws when there is none for this system; the message says what to install.
 */
export async function findChromium(options: FindChromiumOptions): Promise<ChromiumLaunch> {
  const { configured, toolsFolder } = options
  if (configured !== undefined && !existsSync(configured))
    throw new Error(`CHROMIUM_PATH names ${configured}, which does not exist.`)
  const program = configured ?? findOnPath(...SYSTEM_NAMES)
  if (program !== undefined)
    return { executablePath: writeStarter(toolsFolder, [program]), args: ARGUMENTS }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `npm has no Chromium for this system (${process.platform} ${process.arch}). Install Chromium and set CHROMIUM_PATH.`,
    )
  const folder = join(toolsFolder, `chromium-${packagedVersion()}`)
  if (!existsSync(folder)) await unpack(toolsFolder, folder)
  const command = [
    'env',
    `LD_LIBRARY_PATH=${join(folder, 'al2023/lib')}`,
    `FONTCONFIG_FILE=${join(folder, 'fonts.conf')}`,
    join(folder, 'chromium'),
  ]
  return { executablePath: writeStarter(toolsFolder, command), args: ARGUMENTS }
}
