import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import type { AppEnv } from './deps.ts'

/** The other end of the connection. A header can say anything, so none is asked. */
export function clientAddress(c: Context<AppEnv>): string {
  // `app.request` of tests has no connection.
  if (c.env === undefined || !('incoming' in (c.env as object))) return '127.0.0.1'
  return getConnInfo(c).remote.address ?? '127.0.0.1'
}
