/** @jsxImportSource react */
import { common } from '#web/shared/words/common.ts'
import iconUrl from '#web/console/src/icon.svg'
import { useWords } from './language.tsx'

export function Brand() {
  const w = useWords(common)
  return (
    <span className="brand">
      <img src={iconUrl} alt="" width={28} height={28} />
      <span className="brand-name">{w.platform}</span>
    </span>
  )
}
