import type { PriceBoardEntry, PriceHistoryEntry } from '#billing/index.ts'
import { common } from '#web/shared/words/common.ts'
import { prices } from '#web/shared/words/prices.ts'
import type { Language } from '#web/shared/words/words.ts'
import { Chinese, dayText, minuteText, Sample, Scroll } from './parts.tsx'
import { totalText, unitPriceText, unitText } from './price-text.ts'

/** A price item as it is posted, with every price it ever had. */
export type BoardLine = Readonly<{
  entry: PriceBoardEntry
  history: readonly PriceHistoryEntry[]
}>

/** What does not fit a row: content, who set the ceiling, reductions, and every price there ever was. */
export function ItemNotes({ language, line }: Readonly<{ language: Language; line: BoardLine }>) {
  const w = prices[language]
  const c = common[language]
  const { entry, history } = line
  const name = language === 'zh' ? entry.name : entry.nameEn
  return (
    <details class="board-notes">
      <summary>{c.counted(c.labelled(name, w.history), String(history.length))}</summary>
      <dl class="facts">
        <div class="fact whole">
          <dt>{w.item}</dt>
          <dd>
            <Chinese language={language}>{entry.content}</Chinese>
          </dd>
        </div>
        <div class="fact">
          <dt>{w.setBy}</dt>
          <dd>
            <Chinese language={language}>{entry.setBy}</Chinese>
          </dd>
        </div>
        <div class="fact">
          <dt>{w.reported}</dt>
          <dd>
            {entry.reportedOn === null ? (
              w.notReported
            ) : (
              <Chinese language={language}>
                {entry.reportNumber} {entry.reportedOn}
              </Chinese>
            )}
          </dd>
        </div>
        <div class="fact">
          <dt>{w.reduction}</dt>
          <dd>
            <Chinese language={language}>{entry.reductionPolicy || '—'}</Chinese>
          </dd>
        </div>
        <div class="fact">
          <dt>{w.list}</dt>
          <dd>
            <Chinese language={language}>
              {entry.listNumber} {entry.listTitle}
            </Chinese>{' '}
            {entry.isSample && <Sample language={language} />}
          </dd>
        </div>
      </dl>
      {entry.trialMustBeReplaced && <p class="notice warn">{w.replaceNote}</p>}
      <History language={language} line={line} name={name} />
    </details>
  )
}

function History(props: Readonly<{ language: Language; line: BoardLine; name: string }>) {
  const { language, line, name } = props
  const w = prices[language]
  return (
    <Scroll label={w.historyCaption(name)}>
      <table class="stacking">
        <caption>{w.historyCaption(name)}</caption>
        <thead>
          <tr>
            <th scope="col">{w.number}</th>
            <th scope="col">{w.posted}</th>
            <th scope="col">{w.from}</th>
            <th scope="col">{w.until}</th>
            <th scope="col">{w.postedOn}</th>
            <th scope="col">{w.reason}</th>
          </tr>
        </thead>
        <tbody>
          {line.history.map((price) => (
            <tr class={price.known.to === null ? undefined : 'unused'}>
              <th scope="row" class="number">
                {price.number}
              </th>
              <td data-label={w.posted} class="number">
                {formText(price.form, line.entry, language)}
              </td>
              <td data-label={w.from} class="number">
                {dayText(price.effective.from)}
              </td>
              <td data-label={w.until} class="number">
                {price.effective.to === null ? w.now : dayText(price.effective.to)}
              </td>
              <td data-label={w.postedOn} class="number">
                {minuteText(price.postedAt)}
              </td>
              <td data-label={w.reason}>
                <Chinese language={language}>{price.reason}</Chinese>
                {price.known.to !== null && <small>{w.corrected}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function formText(
  form: PriceHistoryEntry['form'],
  entry: PriceBoardEntry,
  language: Language,
): string {
  const w = prices[language]
  const unit = unitText(entry, language)
  switch (form.kind) {
    case 'graduated':
      return form.tiers.map((tier) => unitPriceText(tier.unitPriceYuan)).join(' / ')
    case 'package':
    case 'period':
      return w.perUnit(totalText(form.priceFen), unit)
    case 'metered_not_charged':
      return w.notCharged
    default:
      return w.perUnit(unitPriceText(form.unitPriceYuan), unit)
  }
}
