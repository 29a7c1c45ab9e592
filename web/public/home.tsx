import type { OperatorPage, PolicyDocument } from '#governance/index.ts'
import { site } from '#web/shared/words/site.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { type Frame, Page } from './frame.tsx'
import { AsOf, Chinese, Digest, Either, Scroll } from './parts.tsx'
import { type PricedProduct, ProductCard } from './product-card.tsx'

export type HomeView = Readonly<{
  asOf: Date
  products: readonly PricedProduct[]
  fields: readonly Readonly<{ code: string; name: string; nameEn: string }>[]
  counts: Readonly<{
    products: number
    items: number
    scenarios: number
    resources: number
    providers: number
  }>
  operators: readonly OperatorPage[]
  documents: readonly PolicyDocument[]
}>

type Props = Readonly<{ frame: Frame; view: HomeView }>

export function HomePage({ frame, view }: Props) {
  const { language } = frame
  const s = site[language]
  return (
    <Page frame={frame} title={s.home}>
      <Hero language={language} view={view} />
      <Doors language={language} />
      <section class="wide section" aria-labelledby="listed">
        <div class="section-head">
          <h2 id="listed">{s.listed.title}</h2>
          <a class="more" href="/products">
            {s.listed.all}
          </a>
        </div>
        <div class="cards">
          {view.products.map((priced) => (
            <ProductCard language={language} priced={priced} level={3} />
          ))}
        </div>
      </section>
      <Chain language={language} />
      <section class="wide section" aria-labelledby="operator">
        <h2 id="operator">{s.operator.title}</h2>
        {view.operators.map((operator) => (
          <Operator language={language} operator={operator} />
        ))}
      </section>
      <Documents language={language} documents={view.documents} />
    </Page>
  )
}

type ViewProps = Readonly<{ language: Language; view: HomeView }>

function Hero({ language, view }: ViewProps) {
  const h = site[language].hero
  return (
    <div class="hero">
      <div class="wide hero-row">
        <div class="hero-main">
          <h1>{h.title}</h1>
          <p class="lead">{h.lead}</p>
          <form class="search" action="/products" method="get" role="search">
            <label for="home-search" class="unseen">
              {h.search}
            </label>
            <input id="home-search" type="search" name="q" placeholder={h.placeholder} />
            <button class="button" type="submit">
              {h.button}
            </button>
          </form>
          <nav class="browse" aria-label={h.browse}>
            <ul>
              {view.fields.map((field) => (
                <li>
                  <a href={`/products?field=${field.code}`}>
                    <Either language={language} zh={field.name} en={field.nameEn} />
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        </div>
        <Counters language={language} view={view} />
      </div>
    </div>
  )
}

/** Each figure leads to the rows it counts. */
function Counters({ language, view }: ViewProps) {
  const c = site[language].counters
  const rows = [
    ['products', '/products'],
    ['items', '/price-board'],
    ['scenarios', '/scenarios'],
    ['resources', '/catalogue'],
    ['providers', '/catalogue'],
  ] as const
  return (
    <section class="counters" aria-labelledby="counters">
      <h2 id="counters">{c.title}</h2>
      <ul>
        {rows.map(([name, path]) => (
          <li>
            <a href={path}>
              <span>{c[name]}</span> <strong class="number">{view.counts[name]}</strong>
            </a>
          </li>
        ))}
      </ul>
      <AsOf language={language} at={view.asOf} />
    </section>
  )
}

const doors = [
  ['use', '/products'],
  ['supply', '/catalogue'],
  ['watch', '/price-board'],
  ['build', '/docs'],
] as const

function Doors({ language }: Readonly<{ language: Language }>) {
  const d = site[language].doors
  return (
    <section class="wide section doors" aria-labelledby="doors">
      <h2 id="doors" class="unseen">
        {d.title}
      </h2>
      <ul>
        {doors.map(([name, path]) => (
          <li class="door">
            <h3>{d[name].title}</h3>
            <p>{d[name].text}</p>
            <a class="more" href={path}>
              {d[name].link}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

const links = ['cap', 'price', 'call', 'bill', 'statement'] as const

function Chain({ language }: Readonly<{ language: Language }>) {
  const c = site[language].chain
  return (
    <section class="chain" aria-labelledby="chain">
      <div class="wide">
        <h2 id="chain">{c.title}</h2>
        <p class="lead">{c.lead}</p>
        <ol>
          {links.map((name) => (
            <li>
              <h3>{c.steps[name].title}</h3>
              <p>{c.steps[name].text}</p>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

/** How the operator was chosen, its public notice and its agreement (R10). */
function Operator(props: Readonly<{ language: Language; operator: OperatorPage }>) {
  const { language, operator } = props
  const o = site[language].operator
  const { selection, agreement } = operator
  return (
    <dl class="facts card">
      <Fact name={o.name}>
        <Either language={language} zh={operator.name} en={operator.nameEn} />
      </Fact>
      {selection && (
        <>
          <Fact name={o.method}>
            {terms[language].selection[selection.method]}
            {selection.methodNote && (
              <>
                {' '}
                (<Chinese language={language}>{selection.methodNote}</Chinese>)
              </>
            )}
          </Fact>
          <Fact name={o.notice}>
            <span class="number">
              {selection.noticeFrom} {o.to} {selection.noticeTo}
            </span>
            {selection.noticeLink && (
              <>
                {' '}
                <a href={selection.noticeLink} rel="noreferrer">
                  {o.noticeLink}
                </a>
              </>
            )}
          </Fact>
          <Fact name={o.result} isWide>
            <Chinese language={language}>{selection.result}</Chinese>
          </Fact>
        </>
      )}
      {agreement && (
        <>
          <Fact name={o.agreement}>
            <Chinese language={language}>{agreement.number}</Chinese>
          </Fact>
          <Fact name={o.term}>
            <span class="number">
              {agreement.startsOn} {o.to} {agreement.endsOn}
            </span>
          </Fact>
          <Fact name={o.scope}>
            <Chinese language={language}>{agreement.scope}</Chinese>
          </Fact>
        </>
      )}
    </dl>
  )
}

function Fact(props: Readonly<{ name: string; isWide?: boolean; children?: unknown }>) {
  return (
    <div class={props.isWide ? 'fact whole' : 'fact'}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

type DocumentsProps = Readonly<{ language: Language; documents: readonly PolicyDocument[] }>

function Documents({ language, documents }: DocumentsProps) {
  const d = site[language].documents
  return (
    <section class="wide section" aria-labelledby="documents">
      <h2 id="documents">{d.title}</h2>
      <Scroll label={d.caption}>
        <table class="stacking">
          <caption class="unseen">{d.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{d.name}</th>
              <th scope="col">{d.number}</th>
              <th scope="col">{d.issuer}</th>
              <th scope="col">{d.issuedOn}</th>
              <th scope="col">{d.validTo}</th>
              <th scope="col">{d.digest}</th>
            </tr>
          </thead>
          <tbody>
            {documents.map((document) => (
              <tr>
                <th scope="row">
                  <Chinese language={language}>{document.title}</Chinese>
                </th>
                <td data-label={d.number}>
                  <Chinese language={language}>{document.number}</Chinese>
                </td>
                <td data-label={d.issuer}>
                  <Chinese language={language}>{document.issuer}</Chinese>
                </td>
                <td class="number" data-label={d.issuedOn}>
                  {document.issuedOn}
                </td>
                <td class="number" data-label={d.validTo}>
                  {document.validTo ?? d.open}
                </td>
                <td data-label={d.digest}>
                  <Digest value={document.fileDigest} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}
