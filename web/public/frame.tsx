import type { Child } from 'hono/jsx'
import { common } from '#web/shared/words/common.ts'
import { site } from '#web/shared/words/site.ts'
import { type Language, languageTag } from '#web/shared/words/words.ts'

export type Section = 'home' | 'products' | 'price_board' | 'scenarios' | 'catalogue'

/** What every page needs around its content. Addresses of files are given, so that a view knows no server. */
export type Frame = Readonly<{
  language: Language
  /** Path and query of this page in the other language. */
  otherLanguage: string
  section: Section | null
  /** Something on the page is invented, which has to be said. */
  isSample: boolean
  /** An address that answers the same for ever is given for the style and the font. */
  files: Readonly<{ style: string; icon: string; font: string }>
}>

type PageProps = Readonly<{
  frame: Frame
  title: string
  description?: string
  children?: Child
}>

export function Page({ frame, title, description, children }: PageProps) {
  const { language, files } = frame
  const w = common[language]
  const s = site[language]
  const fullTitle = frame.section === 'home' ? `${w.platform}` : `${title} – ${w.platform}`
  return (
    <html lang={languageTag(language)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{fullTitle}</title>
        <meta name="description" content={description ?? s.describe} />
        <meta name="theme-color" content="#0b4fb3" />
        <link rel="icon" href={files.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={files.style} />
        <link rel="stylesheet" href={files.font} />
      </head>
      <body>
        <a class="skip" href="#main">
          {w.skip}
        </a>
        {frame.isSample && (
          <p class="sample-strip" role="note">
            {s.sampleNotice}
          </p>
        )}
        <Header frame={frame} />
        <main id="main" tabindex={-1}>
          {children}
        </main>
        <Footer frame={frame} />
      </body>
    </html>
  )
}

const places = [
  ['products', '/products'],
  ['priceBoard', '/price-board'],
  ['scenarios', '/scenarios'],
  ['catalogue', '/catalogue'],
] as const

function Header({ frame }: Readonly<{ frame: Frame }>) {
  const { language, section } = frame
  const s = site[language]
  const here = section === 'price_board' ? 'priceBoard' : section
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <header class="top">
      <div class="wide top-row">
        <a class="brand" href="/">
          <img src={frame.files.icon} alt="" width="36" height="36" />
          <span>{common[language].platform}</span>
        </a>
        <nav class="main-nav" aria-label={s.mainNavigation}>
          <ul>
            {places.map(([name, path]) => (
              <li>
                <a href={path} aria-current={here === name ? 'page' : undefined}>
                  {s[name]}
                </a>
              </li>
            ))}
            <li>
              <a href="/docs">{s.developers}</a>
            </li>
          </ul>
        </nav>
        <div class="top-end">
          <a
            class="language"
            href={frame.otherLanguage}
            hreflang={languageTag(other)}
            lang={languageTag(other)}
          >
            {common[language].language}
          </a>
          <a class="button quiet" href="/console/">
            {s.signIn}
          </a>
        </div>
      </div>
    </header>
  )
}

function Footer({ frame }: Readonly<{ frame: Frame }>) {
  const { language } = frame
  const s = site[language]
  const f = s.footer
  return (
    <footer class="bottom">
      <div class="wide bottom-row">
        <section aria-labelledby="foot-about">
          <h2 id="foot-about">{f.about}</h2>
          <ul>
            <li>
              <a href="tel:12345">{f.hotline}</a>
            </li>
            <li>
              <a href="tel:12315">{f.price}</a>
            </li>
            <li>
              <a href="/#operator">{s.operator.title}</a>
            </li>
          </ul>
        </section>
        <FooterNavigation
          title={f.open}
          links={[
            ...places.map(([name, path]) => ({ name: s[name], path })),
            { name: f.seals, path: '/seals' },
            { name: s.documents.title, path: '/#documents' },
          ]}
        />
        <FooterNavigation
          title={f.use}
          links={[
            { name: f.console, path: '/console/' },
            { name: f.docs, path: '/docs' },
            { name: f.openapi, path: '/openapi.json' },
            { name: f.keys, path: '/v1/public-keys' },
          ]}
        />
      </div>
      <div class="wide bottom-note">
        <p>
          <strong>{common[language].platform}</strong>
          {frame.isSample && <span class="sample">{common[language].sample}</span>}
        </p>
        <p>{f.note}</p>
      </div>
    </footer>
  )
}

type FooterNavigationProps = Readonly<{
  title: string
  links: readonly Readonly<{ name: string; path: string }>[]
}>

function FooterNavigation({ title, links }: FooterNavigationProps) {
  return (
    <nav aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {links.map(({ name, path }) => (
          <li>
            <a href={path}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

type Crumb = Readonly<{ name: string; path?: string }>

/** Where this page stands, above its title. */
export function Crumbs(props: Readonly<{ language: Language; trail: readonly Crumb[] }>) {
  const s = site[props.language]
  return (
    <nav class="crumbs" aria-label={s.breadcrumb}>
      <ol>
        <li>
          <a href="/">{s.home}</a>
        </li>
        {props.trail.map((crumb) => (
          <li>
            {crumb.path === undefined ? (
              <span aria-current="page">{crumb.name}</span>
            ) : (
              <a href={crumb.path}>{crumb.name}</a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

type PageHeadProps = Readonly<{
  language: Language
  trail: readonly Crumb[]
  title: string
  lead?: Child
  children?: Child
}>

/** The band at the top of every page but the home page. */
export function PageHead({ language, trail, title, lead, children }: PageHeadProps) {
  return (
    <div class="page-head">
      <div class="wide">
        <Crumbs language={language} trail={trail} />
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
        {children}
      </div>
    </div>
  )
}
