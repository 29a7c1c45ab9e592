/** Decimal text with its digits grouped: `1234567.08` is `1,234,567.08`. Never through a float. */
export function groupDigits(decimalText: string): string {
  const [whole = '', fraction] = decimalText.replace(/^-/, '').split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const sign = decimalText.startsWith('-') ? '−' : ''
  return fraction === undefined ? `${sign}${grouped}` : `${sign}${grouped}.${fraction}`
}

/** Without closing zeros: `0.350000` is `0.35`; amounts keep their two places, they are not shortened. */
export function shortDecimal(decimalText: string): string {
  return decimalText.includes('.') ? decimalText.replace(/\.?0+$/, '') : decimalText
}

export function isZero(decimalText: string): boolean {
  return /^-?0+(?:\.0+)?$/.test(decimalText)
}

export function isNegative(decimalText: string): boolean {
  return decimalText.startsWith('-') && !isZero(decimalText)
}

/** A share of 10,000 as per cent, exactly: 1250 is `12.5 %`. */
export function percentOfBasisPoints(basisPoints: number | string): string {
  const text = String(basisPoints).padStart(3, '0')
  return `${shortDecimal(`${text.slice(0, -2)}.${text.slice(-2)}`)}%`
}

/** A rate such as `0.06` as per cent, exactly: moves the point two places. */
export function percentOfRate(rate: string): string {
  const [whole = '0', fraction = ''] = rate.split('.')
  const digits = fraction.padEnd(2, '0')
  const moved = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  return `${shortDecimal(digits.length > 2 ? `${moved}.${digits.slice(2)}` : moved)}%`
}

const zone = 'Asia/Shanghai'
const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hour12: false }
const date: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' }
const asDay = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...date })
const asMinute = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...date, ...clock })
const asSecond = new Intl.DateTimeFormat('sv-SE', {
  timeZone: zone,
  ...date,
  ...clock,
  second: '2-digit',
})
const asTime = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...clock, second: '2-digit' })

/** Everything is shown in Beijing time, whatever the reader's machine says. */
export const dayText = (instant: string | Date): string => asDay.format(new Date(instant))
export const minuteText = (instant: string | Date): string => asMinute.format(new Date(instant))
export const secondText = (instant: string | Date): string => asSecond.format(new Date(instant))
export const timeText = (instant: string | Date): string => asTime.format(new Date(instant))

/** `2026-10` as people say it. */
export function monthText(month: string, language: 'zh' | 'en' = 'zh'): string {
  if (language === 'en') return month
  const [year = '', number = ''] = month.split('-')
  return `${year} 年 ${Number(number)} 月`
}

export const currentDay = (): string => dayText(new Date())
export const currentMonth = (): string => currentDay().slice(0, 7)

/** The month so many before or after. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const count = year * 12 + (number - 1) + months
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`
}

/** The newest months first, this one included. */
export function lastMonths(count: number): string[] {
  return Array.from({ length: count }, (_each, index) => monthAfter(currentMonth(), -index))
}

export function dayAfter(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

export function lastDayOf(month: string): string {
  return dayAfter(`${monthAfter(month, 1)}-01`, -1)
}

/** At least two places: `157.8` is `157.80`; what has more keeps it. */
export function twoPlaces(amount: string): string {
  const [whole = '', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.padEnd(2, '0')}`
}
