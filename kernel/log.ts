import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export type Log = Logger

/**
 * Lines of JSON on standard output, with the time in UTC. Whatever could open a door is blotted out, should
 * somebody ever log a whole request.
 */
export function openLog(config: Pick<Config, 'logLevel'>, name: string): Log {
  return pino({
    name,
    level: config.logLevel,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'password',
        'token',
        'cookie',
        'authorization',
        '*.password',
        '*.cookie',
        '*.authorization',
      ],
      censor: '(hidden)',
    },
  })
}
