import { expect, test } from 'vitest'
import { readParkedBody } from '#metering/parked/parked-body.ts'
import { sampleEvent } from '#tests/builders/usage-event.ts'
import { unreadableText } from './metering-words.ts'

const event = sampleEvent({ occurredAtMs: Date.parse('2026-06-15T04:00:00Z') })

test.each([
  ['["b","nonsense"]', '不是本平台的流条目'],
  ['[]', '不含调用记录'],
  ['7', '不是调用记录'],
  [{ ...event, records: -1 }, '字段 records 无法读取'],
  [{ ...event, occurredAtMs: event.occurredAtMs + 1 }, '记录编号与调用时间不符'],
  [{ ...event, resultClass: 'repeated' }, '重复请求与其首次调用不相符'],
  [{ ...event, attempts: 2 }, '只有被拒绝的调用可以合并计数'],
  [{ ...event, opensUntilMs: event.occurredAtMs }, '开始记录不得计费，且须晚于开始时间结束'],
  [{ ...event, billable: true, mode: 'sandbox' }, '该调用不得计费'],
  [{ ...event, billable: true, resultClass: 'failed' }, '只有已交付的调用可以计费'],
  [{ ...event, billable: true, priceReference: null }, '计费调用缺少订购、产品版本或价格'],
])('why %o is parked is said in Chinese', (body, said) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const read = readParkedBody(text, { streamId: '1-1', bootId: null })
  expect(read.kind === 'unreadable' && unreadableText(read.reason)).toBe(said)
})
