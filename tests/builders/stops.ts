import { type Id, newId } from '#kernel/ids.ts'
import type { TestDatabase } from '#tests/harness/index.ts'
import type { GatewayCity } from './gateway.ts'
import { insertOrganization } from './market.ts'

/** A published resource that the product of the gateway city is made of. */
export async function insertLineage(
  database: TestDatabase,
  city: GatewayCity,
): Promise<Id<'resource'>> {
  const { clock } = city
  const db = database.ownerDb
  const providerId = await insertOrganization(db, clock, { kind: 'provider', name: '公积金中心' })
  const id = newId('resource', clock)
  await db
    .insertInto('governance.resource')
    .values({
      id,
      code: 'GJJ-001',
      name: '住房公积金缴存信息',
      provider_id: providerId,
      source_kind: 'public_institution',
      field_code: 'housing_fund',
      abstract: '示例',
      format: '数据库',
      items: '[]',
      sharing: 'conditional',
      opening: 'conditional',
      update_frequency: 'daily',
      national_class: 'general',
      level: 'L2',
      contains_personal_information: false,
      contains_sensitive_personal_information: false,
      status: 'published',
      provider_opinion: '同意',
      provider_opined_by: 'test',
      provider_opined_at: clock.now(),
      recorded_by: 'test',
      recorded_at: clock.now(),
    })
    .execute()
  await db
    .insertInto('governance.product_version_resource')
    .values({ product_version_id: city.productVersionId, resource_id: id, weight: '1' })
    .execute()
  return id
}
