import { sampleMark } from '#demo/city/sample.ts'
import { calendarAt, officeTime, preparationStart } from '#demo/seed/calendar.ts'
import { createCityClock } from '#demo/seed/city-clock.ts'
import { foundCity, providerPerson } from '#demo/seed/found-city.ts'
import {
  approveScenarios,
  fileProducts,
  listProducts,
  lowerOnePrice,
  setPrices,
} from '#demo/seed/list-products.ts'
import { as, emptyWorld, of, type World } from '#demo/seed/world.ts'
import { simulatedServices } from '#demo/simulator/services.ts'
import { opineOnResource, proposeResource, publishCatalogue } from '#governance/index.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'

type Options = Readonly<{ db: Database; keyFolder: string; now: Date }>

/**
 * The market of the demo city as the public sees it, without buyers and calls: products, prices with
 * a history, scenarios, and a catalogue in two versions.
 */
export async function buildPublicCity({ db, keyFolder, now }: Options): Promise<World> {
  const calendar = calendarAt(now)
  const world = emptyWorld({
    db,
    keys: loadKeyRing(keyFolder),
    clock: createCityClock(officeTime({ day: preparationStart(calendar), time: '09:00' })),
    calendar,
  })
  await foundCity(world)
  await approveScenarios(world)
  await fileProducts(world)
  await setPrices(world)
  await listProducts(world, providersThatAreNeverAsked)
  await publishSecondCatalogue(world)
  await lowerOnePrice(world)
  return world
}

const providersThatAreNeverAsked = {
  origin: 'https://providers.example',
  databaseAddress: 'postgres://sample_reader@database.example.test/sample',
  credentials: new Map(simulatedServices.map((service) => [service, 'a secret of the tests'])),
}

/** Adds a resource that no product is made of, so the versions differ and every product stays listed. */
async function publishSecondCatalogue(world: World): Promise<void> {
  const provider = as(world, providerPerson(world, 'tourism'))
  const { resourceId } = await proposeResource(provider, {
    providerId: of(world.organizations, 'tourism'),
    code: 'R421299-0015',
    name: '公共图书馆借阅统计',
    sourceKind: 'public_institution',
    legalBasis: null,
    fieldCode: 'culture_tourism',
    abstract: `各馆每月到馆与借阅统计（${sampleMark}）`,
    format: '数据库',
    items: [{ name: '月份', type: '字符型' }],
    sharing: 'conditional',
    opening: 'conditional',
    updateFrequency: 'monthly',
    relatedCode: null,
    containsPersonalInformation: false,
    containsSensitivePersonalInformation: false,
  })
  await opineOnResource(provider, {
    resourceId,
    nationalClass: 'general',
    level: 'L1',
    opinion: `同意纳入运营目录（${sampleMark}）`,
  })
  await publishCatalogue(as(world, 'data_bureau'), {
    resourceIds: [...world.resources.values(), resourceId],
    note: `动态更新（${sampleMark}）`,
  })
}

/** Takes a resource out of the catalogue again, and with it off the market what is made of it. */
export async function publishCatalogueWithout(world: World, resource: string): Promise<void> {
  await publishCatalogue(as(world, 'data_bureau'), {
    resourceIds: [...world.resources].flatMap(([key, id]) => (key === resource ? [] : id)),
    note: `移除一项资源（${sampleMark}）`,
  })
}
