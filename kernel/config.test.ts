import { describe, expect, test } from 'vitest'
import { readConfig, readOwnerUrl, redisOptions } from './config.ts'

const complete = {
  DATABASE_URL: 'postgres://app:secret@db.example/platform',
  REDIS_URL: 'redis://:secret@redis.example:6380/2',
  AUTH_SECRET: 'a'.repeat(32),
}

describe('the environment', () => {
  test('gives a configuration with loopback defaults', () => {
    const config = readConfig(complete)
    expect(config.publicUrl).toBe('http://127.0.0.1:8080')
    expect(config.gatewayUrl).toBe('http://127.0.0.1:8081')
    expect(config.keyFolder).toBe(`${config.dataFolder}/keys`)
    expect(config.egressOrigins).toEqual([])
  })

  test('is refused with all its faults in one message, and without the values', () => {
    const read = () =>
      readConfig({ ...complete, DATABASE_URL: 'mysql://geheim', PORT: '0', AUTH_SECRET: 'short' })
    expect(read).toThrow(/3 faults[^]*DATABASE_URL must start[^]*PORT[^]*AUTH_SECRET/)
    expect(read).not.toThrow(/geheim|short/)
  })

  test('says what is missing', () => {
    expect(() => readConfig({})).toThrow(/DATABASE_URL is missing[^]*REDIS_URL is missing/)
    expect(() => readOwnerUrl({})).toThrow('DATABASE_OWNER_URL is missing')
  })

  test('takes an empty variable as not set', () => {
    expect(readConfig({ ...complete, PORT: '' }).port).toBe(8080)
  })

  test('names databases for egress by their port, behind a socket by its folder', () => {
    const origins = [
      'http://127.0.0.1:8090',
      'postgres://db.example:5432',
      'postgres://%2Frun:5432',
    ]
    const config = readConfig({ ...complete, EGRESS_ORIGINS: origins.join(',') })
    expect(config.egressOrigins).toEqual(origins)
  })

  test.each([
    'postgres://u@db.example:5432',
    'postgres://db.example',
    'http://a.example/path',
    'a.example',
    'ftp://a.example',
    'http://a.example/',
  ])('names only exact origins for egress, not %s', (text) => {
    expect(() => readConfig({ ...complete, EGRESS_ORIGINS: text })).toThrow('EGRESS_ORIGINS')
  })
})

test('Redis is reached by host and port, with TLS, or by a unix socket', () => {
  expect(redisOptions({ redisUrl: complete.REDIS_URL })).toEqual({
    host: 'redis.example',
    port: 6380,
    password: 'secret',
    db: 2,
  })
  expect(redisOptions({ redisUrl: 'rediss://u:p%40@[::1]' })).toEqual({
    host: '::1',
    port: 6379,
    username: 'u',
    password: 'p@',
    tls: {},
  })
  expect(redisOptions({ redisUrl: 'unix:///a%20b/redis.sock?password=p%2F&db=3' })).toEqual({
    path: '/a b/redis.sock',
    password: 'p/',
    db: 3,
  })
})
