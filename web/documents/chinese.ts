import nzh from 'nzh/cn'

/** 人民币大写: `1234567.08` → 壹佰贰拾叁万肆仟伍佰陆拾柒元零捌分; whole yuan and jiao end in 整. */
export function chineseMoney(yuan: string): string {
  const words = nzh.toMoney(yuan, { outSymbol: false })
  return words.endsWith('分') ? words : `${words}整`
}

/** `1234567.08` → `1,234,567.08`, on the text alone. */
export function grouped(number: string): string {
  const [whole = '', fraction] = number.split('.')
  const digits = whole.replace(/(?<=\d)(?=(?:\d{3})+$)/g, ',')
  return fraction === undefined ? digits : `${digits}.${fraction}`
}

/** `0.06` → `6%`, on the text alone. */
export function percent(rate: string): string {
  const [whole = '0', fraction = ''] = rate.split('.')
  return `${trimmed(`${whole}${fraction.slice(0, 2).padEnd(2, '0')}.${fraction.slice(2)}`)}%`
}

/** 3050 basis points → `30.5%`. */
export function percentOfBasisPoints(basisPoints: string): string {
  const digits = basisPoints.padStart(3, '0')
  return `${trimmed(`${digits.slice(0, -2)}.${digits.slice(-2)}`)}%`
}

function trimmed(number: string): string {
  const [whole = '', fraction = ''] = number.split('.')
  const rest = fraction.replace(/0+$/, '')
  const lead = whole.replace(/^0+(?=\d)/, '')
  return rest === '' ? lead : `${lead}.${rest}`
}

const offsetMs = 8 * 3_600_000

/** A moment as people in Beijing write it: `2026-10-03 10:00`. */
export function beijingTime(at: Date | string): string {
  const local = new Date(new Date(at).getTime() + offsetMs).toISOString()
  return `${local.slice(0, 10)} ${local.slice(11, 16)}`
}

export function beijingDay(at: Date | string): string {
  return beijingTime(at).slice(0, 10)
}

/** The last day of a half-open period. */
export function lastDay(to: string): string {
  return beijingDay(new Date(new Date(to).getTime() - 1))
}

export function monthInWords(month: string): string {
  return `${month.slice(0, 4)}年${Number(month.slice(5))}月`
}
