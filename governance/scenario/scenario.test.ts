import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'
import {
  addResource,
  approveScenario,
  buildOperatingCity,
  type OperatingCity,
} from '#tests/builders/governance.ts'
import { decideScenario } from './decide-scenario.ts'
import { draftScenario } from './draft-scenario.ts'
import { listPublicScenarios, listScenarios } from './list-scenarios.ts'
import { opineOnScenario } from './opine-on-scenario.ts'
import { submitScenario } from './submit-scenario.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })

/** A submitted scenario that two providers must agree to. */
async function submitted(city: OperatingCity) {
  const other = await addResource(city, city.otherProvider, { code: 'GS-001', name: '用水' })
  const input = {
    code: 'two',
    name: '联合授信',
    nameEn: 'Joint',
    description: '说明',
    purposeClass: 'industry' as const,
    purposeEvidence: '说明',
    resourceIds: [city.resourceId, other],
  }
  const { scenarioId } = await draftScenario(city.maker, input)
  expect(await draftScenario(city.maker, input)).toEqual({ kind: 'already_drafted', scenarioId })
  await submitScenario(city.maker, { scenarioId })
  return scenarioId
}

test('a scenario is approved when every provider concerned has agreed, not before (R25)', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await submitted(city)
  const approve = () =>
    decideScenario(city.dataBureau, { scenarioId, verdict: 'approve', reason: '符合' })
  const agree = { scenarioId, verdict: 'agree' as const, opinion: '同意' }
  await opineOnScenario(city.provider, agree)
  await expect(approve()).rejects.toMatchObject({
    code: 'PROVIDER_OPINION_MISSING',
    detail: { missing: ['水务公司'], rejected: [] },
  })
  await opineOnScenario(city.otherProvider, agree)
  expect(await opineOnScenario(city.otherProvider, agree)).toEqual({ kind: 'already_opined' })
  expect(await approve()).toEqual({ kind: 'approved' })
  expect(await approve()).toEqual({ kind: 'already_decided' })
  const [published] = (await listPublicScenarios(city.db, {})).items
  expect(published).toMatchObject({ code: 'two', purposeClass: 'industry' })
  expect(published?.opinions.map((each) => each.verdict)).toEqual(['agree', 'agree'])
})

test('where one provider rejects, the scenario can only be rejected, and is never public (R26)', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await submitted(city)
  await opineOnScenario(city.provider, { scenarioId, verdict: 'reject', opinion: '不宜' })
  await opineOnScenario(city.otherProvider, { scenarioId, verdict: 'agree', opinion: '同意' })
  await expect(
    opineOnScenario(city.provider, { scenarioId, verdict: 'agree', opinion: '改' }),
  ).rejects.toEqual(refused('CONFLICT'))
  await expect(
    decideScenario(city.dataBureau, { scenarioId, verdict: 'approve', reason: '符合' }),
  ).rejects.toMatchObject({ detail: { rejected: ['住房公积金中心'] } })
  expect(
    await decideScenario(city.dataBureau, { scenarioId, verdict: 'reject', reason: '不宜' }),
  ).toEqual({ kind: 'rejected' })
  expect((await listPublicScenarios(city.db, {})).items).toEqual([])
})

test('the database itself refuses an approval a provider has not given', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await submitted(city)
  const forced = city.db
    .updateTable('governance.scenario')
    .set({ status: 'approved', decided_by: 'x', decided_at: new Date(), decision_reason: 'x' })
    .where('id', '=', scenarioId)
    .execute()
  await expect(forced).rejects.toMatchObject({ constraint: 'scenario_approved_by_all_providers' })
})

test('only the data bureau decides, only providers concerned opine, only the operator submits', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await submitted(city)
  const decision = { scenarioId, verdict: 'approve' as const, reason: '符合' }
  for (const ctx of [city.head, city.provider, city.financeBureau])
    await expect(decideScenario(ctx, decision)).rejects.toEqual(refused('FORBIDDEN'))
  const opinion = { scenarioId, verdict: 'agree' as const, opinion: '同意' }
  await expect(opineOnScenario(city.maker, opinion)).rejects.toEqual(refused('FORBIDDEN'))
  const unconcerned = await city.joining('provider', '气象局', 'provider')
  await expect(opineOnScenario(unconcerned, opinion)).rejects.toEqual(refused('NOT_FOUND'))
  expect((await listScenarios(unconcerned, {})).items).toEqual([])
  expect((await listScenarios(city.provider, {})).items).toHaveLength(1)
  await expect(submitScenario(city.dataBureau, { scenarioId })).rejects.toEqual(
    refused('FORBIDDEN'),
  )
})

test('what is decided stays decided: another purpose is another scenario (R27)', async () => {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  await expect(
    decideScenario(city.dataBureau, { scenarioId, verdict: 'reject', reason: '改变' }),
  ).rejects.toEqual(refused('INVALID_TRANSITION'))
  const changed = city.db
    .updateTable('governance.scenario')
    .set({ purpose_class: 'public_interest' })
    .where('id', '=', scenarioId)
    .execute()
  await expect(changed).rejects.toThrow('permission denied')
})
