import { describe, expect, test } from 'vitest'
import { organizations } from '#demo/city/organizations.ts'
import { accountKeys, people } from '#demo/city/people.ts'
import { prices } from '#demo/city/prices.ts'
import { products } from '#demo/city/products/index.ts'
import { resources } from '#demo/city/resources.ts'
import { scenarios } from '#demo/city/scenarios.ts'
import { subscriptions } from '#demo/city/subscriptions.ts'
import { calendarAt, hoursOf } from '#demo/seed/calendar.ts'
import { officeDiary } from '#demo/seed/office-diary.ts'
import { planHour, volumeOf } from '#demo/seed/traffic.ts'
import { checkAgainstCap, parseChargingForm } from '#billing/index.ts'
import { isCreditCode } from '#kernel/credit-code.ts'
import { addDays } from '#kernel/period.ts'

test('the city has the bodies, twelve providers, one operator and fifteen buyers, with codes of their own', () => {
  const count = (kind: string): number => organizations.filter((each) => each.kind === kind).length
  expect([count('provider'), count('operator'), count('buyer')]).toEqual([12, 1, 15])
  const codes = organizations.map((each) => each.creditCode)
  expect(codes.every(isCreditCode)).toBe(true)
  expect(new Set(codes).size).toBe(codes.length)
  expect(accountKeys.every((key) => people.some((person) => person.key === key))).toBe(true)
})

test('the six first products have the plan’s exact names and types (R28)', () => {
  expect(products.map(({ product }) => [product.name, product.kind])).toEqual([
    ['住房公积金信贷', 'api'],
    ['健康商业保险核保理赔', 'api'],
    ['医疗领域网络获客渠道综合价值分析数据集', 'dataset'],
    ['智慧停车动静态数据集', 'dataset'],
    ['金融业务风险分析预警模型', 'model'],
    ['文旅数据集', 'dataset'],
  ])
})

test('keys that name other rows lead somewhere', () => {
  const resourceKeys = new Set(resources.map((each) => each.key))
  const scenarioKeys = new Set(scenarios.map((each) => each.key))
  const codes = new Set(products.map((each) => each.product.code))
  for (const { lineage, scenarios: used } of products) {
    expect(lineage.every(([resource]) => resourceKeys.has(resource))).toBe(true)
    expect(used.every((scenario) => scenarioKeys.has(scenario))).toBe(true)
  }
  for (const each of subscriptions) {
    expect(codes.has(each.product) && scenarioKeys.has(each.scenario)).toBe(true)
    expect(
      each.priceItem === undefined || prices.some((price) => price.code === each.priceItem),
    ).toBe(true)
  }
})

test.each(prices.map((price) => [price.code, price] as const))(
  '%s is posted within its ceiling',
  (_, price) => {
    const verdict = checkAgainstCap(
      parseChargingForm(price.posted),
      parseChargingForm(price.ceiling),
    )
    expect(verdict.kind).toBe('within')
  },
)

describe('traffic', () => {
  const dayOfCalls = (day: string, volume = 1) =>
    Array.from({ length: 24 }, (_, hour) => planHour({ day, hour, volume }, subscriptions)).flat()

  test('sees more on working days than on Sundays, and every outcome in a week', () => {
    const monday = dayOfCalls('2026-08-03')
    const sunday = dayOfCalls('2026-08-09')
    expect(monday.length).toBeGreaterThan(1.5 * sunday.length)
    const week = Array.from({ length: 7 }, (_, n) => dayOfCalls(addDays('2026-08-03', n))).flat()
    expect(new Set(week.map((call) => call.outcome))).toEqual(
      new Set(['found', 'not_found', 'malformed', 'failing', 'repeat']),
    )
  })

  test('is the same every time, in order, within its hour', () => {
    const hour = { day: '2026-08-03', hour: 10, volume: 1 }
    const calls = planHour(hour, subscriptions)
    expect(planHour(hour, subscriptions)).toEqual(calls)
    const times = calls.map((call) => call.at.toISOString())
    expect(times).toEqual([...times].sort())
    expect(times[0]?.startsWith('2026-08-03T02')).toBe(true) // 10:00 in Asia/Shanghai
  })

  test.each([
    '2026-03-01T00:10:00+08:00',
    '2026-11-26T11:00:00+08:00',
    '2026-12-31T23:50:00+08:00',
  ])('comes to a little more than 60,000 calls when built at %s', (now) => {
    const calendar = calendarAt(new Date(now))
    const volume = volumeOf(calendar)
    let total = 0
    for (const hour of hoursOf(calendar))
      total += planHour({ ...hour, volume }, subscriptions).length
    expect(total).toBeGreaterThan(60_500)
    expect(total).toBeLessThan(62_500)
  })
})

describe('the diary of the offices', () => {
  const diaryAt = (now: string) => {
    const calendar = calendarAt(new Date(now))
    return officeDiary(calendar).map(({ month, work }) => `${month} ${work}`)
  }

  test('in the middle of a month, all is done but the finance bureau’s part of the last', () => {
    const diary = diaryAt('2026-11-15T12:00:00+08:00')
    expect(diary).toContain('2026-08 pay_treasury')
    expect(diary).toContain('2026-09 pay_treasury')
    expect(diary).toContain('2026-10 import_payments')
    expect(diary).toContain('2026-10 sign_statement')
    expect(diary).not.toContain('2026-10 review_statement')
  })

  test('on the first of a month the last month’s statement waits already, and nothing runs ahead of now', () => {
    const now = new Date('2026-11-01T00:20:00+08:00')
    const entries = officeDiary(calendarAt(now))
    expect(entries.every((entry) => entry.at <= now)).toBe(true)
    const last = entries.filter((entry) => entry.month === '2026-10').map((entry) => entry.work)
    expect(last).toEqual(['compose_statement', 'sign_statement'])
  })

  test('a statement is signed after it is composed, and paid after it is reviewed', () => {
    const diary = diaryAt('2026-11-30T23:00:00+08:00').filter((line) => line.startsWith('2026-09'))
    expect(diary).toEqual([
      '2026-09 run_bills',
      '2026-09 issue_bills',
      '2026-09 compose_statement',
      '2026-09 sign_statement',
      '2026-09 confirm_bills',
      '2026-09 review_statement',
      '2026-09 import_payments',
      '2026-09 pay_treasury',
    ])
  })
})
