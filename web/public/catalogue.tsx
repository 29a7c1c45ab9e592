import type { CatalogueDifference, CatalogueItem, CatalogueVersion } from '#governance/index.ts'
import { common } from '#web/shared/words/common.ts'
import { registers } from '#web/shared/words/registers.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'
import { type Frame, Page, PageHead } from './frame.tsx'
import { AsOf, Chinese, Digest, minuteText, Scroll, Tag } from './parts.tsx'

export type CatalogueView = Readonly<{
  asOf: Date
  /** The version that is shown with all it lists; null while nothing is published. */
  shown: (CatalogueVersion & Readonly<{ items: readonly CatalogueItem[] }>) | null
  /** All of them, the newest first. */
  versions: readonly CatalogueVersion[]
}>

type Props = Readonly<{ frame: Frame; view: CatalogueView }>

export function CataloguePage({ frame, view }: Props) {
  const { language } = frame
  const w = registers[language].catalogue
  const { shown, versions } = view
  const isCurrent = shown !== null && shown.version === versions[0]?.version
  return (
    <Page frame={frame} title={w.title} description={w.lead}>
      <PageHead language={language} trail={[{ name: w.title }]} title={w.title} lead={w.lead}>
        {shown && (
          <p class="head-line">
            <Tag tone={isCurrent ? 'good' : 'warn'}>{isCurrent ? w.current : w.older}</Tag>
            <strong>{w.version(String(shown.version))}</strong>
            <span>{w.count(String(shown.itemCount))}</span>
            <span class="number">
              {w.published} {minuteText(shown.publishedAt)}
            </span>
            <a class="more" href={`/v1/catalogues/${shown.version}`}>
              {w.download}
            </a>
          </p>
        )}
      </PageHead>
      <div class="wide section">
        {shown === null ? (
          <p class="card nothing">{w.none}</p>
        ) : (
          <Items language={language} items={shown.items} />
        )}
        <Versions language={language} view={view} />
        <AsOf language={language} at={view.asOf} />
      </div>
    </Page>
  )
}

function Items(props: Readonly<{ language: Language; items: readonly CatalogueItem[] }>) {
  const { language, items } = props
  const w = registers[language].catalogue
  return (
    <Scroll label={w.caption}>
      <table class="stacking catalogue-table">
        <caption class="unseen">{w.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{w.name}</th>
            <th scope="col">{w.provider}</th>
            <th scope="col">{w.level}</th>
            <th scope="col">{w.opening}</th>
            <th scope="col">{w.frequency}</th>
            <th scope="col">{w.personal}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <ItemRow language={language} item={item} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function ItemRow({ language, item }: Readonly<{ language: Language; item: CatalogueItem }>) {
  const w = registers[language].catalogue
  const t = terms[language]
  return (
    <tr id={item.code}>
      <th scope="row">
        <Chinese language={language}>{item.name}</Chinese>
        <small>
          <code>{item.code}</code>
        </small>
        <details>
          <summary>{common[language].counted(w.fields, String(item.items.length))}</summary>
          <p>
            <Chinese language={language}>{item.abstract}</Chinese>
          </p>
          <p>
            <Chinese language={language}>{item.items.map((each) => each.name).join('、')}</Chinese>
          </p>
        </details>
      </th>
      <td data-label={w.provider}>
        <Chinese language={language}>{item.providerName}</Chinese>
        <small>{t.source[item.sourceKind]}</small>
      </td>
      <td data-label={w.level}>
        {t.nationalClass[item.nationalClass]} <span class="number">{item.level}</span>
      </td>
      <td data-label={w.opening}>{t.opening[item.opening]}</td>
      <td data-label={w.frequency}>{t.frequency[item.updateFrequency]}</td>
      <td data-label={w.personal}>
        {item.containsPersonalInformation ? (
          <Tag tone="warn">
            {item.containsSensitivePersonalInformation ? w.sensitive : w.contains}
          </Tag>
        ) : (
          t.no
        )}
      </td>
    </tr>
  )
}

/** Every version that was ever published, with what it changed (R14). */
function Versions({ language, view }: Readonly<{ language: Language; view: CatalogueView }>) {
  const w = registers[language].catalogue
  const removedBy = lastRemovals(view)
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">{w.versions}</h2>
      <ol class="versions">
        {view.versions.map((version) => {
          const isFirst = version.version === view.versions.at(-1)?.version
          return (
            <li class="card">
              <h3>
                <a
                  href={`/catalogue?version=${version.version}`}
                  aria-current={version.version === view.shown?.version ? 'true' : undefined}
                >
                  {w.version(String(version.version))}
                </a>
              </h3>
              <p class="quiet">
                <span class="number">{minuteText(version.publishedAt)}</span> ·{' '}
                {w.count(String(version.itemCount))} · {w.digest} <Digest value={version.digest} />
              </p>
              <p>
                <Chinese language={language}>{version.note}</Chinese>
              </p>
              {isFirst ? (
                <p class="quiet">{w.first}</p>
              ) : (
                <Difference
                  language={language}
                  difference={version.difference}
                  isLastRemoval={(code) => removedBy.get(code) === version.version}
                />
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** Which version removed a resource that is not listed: links to it from other pages lead there. */
function lastRemovals({ shown, versions }: CatalogueView): ReadonlyMap<string, number> {
  const listed = new Set(shown?.items.map((item) => item.code))
  const oldestFirst = versions
    .toReversed()
    .flatMap(({ version, difference }) =>
      difference.removed
        .filter((item) => !listed.has(item.code))
        .map((item) => [item.code, version] as const),
    )
  return new Map(oldestFirst)
}

type DifferenceProps = Readonly<{
  language: Language
  difference: CatalogueDifference
  isLastRemoval: (code: string) => boolean
}>

function Difference({ language, difference, isLastRemoval }: DifferenceProps) {
  const w = registers[language].catalogue
  const attributes: Readonly<Record<string, string>> = w.attributes
  const lists = [
    ['added', w.added, difference.added.map((item) => ({ ...item, fields: [] as string[] }))],
    ['changed', w.changed, difference.changed],
    ['removed', w.removed, difference.removed.map((item) => ({ ...item, fields: [] as string[] }))],
  ] as const
  if (lists.every(([, , items]) => items.length === 0)) return <p class="quiet">{w.noDifference}</p>
  return (
    <dl class="rows">
      {lists
        .filter(([, , items]) => items.length > 0)
        .map(([kind, name, items]) => (
          <div class={kind}>
            <dt>{name}</dt>
            <dd>
              <ul>
                {items.map((item) => (
                  <li id={kind === 'removed' && isLastRemoval(item.code) ? item.code : undefined}>
                    <Chinese language={language}>{item.name}</Chinese> <code>{item.code}</code>
                    {item.fields.length > 0 && (
                      <small>
                        {w.changedFields(
                          item.fields.map((field) => attributes[field] ?? field).join(', '),
                        )}
                      </small>
                    )}
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        ))}
    </dl>
  )
}
