/** Sums of amounts the api told as text, in whole fen: nothing passes through a float. */
function fenOf(yuan: string): bigint {
  return BigInt(yuan.replace('.', ''))
}

function yuanOf(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0')
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export function addYuan(amounts: readonly string[]): string {
  return yuanOf(amounts.reduce((sum, amount) => sum + fenOf(amount), 0n))
}

export function subtractYuan(a: string, b: string): string {
  return yuanOf(fenOf(a) - fenOf(b))
}

/** `part` of `whole` in per cent with one place. */
export function shareOfYuan(part: string, whole: string): string {
  const all = fenOf(whole)
  if (all === 0n) return '0%'
  const tenths = (fenOf(part) * 1000n + all / 2n) / all
  return `${tenths / 10n}.${tenths % 10n}%`
}
