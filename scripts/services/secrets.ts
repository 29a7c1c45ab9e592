import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What an embedded installation makes up once and keeps in its data folder (mode 0600). */
export type Secrets = Readonly<{
  superuserPassword: string
  ownerPassword: string
  appPassword: string
  simulatorPassword: string
  redisPassword: string
  authSecret: string
  metricsToken: string
}>

const names = [
  'superuserPassword',
  'ownerPassword',
  'appPassword',
  'simulatorPassword',
  'redisPassword',
  'authSecret',
  'metricsToken',
] as const

/** Reads the secrets of a data folder, making up those that are missing. */
export function openSecrets(dataFolder: string): Secrets {
  const file = join(dataFolder, 'secrets.json')
  const stored = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>)
    : {}
  const made = Object.fromEntries(
    names.map((name) => [name, stored[name] ?? randomBytes(32).toString('base64url')]),
  ) as Secrets
  if (names.some((name) => stored[name] === undefined)) {
    const next = `${file}.new`
    writeFileSync(next, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600 })
    renameSync(next, file)
  }
  return made
}
