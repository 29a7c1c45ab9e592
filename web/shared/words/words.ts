/** The languages people read. Chinese first; pages of the bureaus and the operator have no other. */
export type Language = 'zh' | 'en'

type Word = string | ((...facts: never[]) => string)
type Dictionary = { readonly [name: string]: Word | Dictionary }

/** The same words in another language: each string, each sentence with the same facts. */
type Counterpart<D> = {
  readonly [K in keyof D]: D[K] extends string
    ? string
    : D[K] extends (...facts: infer F) => string
      ? (...facts: F) => string
      : Counterpart<D[K]>
}
export type Words<D> = Readonly<Record<Language, Counterpart<D>>>

/** The words of one area in both languages. A word that one of them lacks does not compile. */
export function words<const D extends Dictionary>(
  both: Readonly<{ zh: D; en: NoInfer<Counterpart<D>> }>,
): Words<D> {
  return both as unknown as Words<D>
}

/** What `<html lang>` and `Content-Language` say. */
export function languageTag(language: Language): 'zh-CN' | 'en' {
  return language === 'zh' ? 'zh-CN' : 'en'
}

/** The cookie that keeps the reader's choice, for the public pages and the console alike. */
export const languageCookie = 'xn_lang'
