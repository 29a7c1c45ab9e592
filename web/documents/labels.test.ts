import { expect, test } from 'vitest'
import { problems } from '#kernel/problems.ts'
import { reasonLabel } from './labels.ts'

const ofCharges = [
  'found',
  'not_found',
  'nothing_found',
  'repeated',
  'public_interest',
  'head_only',
]
const ofDeliveries = [
  'caller_gone',
  'circuit_open',
  'delivered_in_part',
  'delivery_too_slow',
  'not_closed',
]
/** Problems of the administration begin alike; no call ends by them. */
const ofNoCall = ['upstream_not_fit', 'key_being_rotated', 'key_not_active']
const ofProblems = Object.keys(problems)
  .map((code) => code.toLowerCase())
  .filter((code) => /^(?:key|subscription|upstream|quota|rate|concurrency|consent)_/.test(code))
  .filter((code) => !ofNoCall.includes(code))

test.each([...ofCharges, ...ofDeliveries, ...ofProblems])(
  'why a call was free is said in Chinese on paper: %s',
  (reason) => expect(reasonLabel(reason)).toMatch(/^\p{Script=Han}/u),
)
