import { beforeAll, expect, test } from 'vitest'
import { find, readHtml } from '#tests/harness/html.ts'
import { brokenLaws, internalAddresses, type ServedPage } from '#tests/harness/page-laws.ts'
import { inLanguage, usePublicPages } from '#tests/harness/public-pages.ts'

const pages = usePublicPages()
const languages = ['zh', 'en'] as const

const fixedAddresses = [
  '/',
  '/products',
  '/products?q=没有这样的产品',
  '/products?q=停车&kind=dataset',
  '/products/housing-fund-credit?item=HF-CALL&quantity=6000000',
  '/products/housing-fund-credit?item=HF-CALL&quantity=很多',
  '/products/smart-parking?item=PK-MONTH&quantity=1.5',
  '/price-board',
  '/price-board?at=2026-03-20',
  '/price-board?at=2020-01-01',
  '/scenarios',
  '/catalogue',
  '/catalogue?version=1',
]

/** Every public page: the fixed ones, the list by each of its filters, and each product of the list. */
let seen: ServedPage[]
beforeAll(async () => {
  const { page } = await pages.see('/products')
  const ofTheList = internalAddresses(page).filter((to) => /^\/products[?/](?!.*lang=)/.test(to))
  const addresses = [...fixedAddresses, ...ofTheList]
  seen = []
  for (const language of languages)
    for (const address of addresses) seen.push(await pages.see(address, language))
})

test('there are as many pages as are expected', () => {
  const ofKind = (pattern: RegExp) => seen.filter(({ address }) => pattern.test(address)).length
  // In two languages each: six products; filters by 6 fields, 3 kinds, 6 forms and 2 prices.
  expect(ofKind(/^\/products\/[^?]+$/)).toBe(12)
  expect(ofKind(/^\/products\?(?!q=)/)).toBe(34)
})

test.for(languages)('every public page keeps every law (%s)', (language) => {
  const ofLanguage = seen.filter((each) => each.language === language)
  expect(ofLanguage.flatMap(brokenLaws)).toEqual([])
})

const idsOf = ({ elements }: ServedPage['page']) =>
  elements.flatMap(({ attributes }) => attributes.get('id') ?? [])

/** What of these links does not answer, or answers without the place that is meant. */
async function deadLinks(path: string, links: readonly string[]): Promise<string[]> {
  const answer = await pages.ask(path)
  if (answer.status >= 400) return [`${path}: ${answer.status}`]
  const places = links.flatMap((to) => to.split('#')[1] ?? [])
  if (places.length === 0) return []
  const ids = idsOf(readHtml(await answer.text()))
  return places.filter((id) => !ids.includes(id)).map((id) => `${path}#${id}`)
}

test('every link, file and form of a public page leads somewhere', async () => {
  const links = new Set(seen.flatMap(({ page }) => internalAddresses(page)))
  // These have been asked for already, and keep the laws.
  for (const { address, language } of seen) {
    links.delete(address)
    links.delete(inLanguage(address, language))
  }
  const byPath = Map.groupBy(links, (to) => to.replace(/#.*/, ''))
  expect(byPath.size).toBeGreaterThan(100)
  const dead: string[] = []
  for (const [path, of] of byPath) dead.push(...(await deadLinks(path, of)))
  expect(dead).toEqual([])
}, 60_000)

test('what the pages load asks no other host either', async () => {
  const files = new Set(
    seen.flatMap(({ page }) =>
      find(page, ['link']).flatMap(({ attributes }) => attributes.get('href') ?? []),
    ),
  )
  for (const file of files) {
    const answer = await pages.ask(file)
    const loaded = [...(await answer.text()).matchAll(/(?:url\(|@import )['"]?([^'")]+)/g)]
    expect(
      loaded.map(([, to]) => to).filter((to) => !to?.startsWith('/assets/')),
      file,
    ).toEqual([])
  }
})

test('a page in which everything is wrong breaks every law', () => {
  const html =
    '<!doctype html><html lang="de"><body><h1>One</h1><h1 id="two">Two</h1>' +
    '<a href="#nowhere" onclick="go()">here</a><img src="https://elsewhere.test/pixel"/>' +
    `<p lang="en" title="价格" id="two">收费</p><script></script></body></html>`
  const served = {
    address: '/',
    language: 'en',
    status: 500,
    bytes: 60_000,
    page: readHtml(html),
  } as const
  expect(brokenLaws(served).map((each) => each.replace('/ (en) – ', ''))).toEqual([
    'is found: status 500',
    'has one title: 2 h1',
    'says its language: lang de',
    'runs nothing: onclick',
    'runs nothing: script',
    'leads to ids it has, each once: two',
    'leads to ids it has, each once: nowhere',
    'says that it is a sample: the strip says undefined',
    'is small: 60000 bytes',
    'asks no other host: https://elsewhere.test/pixel',
    'marks its Chinese where it is English: 收费',
    'marks its Chinese where it is English: 价格',
  ])
  expect(() => readHtml('<p><b></p></b>')).toThrow('</p> closes <b>')
  expect(() => readHtml('<p>')).toThrow('<p> is not closed')
  expect(() => readHtml('<p class=a></p>')).toThrow('no HTML')
})
