import { createRoute, z } from '@hono/zod-openapi'
import { context, publicContext } from '#api/context.ts'
import {
  answer,
  anybody,
  body,
  idOf,
  instant,
  pageOf,
  pageQuery,
  pathId,
  refusals,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, wire } from '#api/wire.ts'
import {
  findCatalogueVersion,
  listCatalogueVersions,
  listResources,
  opineOnResource,
  proposeResource,
  publishCatalogue,
  setResourceOpening,
} from '#governance/index.ts'
import { DomainError } from '#kernel/errors.ts'
import {
  dataLevel,
  Done,
  nationalClass,
  opening,
  reason,
  resourceItem,
  sharing,
  sourceKind,
  updateFrequency,
} from './governance-words.ts'

const itemName = { code: z.string(), name: z.string() }
const Difference = z
  .object({
    added: z.array(z.object(itemName)),
    changed: z.array(z.object({ ...itemName, fields: z.array(z.string()) })),
    removed: z.array(z.object(itemName)),
  })
  .openapi('CatalogueDifference')

const Version = z
  .object({
    id: z.string(),
    version: z.int(),
    note: z.string(),
    difference: Difference,
    digest: z.string(),
    published_at: instant,
    item_count: z.int(),
  })
  .openapi('CatalogueVersion')

const described = {
  code: z.string(),
  name: z.string(),
  provider_name: z.string(),
  source_kind: sourceKind,
  field_code: z.string(),
  abstract: z.string(),
  format: z.string(),
  items: z.array(resourceItem),
  opening,
  update_frequency: updateFrequency,
  related_code: z.string().nullable(),
  contains_personal_information: z.boolean(),
  contains_sensitive_personal_information: z.boolean(),
}
const Catalogue = Version.extend({
  items: z.array(
    z.object({
      ...described,
      resource_id: z.string(),
      provider_code: z.string(),
      sharing: z.string(),
      national_class: nationalClass,
      level: dataLevel,
    }),
  ),
}).openapi('Catalogue')
const CatalogueVersions = z.object({ items: z.array(Version) }).openapi('CatalogueVersions')

const resourceStatus = z.enum(['proposed', 'opined', 'published', 'withdrawn'])
const Resource = z
  .object({
    ...described,
    id: z.string(),
    provider_id: z.string(),
    legal_basis: z.string().nullable(),
    sharing,
    national_class: nationalClass.nullable(),
    level: dataLevel.nullable(),
    registration_number: z.string().nullable(),
    status: resourceStatus,
    provider_opinion: z.string().nullable(),
    provider_opined_at: instant.nullable(),
    recorded_at: instant,
  })
  .openapi('Resource')

const versionsRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/catalogues',
  tags: ['Market'],
  summary: 'Every published version of the operating catalogue, the newest first',
  responses: { 200: answer(CatalogueVersions, 'The versions') },
})

const versionRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/catalogues/{version}',
  tags: ['Market'],
  summary: 'One version of the operating catalogue with all it lists',
  request: { params: z.object({ version: z.coerce.number().int().min(1).max(1_000_000) }) },
  responses: { 200: answer(Catalogue, 'The version'), ...refusals(404) },
})

const publishRoute = createRoute({
  method: 'post',
  path: '/v1/catalogues',
  tags: ['Catalogue'],
  summary: 'Publish the next version: the whole list of its resources',
  request: {
    body: body(
      z.object({
        resource_ids: z.array(idOf('resource')).min(1).max(5000),
        note: z.string().max(2000),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.enum(['published', 'unchanged']),
          catalogue_id: z.string(),
          version: z.int(),
        })
        .openapi('CataloguePublished'),
      'The version',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const listRoute = createRoute({
  method: 'get',
  path: '/v1/resources',
  tags: ['Catalogue'],
  summary: 'Data resources; a provider sees its own',
  request: { query: pageQuery.extend({ status: resourceStatus.optional() }) },
  responses: { 200: answer(pageOf(Resource), 'One page'), ...refusals(401, 403, 422) },
})

const proposeRoute = createRoute({
  method: 'post',
  path: '/v1/resources',
  tags: ['Catalogue'],
  summary: 'Propose a data resource for the catalogue',
  request: {
    body: body(
      z.object({
        code: z.string().min(1).max(64),
        name: z.string().min(1).max(200),
        provider_id: idOf('org'),
        source_kind: sourceKind,
        legal_basis: z.string().max(500).nullable().default(null),
        field_code: z.string().max(50),
        abstract: z.string().min(1).max(4000),
        format: z.string().min(1).max(100),
        items: z.array(resourceItem).min(1).max(500),
        sharing,
        opening,
        update_frequency: updateFrequency,
        related_code: z.string().max(64).nullable().default(null),
        contains_personal_information: z.boolean(),
        contains_sensitive_personal_information: z.boolean(),
        important_data_approval_document_id: idOf('policy').nullable().default(null),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), resource_id: z.string() }).openapi('ResourceProposed'),
      'The resource',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const opinionRoute = createRoute({
  method: 'post',
  path: '/v1/resources/{id}/opinion',
  tags: ['Catalogue'],
  summary: "The provider's opinion, with class and level",
  request: {
    params: pathId('resource'),
    body: body(z.object({ national_class: nationalClass, level: dataLevel, opinion: reason })),
  },
  responses: { 200: answer(Done, 'Kept'), ...refusals(401, 403, 404, 409, 422) },
})

const openingRoute = createRoute({
  method: 'post',
  path: '/v1/resources/{id}/opening',
  tags: ['Catalogue'],
  summary: 'Change the opening attribute; prohibited suspends what is made of it',
  request: { params: pathId('resource'), body: body(z.object({ opening, reason })) },
  responses: {
    200: answer(
      z
        .object({ kind: z.string(), suspended_product_ids: z.array(z.string()) })
        .openapi('OpeningChanged'),
      'Changed',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

export const governanceCatalogueRoutes = newRouter()
  .openapi(versionsRoute, async (c) => {
    const { db } = await publicContext(c)
    const items = await listCatalogueVersions(db)
    return c.json(wire({ items: items.map(({ publishedBy: _by, ...version }) => version) }), 200)
  })
  .openapi(versionRoute, async (c) => {
    const { db } = await publicContext(c)
    const version = await findCatalogueVersion(db, c.req.valid('param').version)
    if (version === undefined) throw new DomainError('NOT_FOUND')
    const { publishedBy: _by, ...shown } = version
    return c.json(wire(shown), 200)
  })
  .openapi(publishRoute, async (c) => {
    const result = await publishCatalogue(await context(c), domain(c.req.valid('json')))
    const { kind, catalogueId, version } = result
    return c.json(wire({ kind, catalogueId, version }), 201)
  })
  .openapi(listRoute, async (c) => {
    const page = await listResources(await context(c), domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(proposeRoute, async (c) => {
    const result = await proposeResource(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
  .openapi(opinionRoute, async (c) => {
    const input = { resourceId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await opineOnResource(await context(c), input)), 200)
  })
  .openapi(openingRoute, async (c) => {
    const input = { resourceId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await setResourceOpening(await context(c), input)), 200)
  })
