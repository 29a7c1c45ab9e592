import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'
import {
  activateCityOperator,
  addBuyer,
  buildCity,
  type City,
  declarations,
  organizationOf,
} from '#tests/builders/governance.ts'
import { findOrganization } from '#governance/organization/organization.queries.ts'
import { applyForEntry } from './apply-for-entry.ts'
import { decideEntry } from './decide-entry.ts'
import { isWithinIncidentWindow } from './incident-window.ts'
import { listEntryApplications } from './list-entry-applications.ts'
import { offerDevelopmentAgreement } from './offer-development-agreement.ts'
import { signDevelopmentAgreement } from './sign-development-agreement.ts'

const database = useDatabase()
const refused = (code: string) => expect.objectContaining({ code })

async function withOperator(): Promise<City> {
  const city = await buildCity(database.db)
  await activateCityOperator(city)
  return city
}
const apply = (city: City, buyer: City['maker'], lastIncidentOn: string | null = null) =>
  applyForEntry(buyer, { operatorId: city.operatorId, declarations, lastIncidentOn })

// Application on 2026-03-02; three years before it is 2023-03-02.
test.each([
  [null, false],
  ['2023-03-03', true], // 2 years 364 days before
  ['2023-03-02', true], // exactly three years: in doubt the window is closed
  ['2023-03-01', false], // 3 years and a day before
])(
  'an incident on %s is within three years of 2026-03-02: %s (R34)',
  (lastIncidentOn, isWithin) => {
    expect(isWithinIncidentWindow({ lastIncidentOn, appliedOn: '2026-03-02' })).toBe(isWithin)
  },
)

test('an organization becomes a buyer by application, approval and signature (R35)', async () => {
  const city = await withOperator()
  const buyer = await addBuyer(city, '甲公司', { isActive: false })
  const applied = await apply(city, buyer)
  expect(applied.number).toBe('RZ-2026-000001')
  expect(await apply(city, buyer)).toEqual({ ...applied, kind: 'already_applied' })
  const { entryApplicationId } = applied
  const offer = { entryApplicationId, startsOn: '2026-03-01', endsOn: '2027-02-28' }
  await expect(offerDevelopmentAgreement(city.head, offer)).rejects.toEqual(
    refused('ENTRY_NOT_APPROVED'),
  )
  const decision = { entryApplicationId, verdict: 'approve' as const, reason: '符合' }
  expect(await decideEntry(city.checker, decision)).toEqual({ kind: 'approved' })
  expect(await decideEntry(city.checker, decision)).toEqual({ kind: 'already_decided' })
  const offered = await offerDevelopmentAgreement(city.head, offer)
  expect((await offerDevelopmentAgreement(city.head, offer)).kind).toBe('already_offered')
  const { developmentAgreementId } = offered
  const statusOf = async () => (await findOrganization(city.db, organizationOf(buyer)))?.status
  expect(await statusOf()).toBe('registered')
  expect(await signDevelopmentAgreement(buyer, { developmentAgreementId })).toEqual({
    kind: 'signed',
  })
  expect((await signDevelopmentAgreement(buyer, { developmentAgreementId })).kind).toBe(
    'already_signed',
  )
  expect(await statusOf()).toBe('active')
  const [view] = (await listEntryApplications(buyer, {})).items
  expect(view?.developmentAgreement).toMatchObject({ number: 'KF-2026-000001', status: 'in_force' })
})

test('a recent incident is approved by nobody, an old one is (R34)', async () => {
  const city = await withOperator()
  const recent = await addBuyer(city, '甲公司', { isActive: false })
  const old = await addBuyer(city, '乙公司', { isActive: false })
  const decide = async (buyer: City['maker'], day: string) => {
    const { entryApplicationId } = await apply(city, buyer, day)
    return decideEntry(city.head, { entryApplicationId, verdict: 'approve', reason: '符合' })
  }
  await expect(decide(recent, '2023-03-03')).rejects.toEqual(refused('RECENT_INCIDENT'))
  expect(await decide(old, '2023-03-01')).toEqual({ kind: 'approved' })
})

test('each of the six declarations needs its evidence', async () => {
  const city = await withOperator()
  const buyer = await addBuyer(city, '甲公司', { isActive: false })
  await expect(
    applyForEntry(buyer, {
      operatorId: city.operatorId,
      declarations: { ...declarations, security_ability: { evidence: ' ' } },
      lastIncidentOn: null,
    }),
  ).rejects.toMatchObject({
    detail: { fields: [{ field: 'declarations.security_ability', reason: 'required' }] },
  })
})

test('two applications at once are one', async () => {
  const city = await withOperator()
  const buyer = await addBuyer(city, '甲公司', { isActive: false })
  const results = await Promise.all([1, 2, 3].map(() => apply(city, buyer)))
  expect(new Set(results.map((each) => each.number))).toEqual(new Set(['RZ-2026-000001']))
})

test('the wrong role, and another buyer or operator, are refused', async () => {
  const city = await withOperator()
  const buyer = await addBuyer(city, '甲公司', { isActive: false })
  const { entryApplicationId } = await apply(city, buyer)
  const decision = { entryApplicationId, verdict: 'approve' as const, reason: '符合' }
  await expect(decideEntry(city.maker, decision)).rejects.toEqual(refused('FORBIDDEN'))
  await expect(decideEntry(buyer, decision)).rejects.toEqual(refused('FORBIDDEN'))
  const stranger = await city.joining('operator', '另一公司', 'operator_head')
  await expect(decideEntry(stranger, decision)).rejects.toEqual(refused('NOT_FOUND'))
  await expect(apply(city, city.maker)).rejects.toEqual(refused('FORBIDDEN'))
  await decideEntry(city.head, decision)
  const { developmentAgreementId } = await offerDevelopmentAgreement(city.head, {
    entryApplicationId,
    startsOn: '2026-03-01',
    endsOn: '2027-02-28',
  })
  const other = await addBuyer(city, '乙公司', { isActive: false })
  await expect(signDevelopmentAgreement(other, { developmentAgreementId })).rejects.toEqual(
    refused('NOT_FOUND'),
  )
  expect((await listEntryApplications(other, {})).items).toEqual([])
})
