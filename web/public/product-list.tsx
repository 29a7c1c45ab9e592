import type { ChargingForm, PriceBoardEntry } from '#billing/index.ts'
import type { ProductSummary } from '#governance/index.ts'
import { market } from '#web/shared/words/market.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { type Frame, Page, PageHead } from './frame.tsx'
import { AsOf, langOf } from './parts.tsx'
import { type PricedProduct, ProductCard } from './product-card.tsx'

/** What the reader asked for, all of it in the address. */
export type ProductQuery = Readonly<{
  q?: string | undefined
  field?: string | undefined
  kind?: ProductSummary['kind'] | undefined
  form?: ChargingForm['kind'] | undefined
  price?: 'free' | 'paid' | undefined
}>

export type ProductListView = Readonly<{
  asOf: Date
  query: ProductQuery
  products: readonly PricedProduct[]
  nextCursor: string | null
  isFirstPage: boolean
  fields: readonly Readonly<{ code: string; name: string; nameEn: string }>[]
  kinds: readonly ProductSummary['kind'][]
  forms: readonly PriceBoardEntry['cap']['kind'][]
}>

type Choice = Readonly<{ value: string; name: string }>
type Facet = Readonly<{ key: keyof ProductQuery; name: string; choices: readonly Choice[] }>

export function ProductListPage({
  frame,
  view,
}: Readonly<{ frame: Frame; view: ProductListView }>) {
  const { language } = frame
  const w = market[language]
  const facets = facetsOf(view, language)
  return (
    <Page frame={frame} title={w.title} description={w.lead}>
      <PageHead language={language} trail={[{ name: w.title }]} title={w.title} lead={w.lead}>
        <form class="search" action="/products" method="get" role="search">
          {facets.map(({ key }) => {
            const value = view.query[key]
            return value === undefined ? null : <input type="hidden" name={key} value={value} />
          })}
          <label for="search" class="unseen">
            {w.search}
          </label>
          <input
            id="search"
            type="search"
            name="q"
            value={view.query.q}
            lang={langOf(view.query.q ?? '', language)}
            placeholder={w.search}
          />
          <button class="button" type="submit">
            {w.find}
          </button>
        </form>
      </PageHead>
      <div class="wide section">
        <Facets facets={facets} query={view.query} language={language} />
        <Found language={language} view={view} facets={facets} />
        {view.products.length === 0 ? (
          <Nothing language={language} />
        ) : (
          <div class="cards">
            {view.products.map((priced) => (
              <ProductCard language={language} priced={priced} level={2} />
            ))}
          </div>
        )}
        <Pager language={language} view={view} />
        <AsOf language={language} at={view.asOf} />
      </div>
    </Page>
  )
}

function facetsOf(view: ProductListView, language: Language): Facet[] {
  const w = market[language]
  const t = terms[language]
  return [
    {
      key: 'field',
      name: w.facets.field,
      choices: view.fields.map((field) => ({
        value: field.code,
        name: language === 'zh' ? field.name : field.nameEn,
      })),
    },
    {
      key: 'kind',
      name: w.facets.kind,
      choices: view.kinds.map((kind) => ({ value: kind, name: t.productKind[kind] })),
    },
    {
      key: 'form',
      name: w.facets.form,
      choices: view.forms.map((form) => ({ value: form, name: t.form[form] })),
    },
    {
      key: 'price',
      name: w.facets.price,
      choices: [
        { value: 'paid', name: w.paid },
        { value: 'free', name: w.free },
      ],
    },
  ]
}

const inAddress = ['q', 'field', 'kind', 'form', 'price', 'cursor'] as const

/**
 * The address of the list with one thing asked differently; the page begins anew. Always in the same order, so
 * that the same list has one address.
 */
function addressOf(query: ProductQuery, change: ProductQuery & Readonly<{ cursor?: string }> = {}) {
  const asked: ProductQuery & Readonly<{ cursor?: string }> = { ...query, ...change }
  const entries = inAddress.flatMap((key) => {
    const value = asked[key]
    return value === undefined || value === '' ? [] : [[key, value]]
  })
  return entries.length === 0 ? '/products' : `/products?${new URLSearchParams(entries).toString()}`
}

type FacetsProps = Readonly<{
  facets: readonly Facet[]
  query: ProductQuery
  language: Language
}>

function Facets({ facets, query, language }: FacetsProps) {
  const w = market[language]
  return (
    <nav class="facets card" aria-label={w.filters}>
      {facets.map(({ key, name, choices }) => (
        <div class="facet">
          <h2 id={`facet-${key}`}>{name}</h2>
          <ul aria-labelledby={`facet-${key}`}>
            <li>
              <a
                href={addressOf(query, { [key]: undefined })}
                aria-current={query[key] === undefined ? 'true' : undefined}
              >
                {w.all}
              </a>
            </li>
            {choices.map((choice) => (
              <li>
                <a
                  href={addressOf(query, { [key]: choice.value })}
                  aria-current={query[key] === choice.value ? 'true' : undefined}
                >
                  {choice.name}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

type FoundProps = Readonly<{
  language: Language
  view: ProductListView
  facets: readonly Facet[]
}>

/** How many there are and by which filters, each of which can be taken away. */
function Found({ language, view, facets }: FoundProps) {
  const w = market[language]
  const { query } = view
  const isWhole = view.isFirstPage && view.nextCursor === null
  const count = String(view.products.length)
  const chosen = facets.flatMap(({ key, choices }) => {
    const choice = choices.find((each) => each.value === query[key])
    return choice ? [{ key, name: choice.name }] : []
  })
  const filters = [
    ...(query.q ? [{ key: 'q' as const, name: w.searchedFor(query.q) }] : []),
    ...chosen,
  ]
  return (
    <div class="found">
      <p role="status">{isWhole ? w.found(count) : w.foundMore(count)}</p>
      {filters.length > 0 && (
        <ul class="chosen" aria-label={w.filters}>
          {filters.map(({ key, name }) => (
            <li>
              <a href={addressOf(query, { [key]: undefined })}>
                <span class="unseen">{w.remove}</span>{' '}
                <span lang={langOf(name, language)}>{name}</span> <span aria-hidden="true">×</span>
              </a>
            </li>
          ))}
          <li>
            <a class="clear" href="/products">
              {w.clear}
            </a>
          </li>
        </ul>
      )}
    </div>
  )
}

function Nothing({ language }: Readonly<{ language: Language }>) {
  const w = market[language]
  return (
    <div class="card nothing">
      <p>
        <strong>{w.nothing}</strong>
      </p>
      <p>{w.nothingHint}</p>
      <p>
        <a class="button" href="/products">
          {w.clear}
        </a>{' '}
        <a class="more" href="/scenarios">
          {w.use.scenarios}
        </a>
      </p>
    </div>
  )
}

function Pager({ language, view }: Readonly<{ language: Language; view: ProductListView }>) {
  const w = market[language]
  if (view.isFirstPage && view.nextCursor === null) return null
  return (
    <nav class="pager" aria-label={w.next}>
      {!view.isFirstPage && <a href={addressOf(view.query)}>{w.first}</a>}
      {view.nextCursor !== null && (
        <a class="button" href={addressOf(view.query, { cursor: view.nextCursor })} rel="next">
          {w.next}
        </a>
      )}
    </nav>
  )
}
