import type { PriceBoardEntry } from '#billing/index.ts'
import type { ProductPage as Product } from '#governance/index.ts'
import { market } from '#web/shared/words/market.ts'
import { prices } from '#web/shared/words/prices.ts'
import { site } from '#web/shared/words/site.ts'
import type { Language } from '#web/shared/words/words.ts'
import { Crumbs, type Frame, Page } from './frame.tsx'
import { AsOf, Chinese, Day, Either, minuteText, Sample, Tag } from './parts.tsx'
import { PriceFromText } from './product-card.tsx'
import { CallSection } from './product-call.tsx'
import { EvidenceSection } from './product-evidence.tsx'
import {
  AboutSection,
  DictionarySection,
  SampleSection,
  SourceSection,
  UseSection,
} from './product-facts.tsx'
import { Calculator, type CalculatorView, PriceItem } from './product-prices.tsx'
import type { SandboxView } from './product-sandbox.tsx'

export type ProductPageView = Readonly<{
  asOf: Date
  product: Product
  prices: readonly PriceBoardEntry[]
  calculator: CalculatorView | null
  sandbox: SandboxView
  /** The platform's address, for lines that can be copied. */
  publicUrl: string
}>

type Props = Readonly<{ frame: Frame; view: ProductPageView }>

export function ProductPage({ frame, view }: Props) {
  const { language } = frame
  const { product } = view
  const w = market[language]
  const name = language === 'zh' ? product.name : product.nameEn
  return (
    <Page
      frame={frame}
      title={name}
      description={language === 'zh' ? product.summary : product.summaryEn}
    >
      <Head language={language} view={view} name={name} />
      <div class="wide product-body">
        <PageNav language={language} view={view} />
        <div class="product-main">
          <section aria-labelledby="price">
            <h2 id="price">{w.sections.price}</h2>
            {view.prices.length === 0 && <p class="card nothing">{w.noPrice}</p>}
            {view.prices.map((entry) => (
              <PriceItem language={language} entry={entry} />
            ))}
            <p class="quiet small">{prices[language].dutyText}</p>
          </section>
          {view.calculator && (
            <section aria-labelledby="calculator">
              <h2 id="calculator">{w.sections.calculator}</h2>
              <Calculator
                language={language}
                view={view.calculator}
                path={`/products/${product.code}`}
              />
            </section>
          )}
          <AboutSection language={language} product={product} />
          <DictionarySection language={language} product={product} />
          <SampleSection language={language} product={product} />
          <UseSection language={language} product={product} />
          <SourceSection language={language} product={product} />
          <CallSection
            language={language}
            product={product}
            publicUrl={view.publicUrl}
            sandbox={view.sandbox}
          />
          <EvidenceSection language={language} product={product} />
          <AsOf language={language} at={view.asOf} />
        </div>
      </div>
    </Page>
  )
}

type HeadProps = Readonly<{ language: Language; view: ProductPageView; name: string }>

function Head({ language, view, name }: HeadProps) {
  const { product } = view
  const w = market[language]
  const providers = [...new Set(product.resources.map((resource) => resource.providerName))]
  return (
    <div class="page-head product-head">
      <div class="wide product-head-row">
        <div>
          <Crumbs language={language} trail={[{ name: w.title, path: '/products' }, { name }]} />
          <h1>{name}</h1>
          <p class="lead">
            <Either language={language} zh={product.summary} en={product.summaryEn} />
          </p>
          <Badges language={language} product={product} />
          <dl class="head-facts">
            <div>
              <dt>{w.head.providers}</dt>
              <dd>
                <Chinese language={language}>{providers.join('、')}</Chinese>
              </dd>
            </div>
            <div>
              <dt>{w.head.operator}</dt>
              <dd>
                <Chinese language={language}>{product.operatorName}</Chinese>
              </dd>
            </div>
          </dl>
          {product.suspension && (
            <div class="notice warn" role="status">
              <strong>{w.suspendedSince(minuteText(product.suspension.since))}</strong>
              <p>
                {w.suspendedReason}
                <Chinese language={language}>{product.suspension.reason}</Chinese>
              </p>
              <p>{w.suspendedNotice}</p>
            </div>
          )}
        </div>
        <aside class="offer card" aria-label={w.head.priceFrom}>
          <p class="offer-title">{w.head.priceFrom}</p>
          <PriceFromText language={language} entries={view.prices} />
          <p class="offer-actions">
            <a class="button" href="/console/keys">
              {w.head.tryOut}
            </a>
            <a class="button quiet" href="/console/applications">
              {w.head.apply}
            </a>
          </p>
          <p class="quiet small">{w.head.applyHint}</p>
        </aside>
      </div>
    </div>
  )
}

/** Each badge opens what it rests on. */
function Badges({ language, product }: Readonly<{ language: Language; product: Product }>) {
  const w = market[language]
  const isRegistered = product.registrationState === 'registered'
  return (
    <ul class="badges">
      <li>
        <a href="#evidence" title={w.head.evidence}>
          <Tag tone="good">
            ✓ {w.head.reviewed} <Day at={product.review.reviewedAt} />
          </Tag>
        </a>
      </li>
      <li>
        <a href="#evidence" title={w.head.evidence}>
          <Tag tone="good">
            ✓ {w.head.filed} <span class="number">{product.filing.number}</span>
          </Tag>
        </a>
      </li>
      <li>
        <a href="#evidence" title={w.head.evidence}>
          <Tag tone={isRegistered ? 'good' : 'plain'}>
            {isRegistered
              ? `✓ ${w.head.registered} ${product.registrationNumber ?? ''}`
              : w.head.unregistered}
          </Tag>
        </a>
      </li>
      {product.purposeClasses.includes('public_interest') && (
        <li>
          <a href="#use">
            <Tag tone="good">{w.freeForPublic}</Tag>
          </a>
        </li>
      )}
      {product.containsPersonalInformation && (
        <li>
          <a href="#use">
            <Tag tone="warn">{w.personal}</Tag>
          </a>
        </li>
      )}
      {product.isSample && (
        <li>
          <Sample language={language} />
        </li>
      )}
    </ul>
  )
}

const sections = [
  'price',
  'calculator',
  'about',
  'dictionary',
  'sample',
  'use',
  'source',
  'call',
  'evidence',
] as const

function PageNav({ language, view }: Readonly<{ language: Language; view: ProductPageView }>) {
  const w = market[language]
  return (
    <nav class="page-nav" aria-label={site[language].onThisPage}>
      <ul>
        {sections
          .filter((section) => section !== 'calculator' || view.calculator !== null)
          .map((section) => (
            <li>
              <a href={`#${section}`}>{w.sections[section]}</a>
            </li>
          ))}
      </ul>
    </nav>
  )
}
