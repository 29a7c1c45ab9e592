import type { ProductPage as Product } from '#governance/index.ts'
import { market } from '#web/shared/words/market.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { langOf, Scroll } from './parts.tsx'
import { SandboxPart, type SandboxView } from './product-sandbox.tsx'

type Props = Readonly<{
  language: Language
  product: Product
  publicUrl: string
  sandbox: SandboxView
}>

/** Address, parameters and a line that can be copied into a terminal. */
export function CallSection({ language, product, publicUrl, sandbox }: Props) {
  const w = market[language]
  const c = w.call
  const { delivery } = product.content
  const curl = curlOf(product, publicUrl)
  const size = `${Math.round(delivery.responseBytesMax / 1024)} KiB`
  return (
    <section aria-labelledby="call">
      <div class="section-head">
        <h2 id="call">{w.sections.call}</h2>
        <a class="more" href="/docs">
          {c.docs}
        </a>
      </div>
      <dl class="facts card">
        <div class="fact whole">
          <dt>{c.address}</dt>
          <dd>
            <code class="address">
              {delivery.method} {addressOf(product, publicUrl)}
            </code>
          </dd>
        </div>
        <div class="fact">
          <dt>{c.limits}</dt>
          <dd>{c.limitsText(String(delivery.timeoutMs / 1000), size)}</dd>
        </div>
      </dl>
      <Parameters language={language} product={product} />
      <h3>{c.curl}</h3>
      <p class="quiet">{c.curlHint}</p>
      <pre class="code" tabindex={0} aria-label={c.curl}>
        <code lang={langOf(curl, language)}>{curl}</code>
      </pre>
      <p class="quiet small">{c.headers}</p>
      <SandboxPart language={language} view={sandbox} />
    </section>
  )
}

function Parameters({ language, product }: Pick<Props, 'language' | 'product'>) {
  const c = market[language].call
  const t = terms[language]
  const { parameters } = product.content.delivery
  if (parameters.length === 0) return <p class="quiet">{c.none}</p>
  return (
    <Scroll label={c.parameters}>
      <table class="stacking">
        <caption>{c.parameters}</caption>
        <thead>
          <tr>
            <th scope="col">{c.name}</th>
            <th scope="col">{market[language].dictionary.meaning}</th>
            <th scope="col">{c.place}</th>
            <th scope="col">{market[language].dictionary.type}</th>
            <th scope="col">{c.required}</th>
            <th scope="col">{c.format}</th>
            <th scope="col">{c.example}</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map((parameter) => (
            <tr>
              <th scope="row">
                <code>{parameter.name}</code>
              </th>
              <td data-label={market[language].dictionary.meaning}>
                {parameter.description[language]}
              </td>
              <td data-label={c.place}>{t.place[parameter.in]}</td>
              <td data-label={market[language].dictionary.type}>{t.type[parameter.type]}</td>
              <td data-label={c.required}>{parameter.isRequired ? t.yes : t.no}</td>
              <td data-label={c.format}>
                {parameter.pattern === undefined ? '—' : <code>{parameter.pattern}</code>}
              </td>
              <td data-label={c.example} lang={langOf(parameter.example, language)}>
                {parameter.example}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function addressOf(product: Product, publicUrl: string): string {
  return `${publicUrl}/data/v1/${product.code}${product.content.delivery.path}`
}

/** One command, quoted for a shell. */
export function curlOf(product: Product, publicUrl: string): string {
  const { method, path, parameters } = product.content.delivery
  const of = (place: 'path' | 'query' | 'body') =>
    parameters.filter((parameter) => parameter.in === place)
  const filled = of('path').reduce(
    (text, { name, example }) => text.replace(`{${name}}`, encodeURIComponent(example)),
    path,
  )
  const query = new URLSearchParams(of('query').map(({ name, example }) => [name, example]))
  const question = query.size > 0 ? `?${query.toString()}` : ''
  const body = JSON.stringify(
    Object.fromEntries(of('body').map(({ name, example }) => [name, example])),
  )
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(`${publicUrl}/data/v1/${product.code}${filled}${question}`)}`,
    `-H 'Authorization: Bearer SANDBOX_KEY'`,
    ...(method === 'POST' ? [`-H 'Content-Type: application/json'`, `-d ${quoted(body)}`] : []),
  ]
  return lines.join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
