import pg from 'pg'
import { expect, test } from 'vitest'
import { simulatorAccess, startSimulator } from '#demo/simulator/start-simulator.ts'
import {
  enterpriseAt,
  failingIndex,
  idCheck,
  knownEnterprises,
  knownPeople,
  personAt,
} from '#demo/simulator/subjects.ts'
import type { SimulatedService } from '#demo/simulator/services.ts'
import { isCreditCode } from '#kernel/credit-code.ts'
import { useSimulator } from './use-simulator.ts'

const simulator = useSimulator()

function ask(service: SimulatedService, path: string, body?: unknown): Promise<Response> {
  return fetch(`${simulator.origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${simulator.credentials.get(service)}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

function personBody(index: number): object {
  const { idNumber, name } = personAt(index)
  return { id_number: idNumber, name }
}

test('made-up people have valid check digits, a division nobody was born in, and numbers of their own', () => {
  const numbers = Array.from({ length: knownPeople }, (_, index) => personAt(index).idNumber)
  expect(new Set(numbers).size).toBe(knownPeople)
  for (const number of numbers) {
    expect(number).toMatch(/^421299(19[5-9]\d)(0[1-9]|1[0-2])\d{2}\d{3}[\dX]$/)
    expect(number[17]).toBe(idCheck(number.slice(0, 17)))
  }
  // Worked by hand: GB 11643's own example.
  expect(idCheck('11010519491231002')).toBe('X')
})

test('made-up enterprises have valid codes of their own', () => {
  const codes = Array.from(
    { length: knownEnterprises },
    (_, index) => enterpriseAt(index).creditCode,
  )
  expect(new Set(codes).size).toBe(knownEnterprises)
  expect(codes.every(isCreditCode)).toBe(true)
})

test.each([
  ['housing-fund', '/housing-fund/credit'],
  ['medical-insurance', '/medical-insurance/underwriting'],
] as const)('%s finds who is known, with the right name only', async (service, path) => {
  expect(await (await ask(service, path, personBody(0))).json()).toMatchObject({
    code: 0,
    data: expect.any(Object),
  })
  expect(await (await ask(service, path, personBody(knownPeople + 1))).json()).toMatchObject({
    data: null,
  })
  const misnamed = { ...personBody(0), name: '另一人' }
  expect(await (await ask(service, path, misnamed)).json()).toMatchObject({ data: null })
  expect((await ask(service, path, personBody(failingIndex))).status).toBe(500)
})

test('datasets give rows and files, and nothing for a month that has none', async () => {
  const file = await ask('tourism', '/tourism/files/visitors-2026-08.csv')
  expect(file.headers.get('content-type')).toContain('text/csv')
  // A head, a line for each area and day, and the end of the last.
  expect((await file.text()).split('\r\n')).toHaveLength(1 + 31 * 8 + 1)
  const channels = (await (
    await ask('health-channels', '/health-channels/months/2026-08')
  ).json()) as { data: unknown[] }
  expect(channels.data).toHaveLength(6 * 8)
  expect((await ask('tourism', '/tourism/files/visitors-1999-01.csv')).status).toBe(404)
})

test('the file service gives parts while the file is the same', async () => {
  const path = `${simulator.origin}/tourism/files/visitors-2026-08.csv`
  const authorization = `Bearer ${simulator.credentials.get('tourism')}`
  const whole = await fetch(path, { headers: { authorization } })
  const bytes = Buffer.from(await whole.arrayBuffer())
  const etag = whole.headers.get('etag') ?? ''
  const part = await fetch(path, {
    headers: { authorization, range: 'bytes=10-19', 'if-range': etag },
  })
  expect([part.status, part.headers.get('content-range')]).toEqual([
    206,
    `bytes 10-19/${bytes.length}`,
  ])
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true)
  const changed = { authorization, range: 'bytes=10-19', 'if-range': '"another"' }
  expect((await fetch(path, { headers: changed })).status).toBe(200)
})

test('the parking database is at the same port: its reader reads one view and nothing else', async () => {
  const url = new URL(simulator.databaseAddress)
  url.password = simulator.credentials.get('parking-database') ?? ''
  const reader = new pg.Client({ connectionString: url.href })
  await reader.connect()
  const { rows } = await reader.query(`select * from parking_now where lot_id = 'P0001'`)
  expect(rows).toMatchObject([{ lot_id: 'P0001', free_spaces: expect.any(Number) }])
  await expect(
    reader.query(`select * from parking_now where lot_id = 'P9001'`),
  ).rejects.toMatchObject({ code: '22012' })
  await expect(reader.query('select * from housing_fund_account')).rejects.toMatchObject({
    code: '42501',
  })
  await reader.end()
})

test('an enterprise is found by its code', async () => {
  const enterprise = { credit_code: enterpriseAt(0).creditCode }
  expect(
    await (await ask('enterprise-risk', '/enterprise-risk/score', enterprise)).json(),
  ).toMatchObject({ data: { score: expect.any(Number) } })
})

test('a service opens only for its own credential', async () => {
  const other = simulator.credentials.get('parking-database')
  const answer = await fetch(`${simulator.origin}/tourism/files/visitors-2026-08.csv`, {
    headers: { authorization: `Bearer ${other}` },
  })
  expect(answer.status).toBe(401)
})

test('a second start finds the same data and credentials', async () => {
  const again = await startSimulator({ databaseUrl: simulator.databaseUrl, port: 0 })
  expect(again.credentials).toEqual(simulator.credentials)
  await again.close()
  const { databaseUrl, origin, credentials, databaseAddress } = simulator
  const port = Number(new URL(origin).port)
  expect(await simulatorAccess({ databaseUrl, port })).toEqual({
    origin,
    credentials,
    databaseAddress,
  })
})
