import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setPassword } from '#api/auth/accounts.ts'
import { accountKeys, emailOf } from '#demo/city/people.ts'
import { products } from '#demo/city/products/index.ts'
import type { Config } from '#kernel/config.ts'
import { inTransaction } from '#kernel/database.ts'
import { monthOf } from '#kernel/period.ts'
import { shownSubscription } from './drive-calls.ts'
import { requestFor } from './requests.ts'
import { asSetUp, of, type World } from './world.ts'

export type Account = Readonly<{ email: string; password: string }>
export type DemoFile = Readonly<{
  url: string
  gatewayUrl: string
  accounts: Readonly<Record<string, Account>>
  /** A live key of each product, by product code. */
  keys: Readonly<Record<string, string>>
  sandboxKey: string
  curl: string
}>

/** Beyond those that must be: the other two administrators, so that every duty can be tried. */
const furtherAccounts = ['security_admin', 'audit_admin'] as const

/** Gives the listed people an account with a random password. */
export async function openAccounts(world: World): Promise<Record<string, Account>> {
  const accounts: Record<string, Account> = {}
  for (const key of [...accountKeys, ...furtherAccounts]) {
    const { personId } = of(world.people, key)
    const password = randomBytes(15).toString('base64url')
    const ctx = asSetUp(world)
    await inTransaction(world.db, (tx) => setPassword(tx, ctx, { personId, password }))
    accounts[key] = { email: emailOf(key), password }
  }
  return accounts
}

/** Writes demo.json for its owner's eyes only, whole or not at all. */
export function writeDemoFile(
  world: World,
  config: Pick<Config, 'dataFolder' | 'publicUrl' | 'gatewayUrl'>,
  accounts: Readonly<Record<string, Account>>,
): DemoFile {
  const keys = Object.fromEntries(
    products.flatMap(({ product }) => {
      const subscription = shownSubscription(product.code)
      return subscription ? [[product.code, of(world.apiKeys, subscription.key)]] : []
    }),
  )
  const file: DemoFile = {
    url: config.publicUrl,
    gatewayUrl: config.gatewayUrl,
    accounts,
    keys,
    sandboxKey: of(world.apiKeys, 'sandbox'),
    curl: curlLine(world, config.publicUrl, keys),
  }
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
  const path = join(config.dataFolder, 'demo.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return file
}

/** A found, chargeable live call, without quota, repeatable, to which options can be appended. */
function curlLine(world: World, url: string, keys: Readonly<Record<string, string>>): string {
  const product = 'housing-fund-credit'
  const wish = { product, outcome: 'found', pick: 1, month: monthOf(world.clock.now()) } as const
  const { path, json } = requestFor(wish)
  return [
    `curl -sS -X POST '${url}/data/v1/${product}${path}'`,
    `-H 'authorization: Bearer ${keys[product]}'`,
    `-H 'content-type: application/json'`,
    `-d '${asciiJson(json)}'`,
  ].join(' ')
}

/** JSON that a terminal of any encoding passes on unharmed. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
