import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { processEnvironment } from '#kernel/config.ts'
import { exited, spawnCommand } from '#kernel/process/spawn.ts'
import { launch, processesOf, type Launched } from '#tests/harness/launcher.ts'
import { throwAwayPrefix } from '#scripts/services/private-services.ts'

const READY = /The platform is ready: (\S+)/

let dataFolder: string
let environment: Record<string, string>

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), `${throwAwayPrefix()}launcher-`))
  environment = { DATA_DIR: dataFolder }
  symlinkSync(inject('services').toolsFolder, join(dataFolder, 'tools'))
  // A folder that is not empty gets no demo city, which would take a minute.
  await exited(launch('migrate', environment).child)
})

afterEach(() => {
  // A failed test must not hold the data folder against the next one.
  for (const { pid } of processesOf(dataFolder)) process.kill(pid, 'SIGKILL')
})

afterAll(() => rmSync(dataFolder, { recursive: true, force: true }))

async function started(more: Record<string, string> = {}): Promise<Launched> {
  const launched = launch('start', { ...environment, ...more })
  await launched.says(READY)
  return launched
}

/** Nothing of the data folder runs any more; what is just ending gets a moment. */
async function nothingLeft(): Promise<void> {
  for (let tries = 0; tries < 100 && processesOf(dataFolder).length > 0; tries += 1)
    await pause(100)
  expect(processesOf(dataFolder)).toEqual([])
}

function address(launched: Launched): string {
  return READY.exec(launched.output())?.[1] ?? ''
}

async function takenPort(): Promise<{ server: Server; port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

describe('npm start', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s stops everything it started, in good order',
    async (signal) => {
      const launched = await started()
      expect((await fetch(`${address(launched)}/readyz`)).status).toBe(200)
      expect(await launched.end(signal)).toBe(0)
      await nothingLeft()
    },
  )

  test('whatever dies is started again, and the platform is ready again', async () => {
    const launched = await started()
    const parts = [
      ['api', /api\/main\.ts/],
      ['gateway', /gateway\/main\.ts/],
      ['worker', /jobs\/main\.ts/],
      ['PostgreSQL', /bin\/postgres -D/],
      ['Redis', /redis-server/],
    ] as const
    for (const [name, command] of parts) {
      const found = processesOf(dataFolder).find((one) => command.test(one.command))
      expect(found, name).toBeDefined()
      if (found) process.kill(found.pid, 'SIGKILL')
      await launched.says(new RegExp(`${name} ended by SIGKILL; starting it again`))
      await launched.says(new RegExp(`${name} is running again`))
    }
    await expect
      .poll(
        () =>
          fetch(`${address(launched)}/readyz`).then(
            (answer) => answer.status,
            () => 0,
          ),
        {
          timeout: 30_000,
        },
      )
      .toBe(200)
    expect(await launched.end('SIGTERM')).toBe(0)
    await nothingLeft()
  })

  test('a killed launcher leaves nothing behind, and the next start recovers', async () => {
    const first = await started()
    first.child.kill('SIGKILL')
    const second = await started()
    expect(await second.end('SIGINT')).toBe(0)
    await nothingLeft()
  })

  test('a second launcher on the same data folder is refused while the first serves', async () => {
    const first = await started()
    const second = launch('start', environment)
    await exited(second.child)
    expect(second.child.exitCode).toBe(1)
    expect(second.output()).toContain('is in use by a running launcher')
    expect((await fetch(`${address(first)}/readyz`)).status).toBe(200)
    await first.end('SIGTERM')
  })

  test('a port that was set and is taken is an error that says what to do', async () => {
    const { server, port } = await takenPort()
    const launched = launch('start', { ...environment, PORT: String(port) })
    await exited(launched.child)
    expect(launched.child.exitCode).toBe(1)
    expect(launched.output()).toContain(`Port ${port} (PORT) is taken. Set PORT to another port`)
    server.close()
    await nothingLeft()
  })

  test('a database that may not be served on is refused in words, without a stack', async () => {
    const launched = launch('start', {
      ...environment,
      DATABASE_URL: inject('services').ownerUrl,
      REDIS_URL: inject('services').redisUrl,
      AUTH_SECRET: 'of-this-test-only-and-long-enough-for-it',
      METRICS_TOKEN: 'sixteen letters!',
    })
    await exited(launched.child)
    expect(launched.child.exitCode).toBe(1)
    expect(launched.output()).toContain('npm run migrate')
    expect(launched.output()).not.toMatch(/^ {4}at /m)
  })

  test('all faults of the environment are told at once', async () => {
    const launched = launch('start', { ...environment, PORT: 'eighty', REDIS_URL: 'localhost' })
    await exited(launched.child)
    expect(launched.output()).toMatch(/2 faults[^]*REDIS_URL must be[^]*PORT/)
  })
})

test('without a network, a fresh checkout says what it needs', async () => {
  const checkout = mkdtempSync(join(tmpdir(), `${throwAwayPrefix()}checkout-`))
  for (const name of ['package.json', 'package-lock.json', 'scripts'])
    cpSync(resolve(name), join(checkout, name), { recursive: true })
  const launched = spawnCommand([process.execPath, join(checkout, 'scripts/launch.js'), 'start'], {
    env: {
      ...processEnvironment,
      npm_execpath: '',
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_fetch_retries: '0',
      npm_config_cache: join(checkout, 'cache'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  launched.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  await exited(launched)
  rmSync(checkout, { recursive: true })
  expect(launched.exitCode).toBe(1)
  expect(complaint).toContain('The package registry cannot be reached')
})
