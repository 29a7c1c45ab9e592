import { documentsOf } from '#demo/city/documents.ts'
import { type CityOrganization, organizations } from '#demo/city/organizations.ts'
import { emailOf, people } from '#demo/city/people.ts'
import { resources } from '#demo/city/resources.ts'
import { sampleMark } from '#demo/city/sample.ts'
import {
  activateOperator,
  addPerson,
  draftAgreement,
  grantAuthorization,
  grantRole,
  opineOnResource,
  proposeResource,
  publishCatalogue,
  recordOperatorSelection,
  registerOrganization,
  registerPolicyDocument,
  signAgreement,
} from '#governance/index.ts'
import { addDays, startOfDay } from '#kernel/period.ts'
import { officeTime, preparationStart } from './calendar.ts'
import { as, asSetUp, of, type World } from './world.ts'

/** All that comes before the market: who is there, what stands written, what can be used and by whom. */
export async function foundCity(world: World): Promise<void> {
  await registerEverybody(world)
  await registerDocuments(world)
  await publishFirstCatalogue(world)
  await authorizeOperator(world)
}

/** Registers who is there: bureaus, providers, operator, buyers, and their people. */
export async function registerEverybody(world: World): Promise<void> {
  for (const each of organizations) await registerOne(world, each)
  for (const person of people) {
    const organization = organizations.find((each) => each.key === person.organization)
    if (organization === undefined) throw new Error(`${person.key} belongs nowhere`)
    const organizationId = of(world.organizations, person.organization)
    const { personId } = await addPerson(asSetUp(world), {
      name: person.name,
      email: emailOf(person.key),
    })
    for (const role of person.roles)
      await grantRole(asSetUp(world), { personId, organizationId, role })
    world.people.set(person.key, {
      kind: 'person',
      personId,
      organizationId,
      organizationKind: organization.kind,
      roles: person.roles,
      name: person.name,
    })
  }
}

async function registerOne(world: World, organization: CityOrganization): Promise<void> {
  const { organizationId } = await registerOrganization(asSetUp(world), {
    kind: organization.kind,
    name: organization.name,
    nameEn: organization.nameEn,
    creditCode: organization.creditCode,
    contactName: '示例联系人',
    contactPhone: '0000-0000000',
    address: `示例地址（${sampleMark}）`,
    isSample: true,
  })
  world.organizations.set(organization.key, organizationId)
}

/** The plan and the papers the city's rules stand on (R1). */
export async function registerDocuments(world: World): Promise<void> {
  const day = preparationStart(world.calendar)
  const authors = { tax: 'operator_maker', split: 'finance_bureau' } as const
  for (const [key, document] of Object.entries(documentsOf(day))) {
    const author = key in authors ? authors[key as keyof typeof authors] : 'data_bureau'
    const { documentId } = await registerPolicyDocument(as(world, author), document)
    world.documents.set(key as keyof ReturnType<typeof documentsOf>, documentId)
  }
}

/** Every resource is proposed and graded by its provider; then the data bureau publishes the catalogue (R14, R15). */
export async function publishFirstCatalogue(world: World): Promise<void> {
  for (const { key, provider, level, ...resource } of resources) {
    const person = providerPerson(world, provider)
    const { resourceId } = await proposeResource(as(world, person), {
      ...resource,
      providerId: of(world.organizations, provider),
    })
    world.resources.set(key, resourceId)
    await opineOnResource(as(world, person), {
      resourceId,
      nationalClass: 'general',
      level,
      opinion: `同意纳入运营目录（${sampleMark}）`,
    })
  }
  await publishCatalogue(as(world, 'data_bureau'), {
    resourceIds: [...world.resources.values()],
    note: `首版运营目录（${sampleMark}）`,
  })
}

/** Who acts for a provider. */
export function providerPerson(world: World, provider: string): string {
  const organizationId = of(world.organizations, provider)
  for (const [key, person] of world.people) if (person.organizationId === organizationId) return key
  throw new Error(`nobody acts for ${provider}`)
}

/** Selection with its public notice, agreement, and, on the agreement's first day, activation and authorization. */
export async function authorizeOperator(world: World): Promise<void> {
  const { opensOn } = world.calendar
  const operatorId = of(world.organizations, 'operator')
  const documentId = of(world.documents, 'operation')
  const { selectionId } = await recordOperatorSelection(as(world, 'data_bureau'), {
    operatorId,
    method: 'competitive_negotiation',
    result: `示例公共数据运营有限公司为授权运营机构（${sampleMark}）`,
    noticeFrom: addDays(opensOn, -30),
    noticeTo: addDays(opensOn, -24),
    noticeLink: 'https://city.example/notices/operator',
    documentId,
  })
  world.clock.moveTo(officeTime({ day: addDays(opensOn, -15), time: '10:00' }))
  const { agreementId, endsOn } = await draftAgreement(as(world, 'data_bureau'), {
    number: '示例授协〔1〕号',
    operatorId,
    selectionId,
    scope: `全市公共数据资源整体授权运营（${sampleMark}）`,
    goals: `首批六项数据产品和服务上线运营（${sampleMark}）`,
    startsOn: opensOn,
    documentId,
  })
  await signAgreement(as(world, 'data_bureau'), { agreementId })
  world.clock.moveTo(officeTime({ day: opensOn, time: '08:30' }))
  await activateOperator(as(world, 'data_bureau'), { operatorId })
  await grantAuthorization(as(world, 'data_bureau'), {
    operatorId,
    agreementId,
    mode: 'whole',
    reason: `整体授权（${sampleMark}）`,
    documentId,
    resourceIds: [...world.resources.values()],
    effectiveFrom: startOfDay(opensOn),
    effectiveTo: startOfDay(addDays(endsOn, 1)),
  })
}
