import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exited, spawnCommand } from '#kernel/process/spawn.ts'
import { takeDataFolder } from './data-folder.ts'
import { endLeftover, lifeOf } from './leftover.ts'
import { choosePort } from './ports.ts'
import { openSecrets } from './secrets.ts'
import { openSocketFolder } from './socket-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xn-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that died, whose parent does not ask what became of it: it keeps its id. */
async function unnoticedDeath(): Promise<{ parent: ChildProcess; pid: number; life: string }> {
  const parent = spawnCommand(['sh', '-c', 'sleep 30 & echo $!; exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const printed = await new Promise<Buffer>((resolve) => parent.stdout?.once('data', resolve))
  const pid = Number(printed.toString())
  const life = lifeOf(pid)
  if (life === undefined) throw new Error('it had not begun')
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => lifeOf(pid)).toBeUndefined()
  expect(process.kill(pid, 0)).toBe(true)
  return { parent, pid, life }
}

describe('the data folder', () => {
  test('is held by one launcher at a time', async () => {
    const held = await takeDataFolder(folder)
    await expect(takeDataFolder(folder)).rejects.toThrow(/in use by a running launcher.*DATA_DIR/s)
    held.release()
    await expect(takeDataFolder(folder)).resolves.toBeDefined()
  })

  test('of a killed launcher is taken over, and what it left running is ended', async () => {
    const left = spawnCommand([process.execPath, '-e', 'setInterval(() => {}, 1000)'])
    const pid = left.pid ?? 0
    // The launcher's id lives on in another process: this one, but not with that time of birth.
    const note = {
      launcher: { pid: process.pid, life: '1' },
      children: [{ pid, life: lifeOf(pid) }],
    }
    writeFileSync(join(folder, 'launcher.json'), JSON.stringify(note))
    await takeDataFolder(folder)
    await exited(left)
    expect(left.signalCode).toBe('SIGTERM')
  })

  test('of a killed launcher is free, also where nobody has taken notice of its death', async () => {
    const { parent, pid, life } = await unnoticedDeath()
    const dead = { pid, life }
    writeFileSync(
      join(folder, 'launcher.json'),
      JSON.stringify({ launcher: dead, children: [dead] }),
    )
    await expect(takeDataFolder(folder)).resolves.toBeDefined()
    const pidFile = join(folder, 'postmaster.pid')
    writeFileSync(pidFile, `${pid}\n`)
    await endLeftover(pidFile, folder)
    // PostgreSQL would refuse to start on it.
    expect(existsSync(pidFile)).toBe(false)
    parent.kill('SIGKILL')
  })

  test('with a note cut short by a crash is taken', async () => {
    writeFileSync(join(folder, 'launcher.json'), '{"launcher":')
    await expect(takeDataFolder(folder)).resolves.toBeDefined()
  })

  test('that cannot be made is refused with advice', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(takeDataFolder(join(folder, 'file/data'))).rejects.toThrow(/DATA_DIR/)
  })

  test('keeps its secrets from start to start', () => {
    expect(openSecrets(folder)).toEqual(openSecrets(folder))
    expect(openSecrets(folder).authSecret.length).toBeGreaterThanOrEqual(32)
  })
})

describe('the socket folder', () => {
  test('is in the data folder while the longest path fits 107 bytes', () => {
    expect(openSocketFolder(folder).path).toBe(join(folder, 'run'))
  })

  test('is a private temporary one for a deep data folder, and removed at the end or at the next start', () => {
    const deep = join(folder, '数据'.repeat(20))
    mkdirSync(deep)
    const first = openSocketFolder(deep)
    expect(Buffer.byteLength(join(first.path, '.s.PGSQL.5432'))).toBeLessThanOrEqual(107)
    const second = openSocketFolder(deep)
    expect(existsSync(first.path)).toBe(false)
    second.remove()
    expect(existsSync(second.path)).toBe(false)
  })
})

describe('a port', () => {
  async function taken(): Promise<{ port: number; free: () => void }> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: (server.address() as AddressInfo).port, free: () => server.close() }
  }
  const wish = { name: 'PORT', host: '127.0.0.1' }

  test('that was set and is taken is an error which says what to do', async () => {
    const other = await taken()
    await expect(choosePort({ ...wish, wanted: other.port, usual: 8080 })).rejects.toThrow(
      `Port ${other.port} (PORT) is taken. Set PORT to another port`,
    )
    other.free()
  })

  test('that was not set is the next free one', async () => {
    const other = await taken()
    const port = await choosePort({ ...wish, wanted: undefined, usual: other.port })
    expect(port).toBeGreaterThan(other.port)
    other.free()
  })

  test('on an address this machine does not have is refused', async () => {
    await expect(
      choosePort({ name: 'PORT', host: '203.0.113.9', wanted: 8080, usual: 8080 }),
    ).rejects.toThrow('Set HOST')
  })
})
