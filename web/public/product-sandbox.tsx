import { sandbox } from '#web/shared/words/sandbox.ts'
import type { Language } from '#web/shared/words/words.ts'
import { Scroll } from './parts.tsx'

/** What the sandbox of a product does with which input, and how much it lets a key do. */
export type SandboxView = Readonly<{
  /** The parameter whose ending asks for an outcome; null for a product that asks about nothing. */
  parameter: string | null
  endings: readonly Readonly<{
    ending: string
    outcome: 'not_found' | 'upstream_timeout' | 'upstream_failed' | 'rate_limited'
  }>[]
  callsPerSecond: number
  concurrentCalls: number
  callsPerDay: number
}>

type Props = Readonly<{ language: Language; view: SandboxView }>

export function SandboxPart({ language, view }: Props) {
  const w = sandbox[language]
  const { parameter, callsPerSecond, concurrentCalls, callsPerDay } = view
  return (
    <>
      <h3 id="sandbox">{w.title}</h3>
      <p>{w.who}</p>
      <p class="quiet">
        {w.limits(String(callsPerSecond), String(concurrentCalls), String(callsPerDay))}
      </p>
      <Scroll label={w.caption}>
        <table class="stacking">
          <caption>{w.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{parameter === null ? w.header : w.input(parameter)}</th>
              {parameter !== null && <th scope="col">{w.header}</th>}
              <th scope="col">{w.answer}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{parameter === null ? <code>found</code> : w.anyOther}</th>
              {parameter !== null && (
                <td data-label={w.header}>
                  <code>found</code>
                </td>
              )}
              <td data-label={w.answer}>{w.outcomes.found}</td>
            </tr>
            {view.endings.map(({ ending, outcome }) => (
              <tr>
                <th scope="row">
                  <code>{parameter === null ? outcome : `…${ending}`}</code>
                </th>
                {parameter !== null && (
                  <td data-label={w.header}>
                    <code>{outcome}</code>
                  </td>
                )}
                <td data-label={w.answer}>{w.outcomes[outcome]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  )
}
