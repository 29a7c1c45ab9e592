import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { startOfDay } from '#kernel/period.ts'
import { encodeReceipt, type RecordReceipt, type UsageReceipt } from '#metering/index.ts'
import { metered, useMeteredCity } from '#tests/builders/metered-city.ts'
import { type VerificationFiles, verifiedCity } from '#tests/builders/verified-city.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'

type Files = VerificationFiles

const database = useDatabase()
const redis = useRedis()
const city = useMeteredCity(database, redis)
const doors = verifiedCity(database, city)
let files: Files
let folder: string
beforeEach(async () => {
  files = await doors.makeFiles()
  folder = mkdtempSync(join(tmpdir(), 'verify-'))
  copyFileSync('tools/verify-usage.mjs', join(folder, 'verify-usage.mjs'))
})

const run = promisify(execFile)

/** The verifier in a folder that holds nothing but itself and the files. */
async function verify(
  given: Partial<Files>,
  names: readonly (keyof Files)[],
  options: readonly string[] = ['--lang', 'en'],
): Promise<Readonly<{ code: number; output: string }>> {
  for (const [name, content] of Object.entries({ ...files, ...given }))
    writeFileSync(join(folder, name), content)
  const args = (['seals', 'keys', ...names] as const).flatMap((name) => [`--${name}`, name])
  try {
    const { stdout } = await run(process.execPath, ['verify-usage.mjs', ...args, ...options], {
      cwd: folder,
      env: {},
    })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

const own = ['proof', 'calls', 'receipts'] as const

describe('a buyer', () => {
  test('learns of each call that it is genuine, sealed and what it was charged', async () => {
    const { code, output } = await verify({}, own)
    expect(output).toContain('Verified: everything holds')
    expect(code).toBe(0)
    const eventId = eventIdOf(files.receipts.split('\n')[0] ?? '')
    const at = `2026-06-15 product ${metered.productId}`
    expect(output).toContain(
      `ok  ${at}: receipt ${eventId} is genuine, in the seal of its day, charged`,
    )
    expect(output).toContain('2026-06-15 product -: call')
    expect(output).toContain(`${at} supplement 1: call`)
    // 3 + 1 + 1 + 2 of the buyer are 7 events; the refused one stands for 4 attempts.
    expect(output).toContain('7 sealed events in 4 subtrees of 4 seals; attempts 10, billed 5')
    expect(output).toContain('7 calls listed: attempts 10, billed 5')
    expect(output).toContain('not charged because: not_subscribed 4, nothing_found 1')
  })

  test('reads it in Chinese, and without OpenSSL’s SM3', async () => {
    const { code, output } = await verify({}, own, ['--own-sm3', '--summary'])
    expect(output).toContain('核验通过：全部一致')
    expect(output).not.toContain('已入当日封存')
    expect(code).toBe(0)
  })

  test('sees nothing of the others but hashes', () => {
    for (const secret of [metered.otherBuyerId, metered.otherSubscriptionId])
      expect(files.proof).not.toContain(secret)
    // The other buyer's product-day is not even named.
    expect(files.proof).not.toContain(metered.otherProductId)
  })

  test('gives receipts alone and learns that they are genuine', async () => {
    const { code, output } = await verify({}, ['receipts'])
    expect(code).toBe(0)
    expect(output).toContain('seal not checked')
  })

  test('fetches receipts of calls later, made from the record, which say so and are held against the seal', async () => {
    const eventIds = files.calls
      .split('\n')
      .filter((line) => line.includes(',live,'))
      .map((line) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line)?.[0] ?? '')
    expect(eventIds).toHaveLength(7)
    const paths = eventIds.map((eventId) => `/v1/calls/${eventId}/receipt`)
    const answers = await Promise.all(paths.map((path) => doors.read(path, doors.buyer())))
    const { code, output } = await verify({ receipts: answers.join('\n') }, own)
    expect(output).toContain('Verified: everything holds')
    expect(output).toContain('7 receipts under 7 signatures')
    const [line] = output.split('\n').filter((each) => each.includes(`receipt ${eventIds[0]}`))
    expect(line).toContain(
      'is genuine (signed 2026-06-16T16:00:00.000Z from the record), in the seal',
    )
    expect(code).toBe(0)
    // One alone is a file of JSON, and beside those that came with the answers.
    expect((await verify({ receipts: answers[0] ?? '' }, own)).code).toBe(0)
    expect((await verify({ receipts: `${files.receipts}\n${answers[0]}` }, own)).code).toBe(0)
  })

  test('cannot be given a later receipt for one of the call, nor one with another fact or time', async () => {
    const eventId = eventIdOf(files.receipts.split('\n')[0] ?? '')
    const answer = await doors.read(`/v1/calls/${eventId}/receipt`, doors.buyer())
    const { receipt } = JSON.parse(answer) as { receipt: string }
    const read = JSON.parse(Buffer.from(receipt, 'base64url').toString()) as RecordReceipt
    const { fromRecord, ...asOfTheCall } = read
    const { attempts: _one, ...facts } = read.facts
    for (const changed of [
      asOfTheCall,
      { ...asOfTheCall, facts },
      { ...read, facts: { ...read.facts, records: '9' } },
      { ...read, fromRecord: { ...fromRecord, signedAt: read.facts.occurredAt } },
    ]) {
      const { code, output } = await verify({ receipts: JSON.stringify(changed) }, own)
      expect(output).toContain('was not signed by the platform, or was changed')
      expect(code).toBe(1)
    }
    // Nor is one of the call taken for a later one.
    const first = JSON.parse(
      Buffer.from(files.receipts.split('\n')[0] ?? '', 'base64url').toString(),
    ) as UsageReceipt
    const later = JSON.stringify({ ...first, fromRecord })
    expect((await verify({ receipts: later }, own)).code).toBe(1)
  })

  test('gets a receipt of its own calls only', async () => {
    const eventId = eventIdOf(files.receipts.split('\n')[0] ?? '')
    const path = `/v1/calls/${eventId}/receipt`
    const other = doors.person('buyer', 'buyer_admin', metered.otherBuyerId)
    expect((await doors.ask(path, other)).status).toBe(404)
    expect((await doors.ask(path, doors.finance())).status).toBe(403)
    expect((await doors.ask(path)).status).toBe(401)
  })

  test('is told of calls whose day is still open, which is no fault', async () => {
    const receipt = encodeReceipt(await city.call())
    await city.settle()
    const calls = await doors.read('/v1/usage/calls.csv?month=2026-06', doors.buyer())
    const { code, output } = await verify({ calls, receipts: receipt }, own)
    expect(output).toContain('is not sealed yet')
    expect(code).toBe(0)
  })
})

const lines = (text: string): string[] => text.split('\n')
const june15 = '2026-06-15'
const leafAt = (text: string, which: RegExp): number =>
  lines(text).findIndex((line) => line.includes('"kind":"leaf"') && which.test(line))
function edit(text: string, at: number, change: (line: string) => string[]): string {
  expect(at).toBeGreaterThanOrEqual(0)
  return lines(text)
    .flatMap((line, index) => (index === at ? change(line) : [line]))
    .join('\n')
}
const eventIdOf = (receipt: string): string =>
  (JSON.parse(Buffer.from(receipt, 'base64url').toString()) as UsageReceipt).facts.eventId
/** The same receipt with another fact, as somebody would forge it. */
function forged(receipt: string): string {
  const read = JSON.parse(Buffer.from(receipt, 'base64url').toString()) as UsageReceipt
  return encodeReceipt({ ...read, facts: { ...read.facts, records: '1' } })
}
const charged = /"billed":true.*"occurredAt":"2026-06-15T04/
const chargedRow = (text: string): number =>
  lines(text).findIndex((line) => line.includes(',true,') && line.includes('2026-06-15'))
const sealedFirst = (text: string): string => {
  const [first] = (JSON.parse(text) as { seals: { digest: string; content: string }[] }).seals
  if (first === undefined) throw new Error('nothing is sealed')
  return first.digest
}

describe('a change in one input fails and names the day', () => {
  const changes: readonly [string, readonly (keyof Files)[], (files: Files) => Partial<Files>][] = [
    [
      'a receipt that was changed',
      own,
      ({ receipts }) => ({ receipts: edit(receipts, 0, (line) => [forged(line)]) }),
    ],
    [
      'a sealed event that was changed',
      own,
      ({ proof }) => ({
        proof: edit(proof, leafAt(proof, charged), (line) => [
          line.replace('"records":"2"', '"records":"9"'),
        ]),
      }),
    ],
    [
      'a sealed event that was removed',
      own,
      ({ proof }) => ({ proof: edit(proof, leafAt(proof, charged), () => []) }),
    ],
    [
      'a sealed event that was added',
      own,
      ({ proof }) => ({
        proof: edit(proof, leafAt(proof, charged), (line) => [
          line,
          line.replace(/("eventId":".{24})..../, '$1ffff'),
        ]),
      }),
    ],
    [
      'a listed call that was changed',
      own,
      ({ calls }) => ({ calls: calls.replace('nothing_found', 'found') }),
    ],
    [
      'a listed call that was made free',
      own,
      ({ calls }) => ({
        calls: edit(calls, chargedRow(calls), (line) => [line.replace(',true,', ',false,')]),
      }),
    ],
    [
      'a listed call with another route',
      own,
      ({ calls }) => ({ calls: edit(calls, 2, (line) => [line.replace('/query', '/other')]) }),
    ],
    ['a listed call that was removed', own, ({ calls }) => ({ calls: edit(calls, 2, () => []) })],
    [
      'a listed call that was added',
      own,
      ({ calls }) => ({
        calls: edit(calls, 2, (line) => [line, line.replace(/^(.{24})..../, '$1ffff')]),
      }),
    ],
    [
      'a listed call that stands twice',
      own,
      ({ calls }) => ({ calls: edit(calls, 2, (line) => [line, line]) }),
    ],
    [
      'a published count that was changed',
      own,
      ({ seals }) => ({
        seals: seals.replace(String.raw`\"events\":\"1\"`, String.raw`\"events\":\"2\"`),
      }),
    ],
    [
      'a published seal that was replaced',
      own,
      ({ seals }) => ({ seals: seals.replaceAll(sealedFirst(seals), `sm3:${'0'.repeat(64)}`) }),
    ],
    [
      'an exported event that was changed',
      ['export'],
      (all) => ({
        export: edit(all.export, leafAt(all.export, charged), (line) => [
          line.replace('"bytes":"300"', '"bytes":"1"'),
        ]),
      }),
    ],
    [
      'an exported event that was removed',
      ['export'],
      (all) => ({ export: edit(all.export, leafAt(all.export, charged), () => []) }),
    ],
    [
      'an exported event that was added',
      ['export'],
      (all) => ({
        export: edit(all.export, leafAt(all.export, charged), (line) => [
          line,
          line.replace(/("eventId":".{24})..../, '$1ffff'),
        ]),
      }),
    ],
  ]
  test.each(changes)('%s', async (_name, names, change) => {
    expect((await verify({}, names)).code).toBe(0)
    const changed = change(files)
    for (const [name, content] of Object.entries(changed))
      expect(content, name).not.toBe(files[name as keyof Files])
    const { code, output } = await verify(changed, names)
    expect(output).toMatch(new RegExp(`WRONG  ${june15} product`))
    expect(output).toContain('NOT verified')
    expect(code).toBe(1)
  })

  test('a receipt whose call was never stored', async () => {
    // Signed by the platform's key, but its event never came: what the operator would have hidden.
    const hidden = encodeReceipt(
      await city.call({ occurredAtMs: startOfDay(june15).getTime() + 1 }),
    )
    const { code, output } = await verify({ receipts: hidden }, own)
    expect(output).toMatch(new RegExp(`WRONG  ${june15} product .*it is missing`))
    expect(code).toBe(1)
  })

  test('another key than the published one', async () => {
    const keys = files.keys.replaceAll(/"public_key":"...../g, '"public_key":"AAAAA')
    expect((await verify({ keys }, own)).code).not.toBe(0)
  })

  test('a file that was cut', async () => {
    const proof = lines(files.proof).slice(0, -3).join('\n')
    const { code, output } = await verify({ proof }, own)
    expect(output).toContain('the file is not whole')
    expect(code).toBe(1)
  })
})

test('a finance clerk verifies a whole month from the export', async () => {
  const { code, output } = await verify({}, ['export'])
  expect(output).toContain('10 sealed events')
  expect(code).toBe(0)
  const gone = files.export.split('\n').filter((line) => !line.includes('"day":"2026-06-16"'))
  expect((await verify({ export: gone.join('\n') }, ['export'])).output).toContain(
    '2026-06-16 product',
  )
})

test('a change in the database shows in the files made from it', async () => {
  await database.ownerDb
    .updateTable('metering.usage_event')
    .set({ billable: false })
    .where('buyer_id', '=', metered.buyerId)
    .where('occurred_at', '>', startOfDay('2026-06-15'))
    .where('occurred_at', '<', startOfDay('2026-06-16'))
    .execute()
  const proof = await doors.read('/v1/usage/proof?month=2026-06', doors.buyer())
  const calls = await doors.read('/v1/usage/calls.csv?month=2026-06', doors.buyer())
  const { code, output } = await verify({ proof, calls }, own)
  expect(output).toMatch(/WRONG {2}2026-06-15 product .*changed, removed or added/)
  expect(code).toBe(1)
})
