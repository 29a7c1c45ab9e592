import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, inject } from 'vitest'
import {
  providerOrigins,
  type RunningSimulator,
  startSimulator,
} from '#demo/simulator/start-simulator.ts'
import { runSql } from '#tests/harness/run-sql.ts'

export type TestSimulator = RunningSimulator &
  Readonly<{
    databaseUrl: string
    /** As EGRESS_ORIGINS names the providers. */
    egressOrigins: string
  }>

function asSuperuser(sql: string): Promise<void> {
  return runSql(inject('services').superuserUrl, sql)
}

/**
 * The providers' services with a database of their own, for the file it is called in. Call it outside
 * of tests and read its fields inside.
 */
export function useSimulator(): TestSimulator {
  let running: TestSimulator | undefined
  const name = `simulator_${randomBytes(8).toString('hex')}`
  beforeAll(async () => {
    await asSuperuser(`create database ${name}`)
    const databaseUrl = inject('services').superuserUrl.replace(/@\/[^?]*/, `@/${name}`)
    const simulator = await startSimulator({ databaseUrl, port: 0 })
    const egressOrigins = providerOrigins(Number(new URL(simulator.origin).port)).join(',')
    running = { ...simulator, databaseUrl, egressOrigins }
  })
  afterAll(async () => {
    await running?.close()
    await asSuperuser(`drop database if exists ${name} with (force)`)
    await asSuperuser(`drop role if exists ${name}_reader`)
  })
  const get = (): TestSimulator => {
    if (!running) throw new Error('useSimulator(): read its fields inside a test or a hook')
    return running
  }
  return {
    get origin() {
      return get().origin
    },
    get credentials() {
      return get().credentials
    },
    get databaseAddress() {
      return get().databaseAddress
    },
    get egressOrigins() {
      return get().egressOrigins
    },
    get databaseUrl() {
      return get().databaseUrl
    },
    close: () => get().close(),
  }
}
