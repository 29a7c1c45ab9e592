import { expect, test } from 'vitest'
import { endChild, spawnCommand } from '#kernel/process/spawn.ts'
import { keepAlive, type Running } from './keep-alive.ts'

function startNode(code: string): Running {
  const child = spawnCommand([process.execPath, '-e', code])
  return { child, stop: () => endChild(child, { signal: 'SIGTERM', patienceMs: 1000 }) }
}

const LIVES_ON = 'setInterval(() => {}, 1000)'

test('a process that was killed is running again soon, and the person is told', async () => {
  const started: Running[] = []
  const said: string[] = []
  const again = Promise.withResolvers<void>()
  const kept = await keepAlive({
    name: 'worker',
    start: () => {
      const running = startNode(LIVES_ON)
      started.push(running)
      if (started.length === 2) again.resolve()
      return Promise.resolve(running)
    },
    say: (line) => said.push(line),
    lastWords: () => '',
  })
  started[0]?.child.kill('SIGKILL')
  await again.promise
  await kept.stop()
  expect(await kept.ended).toBe('stopped')
  expect(started).toHaveLength(2)
  expect(said[0]).toBe('worker ended by SIGKILL; starting it again')
  expect(started[1]?.child.signalCode).toBe('SIGTERM')
})

test('after five deaths in a minute it gives up and shows the last words', async () => {
  const said: string[] = []
  let starts = 0
  const kept = await keepAlive({
    name: 'gateway',
    start: () => {
      starts += 1
      return Promise.resolve(startNode('process.exit(3)'))
    },
    say: (line) => said.push(line),
    lastWords: () => 'no such table',
  })
  expect(await kept.ended).toBe('gave_up')
  expect(starts).toBe(5)
  expect(said.at(-1)).toBe('gateway last wrote:\nno such table')
})

test('a stop while it waits to start again leaves nothing running', async () => {
  let starts = 0
  const died = Promise.withResolvers<void>()
  const kept = await keepAlive({
    name: 'api',
    start: () => {
      starts += 1
      return Promise.resolve(startNode('process.exit(1)'))
    },
    say: () => died.resolve(),
    lastWords: () => '',
  })
  await died.promise
  await kept.stop()
  expect(await kept.ended).toBe('stopped')
  expect(starts).toBe(1)
})
