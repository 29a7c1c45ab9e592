import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refreshDemoFile, removeStoredData } from './demo.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xn-demo-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('demo.json follows the ports of this start, even when one took the place of the other', () => {
  const file = join(folder, 'demo.json')
  const written = {
    url: 'http://127.0.0.1:8081',
    gatewayUrl: 'http://127.0.0.1:8082',
    keys: { a: 'k' },
    curl: `curl -H 'x-key: k' 'http://127.0.0.1:8082/data/v1/a?b=1'`,
  }
  writeFileSync(file, JSON.stringify(written))
  refreshDemoFile(folder, { url: 'http://127.0.0.1:8080', gatewayUrl: 'http://127.0.0.1:8081' })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    url: 'http://127.0.0.1:8080',
    gatewayUrl: 'http://127.0.0.1:8081',
    keys: { a: 'k' },
    curl: `curl -H 'x-key: k' 'http://127.0.0.1:8081/data/v1/a?b=1'`,
  })
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a reset takes data and keys and leaves fetched programs', () => {
  for (const name of ['postgres', 'redis', 'keys', 'tools']) mkdirSync(join(folder, name))
  removeStoredData(folder)
  expect(existsSync(join(folder, 'postgres'))).toBe(false)
  expect(existsSync(join(folder, 'keys'))).toBe(false)
  expect(existsSync(join(folder, 'tools'))).toBe(true)
})
