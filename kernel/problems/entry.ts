/** What a caller is told about one kind of refusal (RFC 9457), in both languages. */
export type Problem = Readonly<{
  status: number
  title: Readonly<{ zh: string; en: string }>
  advice: Readonly<{ zh: string; en: string }>
  /** 'not_a_call' where no data call can meet it; codes both doors share say 'no', true at either. */
  charged: Charged
}>

export type Charged = 'no' | 'yes' | 'not_a_call'

type Words = readonly [zh: string, en: string]

/** One row of the table, short enough to be read as a row. */
export function problem(status: number, charged: Charged, title: Words, advice: Words): Problem {
  return {
    status,
    title: { zh: title[0], en: title[1] },
    advice: { zh: advice[0], en: advice[1] },
    charged,
  }
}
