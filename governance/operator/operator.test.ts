import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'
import {
  activateCityOperator,
  addResource,
  authorize,
  buildCity,
  type City,
} from '#tests/builders/governance.ts'
import { registerPolicyDocument } from '#governance/policy/register-policy-document.ts'
import { activateOperator } from './activate-operator.ts'
import { draftAgreement, lastDayOfTerm } from './draft-agreement.ts'
import { grantAuthorization } from './grant-authorization.ts'
import { listAuthorizations, listOperatorPages } from './list-operators.ts'
import { requireActiveOperator } from './operator.queries.ts'
import { recordOperatorSelection } from './record-operator-selection.ts'
import { revokeAuthorization } from './revoke-authorization.ts'
import { signAgreement } from './sign-agreement.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })

const select = (city: City, noticeTo = '2026-01-12') =>
  recordOperatorSelection(city.dataBureau, {
    operatorId: city.operatorId,
    method: 'open_tender',
    result: '中标',
    noticeFrom: '2026-01-05',
    noticeTo,
    noticeLink: 'https://example.test',
    documentId: city.document,
  })
const draft = async (city: City, change: object = {}) =>
  draftAgreement(city.dataBureau, {
    number: 'XY-1',
    operatorId: city.operatorId,
    selectionId: (await select(city)).selectionId,
    scope: '全市',
    goals: '目标',
    startsOn: '2026-01-01',
    documentId: city.document,
    ...change,
  })

test('a document is registered once; another file under its number is refused (R1)', async () => {
  const city = await buildCity(database.db)
  const input = {
    title: '收费标准批复',
    number: '1号',
    issuer: '发改委',
    issuedOn: '2026-01-01',
    validFrom: '2026-01-01',
    validTo: null,
    fileName: 'a.pdf',
    fileDigest: `sm3:${'01'.repeat(32)}`,
  }
  const first = await registerPolicyDocument(city.dataBureau, input)
  expect(await registerPolicyDocument(city.maker, input)).toEqual({
    ...first,
    kind: 'already_registered',
  })
  const changed = { ...input, fileDigest: `sm3:${'02'.repeat(32)}` }
  await expect(registerPolicyDocument(city.dataBureau, changed)).rejects.toEqual(
    refused('CONFLICT'),
  )
  await expect(registerPolicyDocument(city.provider, input)).rejects.toEqual(refused('FORBIDDEN'))
  await expect(
    registerPolicyDocument(city.dataBureau, { ...input, validTo: '2025-01-01' }),
  ).rejects.toEqual(refused('VALIDATION_FAILED'))
})

test('an agreement runs three years less a day, longer only by a document of its own (R11)', async () => {
  const city = await buildCity(database.db)
  expect(lastDayOfTerm('2026-01-01')).toBe('2028-12-31')
  expect((await draft(city)).endsOn).toBe('2028-12-31')
  expect((await draft(city)).kind).toBe('already_drafted')
  const longer = { number: 'XY-2', endsOn: '2029-01-01' }
  await expect(draft(city, longer)).rejects.toEqual(refused('AGREEMENT_TERM'))
  const allowed = await draft(city, { ...longer, termOverrideDocumentId: city.document })
  expect(allowed.endsOn).toBe('2029-01-01')
})

test('an agreement that outlives the plan is flagged, not blocked (R2)', async () => {
  const city = await buildCity(database.db)
  const outliving = await draft(city, { startsOn: '2025-12-01' })
  expect(outliving.endsOn).toBe('2028-11-30')
  expect(outliving.warnings).toEqual([
    expect.objectContaining({ kind: 'outlives_basis', basisValidTo: '2028-09-23' }),
  ])
  const within = await draft(city, { number: 'XY-2', endsOn: '2028-09-23' })
  expect(within.warnings).toEqual([])
})

test('an operator begins only with a finished notice and a signed agreement (R10)', async () => {
  const city = await buildCity(database.db)
  const operator = { operatorId: city.operatorId }
  const activate = () => activateOperator(city.dataBureau, operator)
  await expect(activate()).rejects.toEqual(refused('OPERATOR_NOT_READY'))
  // Today is 2026-03-02; a notice that ends today is not over.
  const { selectionId } = await select(city, '2026-03-02')
  const { agreementId } = await draft(city, { selectionId })
  await expect(activate()).rejects.toEqual(refused('OPERATOR_NOT_READY'))
  expect((await signAgreement(city.dataBureau, { agreementId })).kind).toBe('signed')
  expect((await signAgreement(city.dataBureau, { agreementId })).kind).toBe('already_signed')
  await expect(activate()).rejects.toEqual(refused('OPERATOR_NOT_READY'))
  city.clock.advance(24 * 3_600_000)
  expect(await activate()).toEqual({ kind: 'activated' })
  expect(await activate()).toEqual({ kind: 'already_active' })
  const [page] = await listOperatorPages(city.db)
  expect(page).toMatchObject({ status: 'active', selection: { method: 'open_tender' } })
})

test('only the data bureau selects, agrees, activates and authorizes (R3)', async () => {
  const city = await buildCity(database.db)
  const agreementId = await activateCityOperator(city)
  const resourceId = await addResource(city)
  for (const ctx of [city.financeBureau, city.head, city.provider]) {
    const asked = { ...city, dataBureau: ctx }
    await expect(select(asked)).rejects.toEqual(refused('FORBIDDEN'))
    await expect(signAgreement(ctx, { agreementId })).rejects.toEqual(refused('FORBIDDEN'))
    await expect(activateOperator(ctx, { operatorId: city.operatorId })).rejects.toEqual(
      refused('FORBIDDEN'),
    )
    await expect(authorize(asked, { agreementId, resourceIds: [resourceId] })).rejects.toEqual(
      refused('FORBIDDEN'),
    )
  }
})

test('an individual authorization needs its field and why; none excludes another (R6, R8)', async () => {
  const city = await buildCity(database.db)
  const agreementId = await activateCityOperator(city)
  const resourceIds = [await addResource(city)]
  const individual = {
    operatorId: city.operatorId,
    agreementId,
    mode: 'individual' as const,
    reason: '试点',
    documentId: city.document,
    resourceIds,
    effectiveFrom: new Date('2026-03-01T00:00:00Z'),
    effectiveTo: new Date('2026-09-01T00:00:00Z'),
  }
  await expect(grantAuthorization(city.dataBureau, individual)).rejects.toEqual(
    refused('VALIDATION_FAILED'),
  )
  const reasoned = { ...individual, fieldOrScenario: '住房公积金', necessity: '必要、稳慎' }
  expect((await grantAuthorization(city.dataBureau, reasoned)).kind).toBe('granted')
  const { authorizationId } = await authorize(city, { agreementId, resourceIds })
  expect(await listAuthorizations(city.maker, {})).toHaveLength(2)
  const revoke = { authorizationId, reason: '调整' }
  expect((await revokeAuthorization(city.dataBureau, revoke)).kind).toBe('revoked')
  expect((await revokeAuthorization(city.dataBureau, revoke)).kind).toBe('already_revoked')
  await expect(
    grantAuthorization(city.dataBureau, {
      ...reasoned,
      effectiveTo: new Date('2029-03-01T00:00:00Z'),
    }),
  ).rejects.toEqual(refused('AGREEMENT_TERM'))
})

test('what may not be opened is not authorized (R17)', async () => {
  const city = await buildCity(database.db)
  const agreementId = await activateCityOperator(city)
  const resourceIds = [await addResource(city, city.provider, { opening: 'prohibited' })]
  await expect(authorize(city, { agreementId, resourceIds })).rejects.toEqual(
    refused('RESOURCE_PROHIBITED'),
  )
})

test('an operator is active to the end of its last day, not a second longer (R95)', async () => {
  const city = await buildCity(database.db)
  await activateCityOperator(city)
  const { operatorId } = city
  const at = (text: string) => requireActiveOperator(city.db, { operatorId, at: new Date(text) })
  await at('2029-02-28T15:59:59.999Z')
  await expect(at('2029-02-28T16:00:00Z')).rejects.toEqual(refused('OPERATOR_NOT_ACTIVE'))
  await expect(at('2026-02-28T15:59:59Z')).rejects.toEqual(refused('OPERATOR_NOT_ACTIVE'))
})
