/** @jsxImportSource react */
import { reasons } from '#web/shared/words/reasons.ts'
import type { Language } from '#web/shared/words/words.ts'
import { useLanguage } from '#web/console/src/app/language.tsx'

/** What a reason of a usage event is called; an unknown one says itself. */
export function reasonName(reason: string, language: Language): string {
  const names: Readonly<Record<string, string>> = reasons[language]
  return names[reason.toLowerCase()] ?? reason
}

export function Reason({ of }: Readonly<{ of: string }>) {
  const { language } = useLanguage()
  return <>{reasonName(of, language)}</>
}
