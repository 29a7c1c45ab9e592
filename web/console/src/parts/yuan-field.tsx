/** @jsxImportSource react */
import { Input } from 'antd'
import type { ReactNode } from 'react'

type YuanFieldProps = Readonly<{
  label: string
  value: string
  onChange: (value: string) => void
  /** What an empty field means, where it may be empty. */
  hint?: ReactNode
  isOptional?: boolean
}>

/** An amount as a person types it. */
export function YuanField({ label, value, onChange, hint, isOptional = false }: YuanFieldProps) {
  const isFine = typed.test(value.trim()) || (isOptional && value.trim() === '')
  return (
    <label className="field gap-above">
      <span>{label}</span>
      <Input
        value={value}
        inputMode="decimal"
        status={isFine ? '' : 'error'}
        onChange={({ target }) => onChange(target.value)}
      />
      {hint ? <span className="quiet">{hint}</span> : null}
    </label>
  )
}

const typed = /^(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,2}))?$/

/** Typed yuan with two places; what is no amount stays as it is, for the platform to refuse. */
export function typedYuan(text: string): string {
  const read = typed.exec(text.trim())
  return read ? `${read[1] ?? '0'}.${(read[2] ?? '').padEnd(2, '0')}` : text
}
