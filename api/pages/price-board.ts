import { stringify } from 'csv-stringify/sync'
import { newRouter, type AppDeps } from '#api/deps.ts'
import { listPriceBoard, listPriceHistory, type PriceBoardEntry } from '#billing/index.ts'
import { refuseValue } from '#kernel/errors.ts'
import { addDays, dayOf, isDay, startOfDay } from '#kernel/period.ts'
import { PriceBoardPage } from '#web/public/price-board.tsx'
import { readMarket } from './market.ts'
import { frameFor, sendPage } from './render.ts'

/** The last moment of a past day: what was posted when it ended. Today is now. */
function momentOf(day: string | undefined, now: Date): Readonly<{ day: string | null; at: Date }> {
  if (day === undefined || day === '') return { day: null, at: now }
  if (!isDay(day)) return refuseValue('at', 'not_a_day')
  return day >= dayOf(now)
    ? { day: null, at: now }
    : { day, at: new Date(startOfDay(addDays(day, 1)).getTime() - 1) }
}

function readBoard(deps: AppDeps, at: Date): Promise<PriceBoardEntry[]> {
  return listPriceBoard({ db: deps.db, clock: deps.clock }, { at })
}

export const priceBoardRoutes = newRouter()
priceBoardRoutes.get('/price-board', async (c) => {
  const { deps } = c.var
  const now = deps.clock.now()
  const { day, at } = momentOf(c.req.query('at'), now)
  const [board, { isSample }] = await Promise.all([readBoard(deps, at), readMarket(deps)])
  const lines = await Promise.all(
    board.map(async (entry) => ({
      entry,
      history: await listPriceHistory(deps, { productId: entry.productId, code: entry.code }),
    })),
  )
  const frame = frameFor(c, { section: 'price_board', isSample })
  const view = { asOf: now, day, at, today: dayOf(now), lines }
  return sendPage(c, PriceBoardPage({ frame, view }))
})

/** The same rows as the page, one for each tier (R54). */
priceBoardRoutes.get('/price-board.csv', async (c) => {
  const { deps } = c.var
  const { day, at } = momentOf(c.req.query('at'), deps.clock.now())
  const rows = (await readBoard(deps, at)).flatMap(rowsOf)
  const csv = stringify([columns, ...rows], { bom: true, escape_formulas: true })
  return c.body(csv, 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="price-board-${day ?? dayOf(at)}.csv"`,
    'cache-control': 'no-cache',
  })
})

const columns = [
  '产品编码',
  '产品',
  '收费项目编码',
  '收费项目',
  '内容',
  '计费单位',
  '档位',
  '超过',
  '至',
  '标准类别',
  '收费标准（元）',
  '实际价格（元）',
  '低于标准（元）',
  '计费规则',
  '减免政策',
  '公示编号',
  '实际价格生效',
  '依据文件',
  '文号',
  '印发单位',
  '监督电话',
]

function rowsOf(entry: PriceBoardEntry): string[][] {
  return entry.tiers.map((tier) => [
    entry.productCode,
    entry.productName,
    entry.code,
    entry.name,
    entry.content,
    entry.unit,
    String(tier.position),
    tier.fromQuantity.toFixed(),
    tier.toQuantity?.toFixed() ?? '',
    entry.listKind === 'trial' ? '试行标准' : '上限标准',
    tier.capYuan.toFixed(),
    tier.postedYuan?.toFixed() ?? '',
    tier.headroomYuan?.toFixed() ?? '',
    entry.billableRule,
    entry.reductionPolicy,
    entry.posted?.number ?? '',
    entry.posted === null ? '' : dayOf(entry.posted.effective.from),
    entry.document.title,
    entry.document.number,
    entry.document.issuer,
    '12345 / 12315',
  ])
}
