import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { runSql } from '#tests/harness/run-sql.ts'

export type ProviderDatabase = Readonly<{
  /** Its address for a role, as an upstream names it, and what the configuration would name. */
  addressOf: (role: string) => string
  origin: string
  /** Runs SQL as its owner, who is a superuser. */
  run: (sql: string) => Promise<pg.QueryResult>
  /** A role that may sign in with this password, and what else the SQL after it grants. */
  makeRole: (name: string, grants?: (role: string) => string) => Promise<string>
  password: string
}>

/** A provider's own database, for the file it is called in. Call it outside of tests. */
export function useProviderDatabase(schema: string): ProviderDatabase {
  const name = `provider_${randomBytes(8).toString('hex')}`
  const password = 'of-the-provider'
  const roles: string[] = []
  let owner: pg.Client | undefined
  const superuserUrl = () => inject('services').superuserUrl
  const asSuperuser = (sql: string) => runSql(superuserUrl(), sql)
  const socketHost = (): string =>
    encodeURIComponent(
      new URL(superuserUrl().replace('@/', '@none/')).searchParams.get('host') ?? '',
    )
  const run = async (sql: string): Promise<pg.QueryResult> => {
    if (!owner) throw new Error('useProviderDatabase(): use it inside a test or a hook')
    return owner.query(sql)
  }
  beforeAll(async () => {
    await asSuperuser(`create database ${name}`)
    owner = new pg.Client({ connectionString: superuserUrl().replace(/@\/[^?]*/, `@/${name}`) })
    await owner.connect()
    await run(schema)
  })
  afterAll(async () => {
    await owner?.end()
    await asSuperuser(`drop database if exists ${name} with (force)`)
    for (const role of roles) await asSuperuser(`drop role if exists ${role}`)
  })
  return {
    addressOf: (role) => `postgres://${role}@${socketHost()}:5432/${name}`,
    get origin() {
      return `postgres://${socketHost()}:5432`
    },
    run,
    makeRole: async (suffix, grants = () => '') => {
      const role = `${name}_${suffix}`
      await run(`create role ${role} login password '${password}'`)
      roles.push(role)
      const sql = grants(role)
      if (sql !== '') await run(sql)
      return role
    },
    password,
  }
}
