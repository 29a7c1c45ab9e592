import { beforeEach, expect, test } from 'vitest'
import { Circuit, type CircuitState, failuresMin, openForMs } from './circuit.ts'

let now = 0
let states: CircuitState[]
let circuit: Circuit
beforeEach(() => {
  now = 0
  states = []
  circuit = new Circuit({ now: () => now, onChange: (state) => states.push(state) })
})

const call = (verdict: 'good' | 'bad' | 'neutral'): boolean => {
  const settle = circuit.pass()
  settle?.(verdict)
  return settle !== undefined
}
const times = (count: number, verdict: 'good' | 'bad' | 'neutral'): boolean[] =>
  Array.from({ length: count }, () => call(verdict))
const open = (): void => {
  times(failuresMin, 'bad')
}

test('it opens at its number of failures, not one before', () => {
  times(failuresMin - 1, 'bad')
  expect(circuit.state).toBe('closed')
  call('bad')
  expect(circuit.state).toBe('open')
  expect(call('good')).toBe(false)
})

test('a few failures among many good calls do not open it, half of all do', () => {
  for (let round = 0; round < 20; round++) {
    times(4, 'good')
    call('bad')
  }
  expect(circuit.state).toBe('closed')
  times(60, 'bad') // 80 good, 20 bad before: at 80 of 160 it opens
  expect(circuit.state).toBe('open')
})

test('failures of different windows do not add up, and callers who left count nothing', () => {
  times(failuresMin - 1, 'bad')
  now += 10_000
  times(failuresMin - 1, 'bad')
  times(50, 'neutral')
  expect(circuit.state).toBe('closed')
})

test('after its time one call tries, and only one', () => {
  open()
  now += openForMs - 1
  expect(circuit.pass()).toBeUndefined()
  now += 1
  const settle = circuit.pass()
  expect([circuit.pass(), circuit.pass()]).toEqual([undefined, undefined])
  settle?.('good')
  expect(circuit.state).toBe('closed')
  expect(states).toEqual(['open', 'half_open', 'closed'])
})

test('a bad try keeps it open as long again; one whose caller left lets the next try', () => {
  open()
  now += openForMs
  expect(call('bad')).toBe(true)
  expect(call('good')).toBe(false)
  now += openForMs
  expect(call('neutral')).toBe(true)
  expect(call('good')).toBe(true)
  expect(circuit.state).toBe('closed')
})

test('calls that began before it opened change nothing, not even while one call tries', () => {
  const early = Array.from({ length: 4 }, () => circuit.pass())
  open()
  early[0]?.('good')
  early[1]?.('bad')
  expect(states).toEqual(['open'])
  now += openForMs
  const settle = circuit.pass()
  early[2]?.('good')
  early[3]?.('bad')
  expect(states).toEqual(['open', 'half_open'])
  settle?.('good')
  expect(states).toEqual(['open', 'half_open', 'closed'])
})
