import type { PriceBoardEntry } from '#billing/index.ts'
import type { ProductSummary } from '#governance/index.ts'
import { market } from '#web/shared/words/market.ts'
import { prices } from '#web/shared/words/prices.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { Day, Either, Sample, Tag } from './parts.tsx'
import { priceFrom, unitPriceText } from './price-text.ts'

/** A product with the lines of the price board that are its own. */
export type PricedProduct = Readonly<{
  product: ProductSummary
  prices: readonly PriceBoardEntry[]
}>

type CardProps = Readonly<{ language: Language; priced: PricedProduct; level: 2 | 3 }>

export function ProductCard({ language, priced, level }: CardProps) {
  const { product } = priced
  const w = market[language]
  const name = <Either language={language} zh={product.name} en={product.nameEn} />
  const link = <a href={`/products/${product.code}`}>{name}</a>
  return (
    <article class="card product-card">
      <p class="card-field">
        <Either language={language} zh={product.fieldName} en={product.fieldNameEn} />
        <span>{terms[language].productKind[product.kind]}</span>
      </p>
      {level === 2 ? <h2>{link}</h2> : <h3>{link}</h3>}
      <p class="card-text">
        <Either language={language} zh={product.summary} en={product.summaryEn} />
      </p>
      <p class="card-tags">
        <Tag tone="info">{w.sandbox}</Tag>
        {product.purposeClasses.includes('public_interest') && (
          <Tag tone="good">{w.freeForPublic}</Tag>
        )}
        {product.containsPersonalInformation && <Tag tone="warn">{w.personal}</Tag>}
        {product.isSample && <Sample language={language} />}
      </p>
      <div class="card-foot">
        <PriceFromText language={language} entries={priced.prices} />
        <p class="card-filing">
          {w.filing} <span class="number">{product.filingNumber}</span>
          <br />
          {w.listedOn} <Day at={product.listedAt} />
        </p>
      </div>
    </article>
  )
}

type PriceFromProps = Readonly<{ language: Language; entries: readonly PriceBoardEntry[] }>

/** The lowest posted price with the ceiling beside it; never merely “on request”. */
export function PriceFromText({ language, entries }: PriceFromProps) {
  const w = market[language]
  const from = priceFrom(entries)
  if (from === null)
    return <p class="price-from none">{entries.length > 0 ? w.notCharged : w.noPrice}</p>
  const isTrial = entries.some((entry) => entry.listKind === 'trial')
  const ceiling = isTrial ? prices[language].trial : prices[language].cap
  const unit = terms[language].unit[from.unit]
  const amount = <strong class="number">{unitPriceText(from.yuan)}</strong>
  return (
    <p class="price-from">
      {language === 'zh' ? (
        <span>
          {amount} 元/{unit}
          {from.isLowestOfSeveral && ` ${w.from}`}
        </span>
      ) : (
        <span>
          {from.isLowestOfSeveral && `${w.from} `}CNY {amount} / {unit}
        </span>
      )}
      <small>
        {ceiling} <span class="number">{unitPriceText(from.capYuan)}</span>
      </small>
    </p>
  )
}
