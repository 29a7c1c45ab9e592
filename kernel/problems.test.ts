import { expect, test } from 'vitest'
import { isProblemCode, problemOf, problems } from './problems.ts'
import { billingProblems } from './problems/billing.ts'
import { generalProblems } from './problems/general.ts'
import { governanceProblems } from './problems/governance.ts'
import { meteringProblems } from './problems/metering.ts'
import { usageProblems } from './problems/usage.ts'

test('no code stands in two parts of the table', () => {
  const parts = [
    generalProblems,
    governanceProblems,
    meteringProblems,
    billingProblems,
    usageProblems,
  ]
  const codes = parts.flatMap((part) => Object.keys(part))
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  expect(Object.keys(problems)).toHaveLength(codes.length)
})

test.each(Object.entries(problems))('%s is an HTTP error told in both languages', (code, row) => {
  expect(code).toMatch(/^[A-Z][A-Z_]+$/)
  expect(row.status).toBeGreaterThanOrEqual(400)
  expect(row.status).toBeLessThan(600)
  expect(row.title.zh + row.advice.zh).toMatch(/\p{Script=Han}/u)
  expect(row.title.en + row.advice.en).not.toMatch(/\p{Script=Han}/u)
})

test('what the gateway refuses is not charged', () => {
  for (const row of Object.values(meteringProblems)) expect(row.charged).toBe('no')
})

test('a code is told from any other text', () => {
  expect(isProblemCode('NOT_FOUND')).toBe(true)
  expect(isProblemCode('toString')).toBe(false)
  expect(problemOf('UPSTREAM_TIMEOUT').status).toBe(504)
})
