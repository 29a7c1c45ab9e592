/** @jsxImportSource react */
import { createContext, use, useMemo, useState, type ReactNode } from 'react'
import { languageCookie, languageTag, type Language, type Words } from '#web/shared/words/words.ts'

type LanguageChoice = Readonly<{ language: Language; choose: (language: Language) => void }>

const LanguageContext = createContext<LanguageChoice>({ language: 'zh', choose: () => undefined })

/** Keeps the reader's language in the cookie that the public pages read too. */
export function LanguageProvider({ children }: Readonly<{ children: ReactNode }>) {
  const [language, setLanguage] = useState<Language>(storedLanguage)
  const choice = useMemo(
    () => ({
      language,
      choose: (chosen: Language) => {
        document.cookie = `${languageCookie}=${chosen}; path=/; max-age=31536000; samesite=lax`
        document.documentElement.lang = languageTag(chosen)
        setLanguage(chosen)
      },
    }),
    [language],
  )
  return <LanguageContext value={choice}>{children}</LanguageContext>
}

/** Speaks one language below, whatever the reader chose: bureaus and operator have Chinese only. */
export function InLanguage(props: Readonly<{ language: Language; children: ReactNode }>) {
  const { choose } = use(LanguageContext)
  const fixed = useMemo(() => ({ language: props.language, choose }), [props.language, choose])
  return <LanguageContext value={fixed}>{props.children}</LanguageContext>
}

export function useLanguage(): LanguageChoice {
  return use(LanguageContext)
}

/** The words of an area in the reader's language. */
export function useWords<D>(area: Words<D>): Words<D>[Language] {
  return area[use(LanguageContext).language]
}

export function storedLanguage(): Language {
  return document.cookie.includes(`${languageCookie}=en`) ? 'en' : 'zh'
}
