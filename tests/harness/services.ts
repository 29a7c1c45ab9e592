/** Where the servers of this test run are; made by global-setup.ts, read by the tests' processes. */
export type Services = Readonly<{
  runFolder: string
  toolsFolder: string
  superuserUrl: string
  ownerUrl: string
  appUrl: string
  /** Database 0 only counts the databases given out. */
  redisUrl: string
  redisDatabases: number
}>

declare module 'vitest' {
  interface ProvidedContext {
    services: Services
  }
}

/** The same server and role, another database. */
export function withDatabase(url: string, database: string): string {
  return url.replace(/@\/[^?]*/, `@/${database}`)
}
