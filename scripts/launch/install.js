import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const TOLD_EVERY_MS = 5000

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether a package of the lock is meant for this machine. Which C library it wants npm alone can tell. */
function isForHere(entry) {
  const fits = (given, ours) => {
    const wanted = [given ?? []].flat()
    if (wanted.length === 0 || wanted.includes(ours)) return true
    return wanted.every((name) => name.startsWith('!')) && !wanted.includes(`!${ours}`)
  }
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch)
}

/** Compares npm's own note of what it installed with the lock; optional packages may be missing. */
function fitsLock(root) {
  const lock = readJson(join(root, 'package-lock.json'))
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))
  if (!lock || !installed) return false
  return Object.entries(lock.packages).every(([path, entry]) => {
    if (path === '' || !isForHere(entry)) return true
    const there = installed.packages[path]
    return there ? there.version === entry.version : Boolean(entry.optional)
  })
}

function findNpm() {
  const byNpm = process.env.npm_execpath
  return byNpm && /npm-cli\.c?js$/.test(byNpm) && existsSync(byNpm)
    ? [process.execPath, byNpm]
    : ['npm']
}

/** Runs npm and shows that it goes on; resolves to { code, output }. */
function runNpm(args, root) {
  const [program, ...first] = findNpm()
  const started = performance.now()
  const elapsed = () => Math.round((performance.now() - started) / 1000)
  return new Promise((resolve, reject) => {
    const child = spawn(
      program,
      [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        // An address reporter in a dependency's install script stays silent.
        env: { ...process.env, SCARF_ANALYTICS: 'false' },
      },
    )
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    const stop = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
    const timer = setInterval(
      () => process.stdout.write(`▸ … still installing (${elapsed()} s)\n`),
      TOLD_EVERY_MS,
    )
    child.on('error', (error) => {
      clearInterval(timer)
      reject(new Error(`npm could not be started (${error.message}). Node's npm must be on PATH.`))
    })
    child.on('exit', (code, signal) => {
      clearInterval(timer)
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, stop)
      if (signal || code === 130 || code === 143) process.exit(signal === 'SIGINT' ? 130 : 143)
      resolve({ code, output: output.trim(), seconds: elapsed() })
    })
  })
}

function advice(output) {
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH/.test(output))
    return 'The package registry cannot be reached: the first start needs a network (or npm config set registry/proxy …).'
  if (/EACCES|EPERM|EROFS/.test(output))
    return 'This folder may not be written: run the command as the user it belongs to, or take a copy of your own.'
  if (/ENOSPC/.test(output)) return 'The disk is full: installation needs about 1 GB.'
  return 'npm said why above. Deleting node_modules and running the command again starts afresh.'
}

/**
 * `npm ci` for an empty folder. Where a registry lacks packages of other platforms, npm itself leaves them out of the
 * lock and `npm ci` then refuses that lock; `npm install --no-save` takes the same versions.
 */
async function install(root) {
  const fresh = !existsSync(join(root, 'node_modules/.package-lock.json'))
  if (fresh) {
    const exact = await runNpm(['ci'], root)
    if (exact.code === 0) return exact
    if (!exact.output.includes('EUSAGE')) return exact
  }
  return runNpm(['install', '--no-save'], root)
}

export async function installIfNeeded(root) {
  const stampFile = join(root, 'node_modules/.installed-lock')
  const lock = readFileSync(join(root, 'package-lock.json'))
  const stamp = createHash('sha256').update(lock).digest('hex')
  const noted = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined
  if (noted === stamp) return
  if (fitsLock(root)) {
    try {
      writeFileSync(stampFile, stamp)
    } catch {
      // Somebody else's folder, complete as it is: it can be used without our note.
    }
    return
  }
  process.stdout.write('▸ Installing dependencies (once, and again when they change)\n')
  rmSync(stampFile, { force: true })
  const done = await install(root)
  if (done.code !== 0) {
    process.stderr.write(`${done.output}\n`)
    throw new Error(`Installing the dependencies failed. ${advice(done.output)}`)
  }
  writeFileSync(stampFile, stamp)
  process.stdout.write(`▸ Dependencies installed in ${done.seconds} s\n`)
}
