/** @jsxImportSource react */
import { useEffect, useState } from 'react'
import { common } from '#web/shared/words/common.ts'
import { useWords } from '#web/console/src/app/language.tsx'

const secondMs = 1_000

/** What is left until a moment, second by second; nothing once it is past. */
export function Countdown({ until }: Readonly<{ until: string }>) {
  const w = useWords(common)
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), secondMs)
    return () => clearInterval(timer)
  }, [])
  const left = Math.max(0, Math.ceil((Date.parse(until) - now) / secondMs))
  const days = Math.floor(left / 86_400)
  const clock = [Math.floor(left / 3_600) % 24, Math.floor(left / 60) % 60, left % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  return <span className="number">{days > 0 ? `${w.days(String(days))} ${clock}` : clock}</span>
}
