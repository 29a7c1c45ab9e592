import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { publishCatalogueWithout } from '#tests/builders/public-city.ts'
import { find, type HtmlPage } from '#tests/harness/html.ts'
import { brokenLaws } from '#tests/harness/page-laws.ts'
import { usePublicPages } from '#tests/harness/public-pages.ts'

const pages = usePublicPages()

type Inside = Readonly<Record<string, string>>
const textsOf = (page: HtmlPage, name: string, inside?: Inside) =>
  find(page, [name], inside).map((each) => each.text)
const cellsOf = (page: HtmlPage, inside: Inside) =>
  find(page, ['th', 'td'], inside).map((each) => each.text)
const textOf = (page: HtmlPage) => page.texts.map((each) => each.text).join(' ')
const productsOf = (page: HtmlPage) =>
  find(page, ['a'], { class: 'product-card' }).map(({ attributes }) =>
    attributes.get('href')?.replace('/products/', ''),
  )

const six = [
  ['culture-tourism', '文旅数据集'],
  ['finance-risk-model', '金融业务风险分析预警模型'],
  ['health-insurance-underwriting', '健康商业保险核保理赔'],
  ['housing-fund-credit', '住房公积金信贷'],
  ['medical-channel-value', '医疗领域网络获客渠道综合价值分析数据集'],
  ['smart-parking', '智慧停车动静态数据集'],
] as const
const codes = six.map(([code]) => code)

test('each figure of the home page is the number of rows it leads to', async () => {
  const { page } = await pages.see('/')
  const figures = textsOf(page, 'strong', { class: 'counters' }).map(Number)
  const count = async (address: string, names: string[], inside?: Inside) =>
    find((await pages.see(address)).page, names, inside).length
  const resources = await count('/catalogue', ['tr'], { class: 'catalogue-table' })
  expect(figures).toEqual([
    await count('/products', ['h2'], { class: 'product-card' }),
    await count('/price-board', ['tbody'], { class: 'board-table' }),
    await count('/scenarios', ['h3'], { class: 'scenario' }),
    resources - 1, // without the head of the table
    12, // providers: all of the demo city
  ])
  expect(figures).toEqual([6, 8, 9, 15, 12])
  expect(productsOf(page)).toEqual(codes)
})

test.for([
  ['', codes],
  ['?field=transport', ['smart-parking']],
  ['?kind=model', ['finance-risk-model']],
  ['?kind=dataset', ['culture-tourism', 'medical-channel-value', 'smart-parking']],
  ['?form=graduated', ['housing-fund-credit']],
  ['?form=period', ['smart-parking']],
  ['?form=metered_not_charged', ['finance-risk-model']],
  ['?price=paid', codes],
  // Those with a scenario of the public interest.
  ['?price=free', ['health-insurance-underwriting', 'smart-parking']],
  ['?q=停车', ['smart-parking']],
  ['?q=PARKING&kind=dataset&form=per_call', ['smart-parking']],
  ['?kind=api&form=period', []],
  ['?q=100%25', []],
  ['?kind=unheard-of', codes],
] as const)('the list of products answers %s', async ([query, expected]) => {
  const { page } = await pages.see(`/products${query}`)
  expect(productsOf(page)).toEqual(expected)
  expect(textsOf(page, 'p', { class: 'found' })).toEqual([`共 ${expected.length} 项产品和服务`])
})

test('a search without a result says so and leads on', async () => {
  const { page } = await pages.see('/products?q=没有这样的产品&kind=api')
  expect(textsOf(page, 'p', { class: 'nothing' })[0]).toBe('没有符合筛选条件的产品')
  const on = find(page, ['a'], { class: 'nothing' }).map((each) => each.attributes.get('href'))
  expect(on).toEqual(['/products', '/scenarios'])
  expect(textsOf(page, 'a', { class: 'chosen' })).toEqual([
    '取消筛选： “没有这样的产品” ×',
    '取消筛选： API 服务 ×',
    '清除全部筛选',
  ])
})

test.for(six)('the page of %s shows what a buyer asks before any sign-in', async ([code, name]) => {
  const { page } = await pages.see(`/products/${code}`)
  expect(textsOf(page, 'h1')).toEqual([name])
  expect(textsOf(page, 'h2')).toEqual(
    expect.arrayContaining([
      '价格与计费规则',
      '数据字典',
      '样例数据',
      '数据来源',
      '合规依据与版本',
    ]),
  )
  expect(textsOf(page, 'code', { class: 'code' })[0]).toContain(
    `'http://platform.test/data/v1/${code}`,
  )
  // Where it comes from adds up.
  const weights = cellsOf(page, { 'aria-labelledby': 'source' }).filter((text) =>
    text.endsWith('%'),
  )
  expect(weights.map(Number.parseFloat).reduce((sum, each) => sum + each, 0)).toBe(100)
  const dictionary = textsOf(page, 'code', { 'aria-labelledby': 'dictionary' })
  expect((await csvAt(`/products/${code}/dictionary.csv`)).map(([field]) => field)).toEqual([
    'name',
    ...dictionary,
  ])
})

/** The rows of a CSV file, which must begin with a byte order mark: Excel shows garbage without. */
async function csvAt(address: string): Promise<string[][]> {
  const answer = await pages.ask(address)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/)
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf')
  return parse(bytes, { bom: true })
}

test('the dictionary is labelled in the language of the reader', async () => {
  const header = ['name', 'label', 'type', 'description', 'personal_information']
  const first = async (language: string) =>
    (await csvAt(`/products/smart-parking/dictionary.csv?lang=${language}`)).slice(0, 2)
  expect(await first('zh')).toEqual([
    header,
    ['lot_id', '停车场编号', 'string', '停车场编号', 'no'],
  ])
  expect(await first('en')).toEqual([header, ['lot_id', 'Car park', 'string', 'Car park', 'no']])
})

describe('the calculator', () => {
  const reckon = async (query: string, code = 'housing-fund-credit') => {
    const { page, status } = await pages.see(`/products/${code}?${query}`)
    const rows = textsOf(page, 'td', { 'aria-labelledby': 'calculator' })
    const total = rows.at(-1)
    const told = find(page, ['p'], { class: 'calculator' }).map((each) => each.text)
    return { status, rows: rows.slice(0, -1), total, told }
  }

  test('reckons tier by tier what the bill would say', async () => {
    const { rows, total, told } = await reckon('item=HF-CALL&quantity=6000000')
    // 100,000 × 0.040 + 4,900,000 × 0.035 + 1,000,000 × 0.030 = 4,000 + 171,500 + 30,000
    expect(rows).toEqual([
      ...['100,000', '0.04', '4,000.00'],
      ...['4,900,000', '0.035', '171,500.00'],
      ...['1,000,000', '0.03', '30,000.00'],
    ])
    expect(total).toBe('205,500.00')
    // At the ceiling: 100,000 × 0.050 + 4,900,000 × 0.045 + 1,000,000 × 0.040 = 5,000 + 220,500 + 40,000
    expect(told.at(-1)).toBe('同样用量按收费标准为 265,500.00 元')
  })

  test.for([
    ['housing-fund-credit', 'quantity=100000', '4,000.00'], // the whole first tier
    ['housing-fund-credit', 'quantity=100001', '4,000.04'], // and one call at 0.035, rounded half-up
    ['housing-fund-credit', 'quantity=6,000,000', '205,500.00'], // as people write it
    ['housing-fund-credit', 'quantity=0', '0.00'],
    ['housing-fund-credit', 'quantity=', '5,750.00'], // the example: 100,000 × 0.040 + 50,000 × 0.035
    ['smart-parking', 'item=PK-MONTH&quantity=12', '14,400.00'], // 12 × 1,200.00
    ['smart-parking', 'item=unheard-of&quantity=5', '0.10'], // the first item: 5 × 0.020
    ['health-insurance-underwriting', 'quantity=3', '1.65'], // 3 × 0.55, the lowered price
  ] as const)('for %s and %s it comes to %s', async ([code, query, total]) => {
    expect(await reckon(query, code)).toMatchObject({ status: 200, total })
  })

  const number = '请输入 0 到 999,999,999,999 之间的数量，最多六位小数。'
  const whole = '请输入 0 到 999,999,999,999 之间的整数。'
  test.for([
    ['housing-fund-credit', 'quantity=很多', number],
    ['housing-fund-credit', 'quantity=-1', number],
    ['housing-fund-credit', 'quantity=1e3', number],
    ['housing-fund-credit', 'quantity=1000000000000', number],
    ['housing-fund-credit', 'quantity=0.0000001', number],
    ['smart-parking', 'item=PK-MONTH&quantity=1.5', whole],
    ['smart-parking', 'item=PK-MONTH&quantity=x', whole],
  ] as const)('for %s and %s it reckons nothing and says why', async ([code, query, message]) => {
    const { status, rows, total, told } = await reckon(query, code)
    expect({ status, rows, total }).toEqual({ status: 200, rows: [], total: undefined })
    expect(told).toContain(message)
  })

  test('offers only what is charged for, so not the facility fee that is metered only', async () => {
    // Of the model's two items that leaves the call: the example is 10,000 × 0.80.
    const { page } = await pages.see('/products/finance-risk-model?item=FR-FACILITY')
    expect(find(page, ['option'])).toEqual([])
    expect(textsOf(page, 'td', { 'aria-labelledby': 'calculator' }).at(-1)).toBe('8,000.00')
  })
})

describe('the price board', () => {
  const pricesOf = (page: HtmlPage) => cellsOf(page, { id: 'HI-CALL' }).slice(2, 5)

  test('shows ceiling, price and what lies between, now and as it stood on an earlier day', async () => {
    const now = (await pages.see('/price-board')).page
    expect(pricesOf(now)).toEqual(['0.80 元/次', '0.55 元/次', '0.25 低 31.3%']) // 0.25 ÷ 0.80 = 31.25 %
    const lastDay = (await pages.see('/price-board?at=2026-03-31')).page
    expect(pricesOf(lastDay)).toEqual(['0.80 元/次', '0.60 元/次', '0.20 低 25%'])
    const firstDay = (await pages.see('/price-board?at=2026-04-01')).page
    expect(pricesOf(firstDay)).toEqual(pricesOf(now))
    expect(textsOf(now, 'a', { class: 'complaints' })).toEqual(['12345', '12315'])
  })

  test('has nothing for a day before the first price, and no day is a page that says so', async () => {
    const { page } = await pages.see('/price-board?at=2020-01-01')
    expect(textOf(page)).toContain('该日没有公示的收费项目')
    const wrong = await pages.see('/price-board?at=yesterday')
    expect(wrong.status).toBe(422)
    expect(textsOf(wrong.page, 'h1')).toHaveLength(1)
  })

  test('is a file too, with a row for each tier', async () => {
    const [header, ...rows] = await csvAt('/price-board.csv')
    expect(header?.slice(0, 4)).toEqual(['产品编码', '产品', '收费项目编码', '收费项目'])
    expect(header).toHaveLength(21)
    // Eight items, of which one has three tiers.
    expect(rows.map((row) => `${row[2]} ${row[6]}`)).toEqual([
      ...['CT-MB 1', 'FR-CALL 1', 'FR-FACILITY 1', 'HI-CALL 1'],
      ...['HF-CALL 1', 'HF-CALL 2', 'HF-CALL 3', 'MC-RECORD 1', 'PK-CALL 1', 'PK-MONTH 1'],
    ])
    const priceOf = (all: string[][]) => all.find((row) => row[2] === 'HI-CALL')?.slice(10, 13)
    expect(priceOf(rows)).toEqual(['0.8', '0.55', '0.25'])
    expect(priceOf(await csvAt('/price-board.csv?at=2026-03-31'))).toEqual(['0.8', '0.6', '0.2'])
  })
})

test('the scenarios stand under their purpose, which decides whether use is charged', async () => {
  const { page } = await pages.see('/scenarios')
  const of = (purpose: string) => textsOf(page, 'h3', { 'aria-labelledby': purpose })
  expect(of('industry')).toHaveLength(7)
  expect(of('public_interest')).toHaveLength(2)
})

test('the catalogue keeps both versions and names their difference', async () => {
  const added = '公共图书馆借阅统计 R421299-0015'
  const listed = async (address: string) => {
    const { page } = await pages.see(address)
    const names = textsOf(page, 'th', { class: 'catalogue-table' }).slice(6)
    return { page, names }
  }
  const now = await listed('/catalogue')
  const before = await listed('/catalogue?version=1')
  expect(now.names).toHaveLength(15)
  expect(before.names).toHaveLength(14)
  for (const { page } of [now, before]) {
    expect(textsOf(page, 'h3', { class: 'versions' })).toEqual(['第 2 版', '第 1 版'])
    expect(textsOf(page, 'li', { class: 'added' })).toEqual([added])
  }
  expect(textsOf(now.page, 'span', { class: 'head-line' })[0]).toBe('现行版本')
  expect(textsOf(before.page, 'span', { class: 'head-line' })[0]).toBe('历史版本')
})

test.for([
  ['/nowhere', 'zh', '没有找到这个页面'],
  ['/nowhere', 'en', 'There is no such page'],
  ['/products/unheard-of', 'zh', '没有找到这个页面'],
  ['/catalogue?version=9', 'en', 'There is no such page'],
  ['/scenarios/unheard-of', 'zh', '没有找到这个页面'],
] as const)('%s is nowhere (%s): a page with what to do and the request to name', async (facts) => {
  const [address, language, title] = facts
  const served = await pages.see(address, language)
  expect(served.status).toBe(404)
  expect(textsOf(served.page, 'h1')).toEqual([title])
  expect(textsOf(served.page, 'code')).toEqual([expect.stringMatching(/^request_\w{20}$/)])
  // It is not found, and holds nothing invented; every other law is its own as well.
  expect(brokenLaws(served).map((each) => each.replace(/.* – /, ''))).toEqual([
    'is found: status 404',
    'says that it is a sample: the strip says undefined',
  ])
})

describe('when a resource has left the catalogue', () => {
  test('its product is off the list, says that it is suspended, and links still lead to what was removed', async () => {
    await publishCatalogueWithout(pages.world, 'scenic_weather')
    expect(productsOf((await pages.see('/products')).page)).toEqual(codes.slice(1))
    const product = await pages.see('/products/culture-tourism')
    expect(textOf(product.page)).toContain('该产品暂停服务')
    const link = find(product.page, ['a'], { 'aria-labelledby': 'source' }).at(-1)
    expect(link?.attributes.get('href')).toBe('/catalogue#R421299-0014')
    const catalogue = await pages.see('/catalogue')
    const target = find(catalogue.page, ['li']).find(
      (each) => each.attributes.get('id') === 'R421299-0014',
    )
    expect(target?.text).toBe('景区气象服务信息 R421299-0014')
    expect([product, catalogue].flatMap(brokenLaws)).toEqual([])
  })
})
