import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '#kernel/context.ts'
import { type KeyRing, loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { approveScenario, buildOperatingCity, draftVersion } from '#tests/builders/governance.ts'
import { approveUpstream, listUpstreams } from './approve-upstream.ts'
import type { ApproveUpstream, InspectUpstream, UpstreamToInspect } from './contract.ts'
import { proposeUpstream } from './propose-upstream.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })
let folder: string
let keys: KeyRing
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
  keys = loadKeyRing(folder)
})
afterAll(() => rm(folder, { recursive: true }))

const fit: InspectUpstream = () => Promise.resolve({ kind: 'fit' })
const approve = (ctx: Context, input: ApproveUpstream, inspect = fit) =>
  approveUpstream({ ...ctx, keys }, input, inspect)

async function withVersion() {
  const city = await buildOperatingCity(database.db)
  const { productVersionId } = await draftVersion(city, [await approveScenario(city)])
  const input = {
    productVersionId,
    connector: 'http' as const,
    address: 'https://data.example.test/fund',
    settings: { method: 'GET' },
    secret: 'let-me-in',
  }
  return { city, productVersionId, input }
}

test('the credential is sealed for this upstream and never shown', async () => {
  const { city, productVersionId, input } = await withVersion()
  const { upstreamId } = await proposeUpstream({ ...city.maker, keys }, input)
  const row = await city.db
    .selectFrom('governance.upstream')
    .select('sealed_secret')
    .executeTakeFirstOrThrow()
  const sealed = row.sealed_secret ?? ''
  expect(sealed).not.toContain('let-me-in')
  expect(keys.openSecret({ text: sealed, boundTo: upstreamId })).toBe('let-me-in')
  expect(() => keys.openSecret({ text: sealed, boundTo: 'another' })).toThrow('VALIDATION_FAILED')
  const [view] = await listUpstreams(city.checker, { productVersionId })
  expect(view).toMatchObject({ hasSecret: true, status: 'proposed' })
  expect(JSON.stringify(view)).not.toContain(sealed)
})

test('another person approves it, and it retires the one before', async () => {
  const { city, input } = await withVersion()
  const propose = () => proposeUpstream({ ...city.maker, keys }, input)
  const first = await propose()
  await expect(approve(city.maker, first)).rejects.toEqual(refused('FORBIDDEN'))
  const { actor } = city.maker
  if (actor.kind !== 'person') throw new Error('a person proposes')
  const both = { ...city.maker, actor: { ...actor, roles: ['operator_checker' as const] } }
  await expect(approve(both, first)).rejects.toEqual(refused('SELF_APPROVAL'))
  expect(await approve(city.checker, first)).toEqual({
    kind: 'active',
    retiredUpstreamId: null,
  })
  expect((await approve(city.checker, first)).kind).toBe('already_active')
  const second = await propose()
  expect((await approve(city.head, second)).retiredUpstreamId).toBe(first.upstreamId)
  await expect(approve(city.head, first)).rejects.toEqual(refused('INVALID_TRANSITION'))
})

test('one that is found unfit is not approved, and can be once that is mended', async () => {
  const { city, input } = await withVersion()
  const first = await proposeUpstream({ ...city.maker, keys }, input)
  const seen: UpstreamToInspect[] = []
  const unfit: InspectUpstream = (upstream) => {
    seen.push(upstream)
    return Promise.resolve({ kind: 'unfit', reason: 'role_is_no_reader', rights: ['writes'] })
  }
  await expect(approve(city.checker, first, unfit)).rejects.toMatchObject({
    code: 'UPSTREAM_NOT_FIT',
    detail: { reason: 'role_is_no_reader', rights: ['writes'] },
  })
  expect(seen).toMatchObject([{ address: input.address, secret: 'let-me-in' }])
  const status = () =>
    city.db.selectFrom('governance.upstream').select('status').executeTakeFirstOrThrow()
  expect(await status()).toEqual({ status: 'proposed' })
  // Whoever may not approve has nothing looked at.
  await expect(approve(city.maker, first, unfit)).rejects.toEqual(refused('FORBIDDEN'))
  expect(seen).toHaveLength(1)
  expect((await approve(city.checker, first)).kind).toBe('active')
})

test.each(['ftp://a.test/', 'not an address', 'https://me:secret@a.test/'])(
  'the address %s is refused',
  async (address) => {
    const { city, input } = await withVersion()
    await expect(proposeUpstream({ ...city.maker, keys }, { ...input, address })).rejects.toEqual(
      refused('VALIDATION_FAILED'),
    )
  },
)

test.each([
  'postgres://reader@db.example.test/fund',
  'postgresql://reader@db.example.test:5433/fund',
])('a table at %s is accepted', async (address) => {
  const { city, input } = await withVersion()
  const wanted = { ...input, connector: 'table' as const, address }
  expect(await proposeUpstream({ ...city.maker, keys }, wanted)).toMatchObject({ kind: 'proposed' })
})

test.each([
  'postgres://reader:secret@db.example.test/fund',
  'postgres://db.example.test/fund',
  'postgres://reader@db.example.test/',
  'postgres://reader@db.example.test/fund?options=-c%20statement_timeout%3D0',
  'postgres://reader@/fund',
  'https://db.example.test/fund',
])('a table at %s is refused', async (address) => {
  const { city, input } = await withVersion()
  const wanted = { ...input, connector: 'table' as const, address }
  await expect(proposeUpstream({ ...city.maker, keys }, wanted)).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
})

test('another operator neither proposes nor sees it', async () => {
  const { city, productVersionId, input } = await withVersion()
  const stranger = await city.joining('operator', '另一公司', 'operator_maker')
  await expect(proposeUpstream({ ...stranger, keys }, input)).rejects.toEqual(refused('NOT_FOUND'))
  const head = await city.joining('operator', '第三公司', 'operator_head')
  await expect(listUpstreams(head, { productVersionId })).rejects.toEqual(refused('NOT_FOUND'))
})
