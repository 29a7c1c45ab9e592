import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { useDatabase, useRedis } from '#tests/harness/index.ts'

const database = useDatabase('file')
const redis = useRedis()

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The process as `npm run api` starts it; gives what it wrote and how to stop it. */
async function startApi() {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'api-'))
  const child = spawn(process.execPath, ['--import', './scripts/tsx-loader.mjs', 'api/main.ts'], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      AUTH_SECRET: 'a secret of the tests, forty characters..',
      PORT: String(port),
      GATEWAY_PORT: String(await freePort()),
      DATA_DIR: folder,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const url = `http://127.0.0.1:${port}`
  await expect
    .poll(
      () =>
        fetch(`${url}/openapi.json`).then(
          (answer) => answer.status,
          () => written,
        ),
      {
        timeout: 20_000,
      },
    )
    .toBe(200)
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return ended
  }
  return { url, written: () => written, stop }
}

function post(url: string, body: object, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

test('the first administrator comes in by the link of the first start, and the link works once', async () => {
  const api = await startApi()
  const ready = await fetch(`${api.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({
    checks: { database: 'ok', redis: 'ok', gateway: 'failing', worker: 'failing' },
  })
  const token = /#token=(\S+)/.exec(api.written())?.[1]
  const accepted = {
    token,
    password: 'a very good password',
    first: {
      name: '示例 管理员',
      email: 'Admin@example.test',
      organization_name: '示例平台',
      credit_code: '91350100M000100Y43',
    },
  }
  expect((await post(`${api.url}/v1/invitations/accept`, accepted)).status).toBe(201)
  expect((await post(`${api.url}/v1/invitations/accept`, accepted)).status).toBe(410)
  const { password } = accepted
  const signedIn = await post(`${api.url}/v1/session`, { email: 'admin@example.test', password })
  expect(signedIn.status).toBe(204)
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const me = await fetch(`${api.url}/v1/me`, { headers: { cookie } })
  expect(await me.json()).toMatchObject({ roles: ['system_admin', 'organization_admin'] })
  expect(await api.stop()).toBe(0)
  const again = await startApi()
  expect(again.written()).not.toContain('#token=')
  expect(await again.stop()).toBe(0)
})
