import type { Child } from 'hono/jsx'
import { common } from '#web/shared/words/common.ts'
import type { Language } from '#web/shared/words/words.ts'

/** Text that exists in Chinese only, such as a document's title: marked, so that it is read aloud right. */
export function Chinese(props: Readonly<{ language: Language; children: Child }>) {
  return props.language === 'zh' ? (
    <>{props.children}</>
  ) : (
    <span lang="zh-CN">{props.children}</span>
  )
}

/** Chinese, or English where there is some. */
export function Either(
  props: Readonly<{ language: Language; zh: string; en: string | null | undefined }>,
) {
  if (props.language === 'zh') return <>{props.zh}</>
  return props.en ? <>{props.en}</> : <span lang="zh-CN">{props.zh}</span>
}

/** What `lang` says of a text that people typed or a sample holds: only a Chinese one among English has to say. */
export function langOf(text: string, language: Language): 'zh-CN' | undefined {
  const isChinese = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u.test(text)
  return language === 'en' && isChinese ? 'zh-CN' : undefined
}

type Tone = 'plain' | 'good' | 'info' | 'warn'

/** A state: words first, the colour only underlines them. */
export function Tag(props: Readonly<{ tone?: Tone; children: Child }>) {
  return <span class={`tag ${props.tone ?? 'plain'}`}>{props.children}</span>
}

export function Sample(props: Readonly<{ language: Language }>) {
  return <span class="sample">{common[props.language].sample}</span>
}

/** Up to when the figures of a page hold. */
export function AsOf(props: Readonly<{ language: Language; at: Date }>) {
  const text = minuteText(props.at)
  return (
    <p class="as-of">
      <time datetime={props.at.toISOString()}>{common[props.language].asOf(text)}</time>
    </p>
  )
}

const offsetMs = 8 * 3_600_000

/** `2026-11-24 08:30` in Beijing time. */
export function minuteText(at: Date): string {
  return new Date(at.getTime() + offsetMs).toISOString().slice(0, 16).replace('T', ' ')
}

/** `2026-11-24` in Beijing time. */
export function dayText(at: Date): string {
  return minuteText(at).slice(0, 10)
}

/** A day somebody can read and a machine too. */
export function Day(props: Readonly<{ at: Date }>) {
  return <time datetime={dayText(props.at)}>{dayText(props.at)}</time>
}

/** `sm3:4f2a19c0…`: enough to compare by eye; the whole is in the title. */
export function Digest(props: Readonly<{ value: string }>) {
  const short = props.value.length > 24 ? `${props.value.slice(0, 18)}…` : props.value
  return (
    <code class="digest" title={props.value}>
      {short}
    </code>
  )
}

type ScrollProps = Readonly<{ label: string; children: Child }>

/** A wide table scrolls in its own box, which the keyboard reaches too. */
export function Scroll({ label, children }: ScrollProps) {
  return (
    <div class="scroll" role="region" aria-label={label} tabindex={0}>
      {children}
    </div>
  )
}
