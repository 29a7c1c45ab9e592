import { expect, test } from 'vitest'
import type { ProductResultRule } from '#governance/index.ts'
import { judgeAnswer, valueAt } from './judge-answer.ts'

const enveloped: ProductResultRule = {
  kind: 'json',
  foundPointer: '/data',
  notFoundStatuses: [404],
}
const listed: ProductResultRule = { ...enveloped, recordsPointer: '/data' }
const byStatus: ProductResultRule = { kind: 'status', notFoundStatuses: [404, 204] }

test.each<[string, ProductResultRule, number, string, object]>([
  ['an object', enveloped, 200, '{"data":{"a":1}}', { kind: 'found', records: 1n }],
  ['null', enveloped, 200, '{"data":null}', { kind: 'not_found', records: 0n }],
  ['nothing there', enveloped, 200, '{"code":0}', { kind: 'not_found', records: 0n }],
  ['an empty object', enveloped, 200, '{"data":{}}', { kind: 'not_found', records: 0n }],
  ['false', enveloped, 200, '{"data":false}', { kind: 'not_found', records: 0n }],
  ['zero, which is a value', enveloped, 200, '{"data":0}', { kind: 'found', records: 1n }],
  ['three rows', listed, 200, '{"data":[1,2,3]}', { kind: 'found', records: 3n }],
  ['no rows', listed, 200, '{"data":[]}', { kind: 'not_found', records: 0n }],
  ['rows that are none', listed, 200, '{"data":{"a":1}}', { kind: 'unreadable' }],
  ['a status for not found', enveloped, 404, 'gone', { kind: 'not_found', records: 0n }],
  ['a refusal', enveloped, 401, '{"data":{"a":1}}', { kind: 'unreadable' }],
  ['a server error', byStatus, 500, '', { kind: 'unreadable' }],
  ['no JSON', enveloped, 200, '<html>', { kind: 'unreadable' }],
  ['a file', byStatus, 200, 'a;b', { kind: 'found', records: 1n }],
  ['no content', byStatus, 204, '', { kind: 'not_found', records: 0n }],
])('%s', (_, rule, status, body, expected) => {
  expect(judgeAnswer(rule, { status, body: Buffer.from(body) })).toEqual(expected)
})

test.each([
  ['', { a: 1 }, { a: 1 }],
  ['/a/0', { a: ['x'] }, 'x'],
  ['/a~1b/c~0d', { 'a/b': { 'c~d': 2 } }, 2],
  ['/constructor', {}, undefined],
])('a pointer %s leads to its value', (pointer, json, expected) => {
  expect(valueAt(json, pointer)).toEqual(expected)
})
