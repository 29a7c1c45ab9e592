/** @jsxImportSource react */
import { common } from '#web/shared/words/common.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { groupDigits, isNegative } from './format.ts'

type MoneyProps = Readonly<{
  yuan: string | null | undefined
  unit?: boolean
  strong?: boolean
}>

/** An amount in yuan, exactly as the api told it. */
export function Money({ yuan, unit = false, strong = false }: MoneyProps) {
  const w = useWords(common)
  if (yuan === null || yuan === undefined) return <span className="quiet">—</span>
  const classes = ['number', strong ? 'strong' : '', isNegative(yuan) ? 'negative' : '']
  return (
    <span className={classes.filter(Boolean).join(' ')}>
      {groupDigits(yuan)}
      {unit ? <span className="unit"> {w.yuan}</span> : null}
    </span>
  )
}

/** A count or a quantity. */
export function Quantity({ of, unit }: Readonly<{ of: string | number; unit?: string }>) {
  return (
    <span className="number">
      {groupDigits(String(of))}
      {unit ? <span className="unit"> {unit}</span> : null}
    </span>
  )
}
