import { listPricesOfCalls, type PriceOfCall } from '#billing/index.ts'
import type { Database } from '#kernel/database.ts'
import { defaultDigest } from '#kernel/crypto/digest.ts'
import { leafOf, readBuyerEvents, restOf, type UsageEventRow } from '#metering/index.ts'
import { reasons } from '#web/shared/words/reasons.ts'
import { namesOf } from './names.queries.ts'

type Call = Readonly<{
  event: UsageEventRow
  leaf: ReturnType<typeof leafOf>
  rest: ReturnType<typeof restOf>
  price: PriceOfCall | undefined
  productName: string
}>

type Column = Readonly<{
  /** Stable: programs read it. */
  key: string
  title: string
  read: (call: Call) => string | boolean | null
}>

/**
 * The columns of a month's calls: what a person asks first, then every fact the seal's leaf is made of
 * (docs/verification.md), so that the leaf can be made from the row alone.
 */
const columns: readonly Column[] = [
  { key: 'event_id', title: '计量编号', read: ({ leaf }) => leaf.eventId },
  { key: 'time_shanghai', title: '北京时间', read: ({ event }) => shanghaiTime(event.occurred_at) },
  { key: 'product', title: '产品', read: ({ productName }) => productName },
  { key: 'billed', title: '是否计费', read: ({ leaf }) => leaf.billed },
  { key: 'charge', title: '计费说明', read: chargeOf },
  { key: 'unit_price_yuan', title: '单价（元）', read: unitPriceOf },
  { key: 'price_unit', title: '计价单位', read: ({ price }) => price?.unit ?? null },
  { key: 'price_number', title: '实际标准公示编号', read: ({ price }) => price?.number ?? null },
  { key: 'result_class', title: '结果', read: ({ leaf }) => leaf.resultClass },
  { key: 'reason', title: '原因代码', read: ({ leaf }) => leaf.reason },
  { key: 'attempts', title: '次数', read: ({ leaf }) => leaf.attempts },
  { key: 'records', title: '返回记录', read: ({ leaf }) => leaf.records },
  { key: 'bytes', title: '返回字节', read: ({ leaf }) => leaf.bytes },
  { key: 'price_version', title: '适用价格', read: ({ leaf }) => leaf.priceVersion },
  { key: 'mode', title: '环境', read: ({ leaf }) => leaf.mode },
  { key: 'occurred_at', title: '发生时间（UTC）', read: ({ leaf }) => leaf.occurredAt },
  { key: 'buyer_id', title: '主体编号', read: ({ leaf }) => leaf.buyerId },
  { key: 'key_id', title: '密钥编号', read: ({ leaf }) => leaf.keyId },
  { key: 'subscription_id', title: '订购编号', read: ({ leaf }) => leaf.subscriptionId },
  { key: 'product_id', title: '产品编号', read: ({ leaf }) => leaf.productId },
  { key: 'request_id', title: '请求编号', read: ({ rest }) => rest.requestId },
  { key: 'route', title: '接口', read: ({ rest }) => rest.route },
  { key: 'http_status', title: '状态码', read: ({ rest }) => rest.httpStatus },
  { key: 'duration_ms', title: '耗时（毫秒）', read: ({ rest }) => rest.durationMs },
  { key: 'product_version_id', title: '产品版本', read: ({ rest }) => rest.productVersionId },
  { key: 'scenario_id', title: '场景编号', read: ({ rest }) => rest.scenarioId },
  { key: 'purpose_class', title: '用途类别', read: ({ rest }) => rest.purposeClass },
  { key: 'repeats_event_id', title: '重复自', read: ({ rest }) => rest.repeatsEventId },
  { key: 'request_digest', title: '请求摘要', read: ({ rest }) => rest.requestDigest },
  { key: 'recorded_at', title: '入库时间（UTC）', read: ({ rest }) => rest.recordedAt },
  { key: 'shard', title: '分片', read: ({ rest }) => rest.shard },
  { key: 'batch', title: '批次', read: ({ rest }) => rest.batch },
  { key: 'boot_id', title: '网关进程', read: ({ rest }) => rest.bootId },
  { key: 'boot_sequence', title: '网关序号', read: ({ rest }) => rest.bootSequence },
]

const rowsPerChunk = 500

/** The calls of a buyer in a time, oldest first, charged or not, as CSV made while it is read. */
export async function* writeCallsCsv(
  db: Database,
  input: Readonly<{ buyerId: string; from: Date; to: Date }>,
): AsyncGenerator<string> {
  const lookUp = lookUps(db)
  // The mark tells spreadsheets that it is UTF-8.
  let chunk = `\uFEFF${columns.map(({ key, title }) => `${title}（${key}）`).join(',')}\r\n`
  let rows = 0
  for await (const event of readBuyerEvents(db, input)) {
    const call = {
      event,
      leaf: leafOf(event, defaultDigest),
      rest: restOf(event),
      price: await lookUp.price(event.price_reference),
      productName: await lookUp.productName(event.product_id),
    }
    chunk += `${columns.map(({ read }) => cell(read(call))).join(',')}\r\n`
    if (++rows % rowsPerChunk > 0) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}

function chargeOf({ leaf, price }: Call): string {
  if (!leaf.billed) {
    const said: Readonly<Record<string, string>> = reasons.zh
    return said[leaf.reason] ?? leaf.reason
  }
  return price?.unitPriceYuan ? '按单价计费' : '按月合并计价，见账单'
}

function unitPriceOf({ leaf, price }: Call): string | null {
  return leaf.billed ? (price?.unitPriceYuan ?? null) : null
}

/** There are few prices and products among many calls; each is asked for once. */
function lookUps(db: Database) {
  const prices = new Map<string, PriceOfCall | undefined>()
  const names = new Map<string, string>()
  return {
    price: async (id: string | null): Promise<PriceOfCall | undefined> => {
      if (id === null) return undefined
      if (!prices.has(id)) prices.set(id, (await listPricesOfCalls(db, [id])).get(id))
      return prices.get(id)
    },
    productName: async (id: string | null): Promise<string> => {
      if (id === null) return ''
      const known = names.get(id)
      if (known !== undefined) return known
      const name = (await namesOf(db, { by: 'product', ids: [id] })).get(id)?.name ?? id
      names.set(id, name)
      return name
    },
  }
}

/**
 * A cell that no spreadsheet takes for a formula: what begins like one, or with an apostrophe, gets one
 * more apostrophe before it, so that a reader takes exactly one away again.
 */
function cell(value: string | boolean | null): string {
  const text = value === null ? '' : String(value)
  const safe = /^[=+\-@\t\r']/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function shanghaiTime(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().replace('T', ' ').replace('Z', '')
}
