/** A span of time in the largest unit that says something. */
export function ageText(ms: number | null): string {
  if (ms === null) return '—'
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} 秒`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} 分`
  return `${(ms / 3_600_000).toFixed(1)} 小时`
}
