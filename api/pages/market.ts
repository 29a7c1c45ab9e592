import type { AppDeps } from '#api/deps.ts'
import { listPriceBoard, type PriceBoardEntry } from '#billing/index.ts'
import { listProducts, type ProductSummary } from '#governance/index.ts'
import type { PricedProduct } from '#web/public/product-card.tsx'

const productsMax = 200

/** What every page of the market starts from: what is listed, and what it costs. */
export type Market = Readonly<{
  products: readonly ProductSummary[]
  board: readonly PriceBoardEntry[]
  /** Something of it is invented, which every page has to say. */
  isSample: boolean
}>

export async function readMarket({ db, clock }: Pick<AppDeps, 'db' | 'clock'>): Promise<Market> {
  const [{ items: products }, board] = await Promise.all([
    listProducts(db, { limit: productsMax }),
    listPriceBoard({ db, clock }),
  ])
  const isSample = products.some((each) => each.isSample) || board.some((each) => each.isSample)
  return { products, board, isSample }
}

export function withPrices(
  products: readonly ProductSummary[],
  board: readonly PriceBoardEntry[],
): PricedProduct[] {
  const byProduct = Map.groupBy(board, (entry) => entry.productId)
  return products.map((product) => ({ product, prices: byProduct.get(product.id) ?? [] }))
}
