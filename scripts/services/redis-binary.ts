import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { findOnPath } from '#kernel/process/spawn.ts'
import { SetupError, type Say } from './say.ts'

export type RedisBinary = Readonly<{ path: string; env: Readonly<Record<string, string>> }>

const INSTALL_ADVICE = `Install one and start again:
  Debian, Ubuntu:  apt-get install redis-server
  Fedora, RHEL:    dnf install valkey
  Alpine:          apk add redis
  macOS:           brew install redis
or set REDIS_URL to a Redis of your own (appendonly yes, appendfsync always, maxmemory-policy noeviction).`

function run(command: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0
        ? resolve(output)
        : reject(
            new Error(`${program} ${args.at(-1) ?? ''} ended with ${code}:\n${output.trim()}`),
          ),
    )
  })
}

/** apt with its state and cache in our folder. Its signature checks stay exactly as the machine has them. */
function aptCommand(folder: string): string[] {
  const file = join(folder, 'apt.conf')
  // The machine's own hooks after an update belong to its own package database.
  writeFileSync(
    file,
    '#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n#clear APT::Update::Pre-Invoke;\n',
  )
  return [
    ...['apt-get', '-q', '-c', file],
    ...['-o', `Dir::State=${folder}/state`, '-o', 'Dir::State::status=/var/lib/dpkg/status'],
    ...['-o', `Dir::Cache=${folder}/cache`, '-o', 'Debug::NoLocking=1'],
    ...(process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []),
  ]
}

const NEEDED = ['redis-tools', 'libatomic1', 'libjemalloc2', 'liblzf1']

async function downloadPackages(folder: string): Promise<string[]> {
  const archives = join(folder, 'cache/archives')
  mkdirSync(join(folder, 'state/lists/partial'), { recursive: true })
  mkdirSync(join(archives, 'partial'), { recursive: true })
  const apt = aptCommand(folder)
  await run([...apt, 'update'], folder)
  await run(
    [...apt, 'install', '--download-only', '--no-install-recommends', '-y', 'redis-tools'],
    folder,
  )
  const packages = () =>
    readdirSync(archives)
      .filter((name) => name.endsWith('.deb'))
      .map((name) => join(archives, name))
  if (packages().some((name) => name.includes('/redis-tools_'))) return packages()
  // Already installed on the machine: apt then downloads nothing by `install`.
  await run([...apt, 'download', ...NEEDED], archives)
  return packages()
}

async function unpack(folder: string, packages: readonly string[], target: string): Promise<void> {
  const root = join(folder, 'root')
  for (const file of packages) await run(['dpkg-deb', '-x', file, root], folder)
  // redis-server is this very program under another name.
  symlinkSync('redis-check-rdb', join(root, 'usr/bin/redis-server'))
  renameSync(root, target)
}

function unpacked(target: string): RedisBinary {
  const libraries = join(target, 'usr/lib')
  const folders = readdirSync(libraries)
    .map((name) => join(libraries, name))
    .filter((path) => readdirSync(path).some((name) => name.includes('.so')))
  return {
    path: join(target, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: folders.join(':') },
  }
}

/**
 * A Redis server program: from PATH, else from the Debian package, unpacked into `toolsFolder` without installing
 * anything. Errors: SetupError with the install line per system.
 */
export async function findRedisBinary(toolsFolder: string, say: Say): Promise<RedisBinary> {
  const onPath = findOnPath('redis-server', 'valkey-server')
  if (onPath !== undefined) return { path: onPath, env: {} }
  const target = join(toolsFolder, 'redis')
  if (existsSync(join(target, 'usr/bin/redis-server'))) return unpacked(target)
  if (!findOnPath('apt-get') || !findOnPath('dpkg-deb'))
    throw new SetupError(`There is no Redis on this machine. ${INSTALL_ADVICE}`)
  say('Redis: none on PATH, fetching the Debian package into the data folder')
  const folder = join(toolsFolder, `redis-fetch-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  try {
    await unpack(folder, await downloadPackages(folder), target)
    return unpacked(target)
  } catch (error) {
    if (existsSync(join(target, 'usr/bin/redis-server'))) return unpacked(target)
    throw new SetupError(
      `There is no Redis on this machine, and its package could not be fetched (is there a network?):\n` +
        `${error instanceof Error ? error.message : String(error)}\n\n${INSTALL_ADVICE}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
