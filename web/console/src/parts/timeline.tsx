/** @jsxImportSource react */
import { Timeline as AntTimeline } from 'antd'
import type { ReactNode } from 'react'
import { minuteText } from './format.ts'

export type Happened = Readonly<{
  what: ReactNode
  /** Absent for what is still to come. */
  at?: string | null
  who?: string | undefined
  why?: ReactNode
  tone?: 'good' | 'bad' | 'waiting' | 'calm'
}>

const colours = { good: '#1f7a1f', bad: '#b42318', waiting: '#9a5b00', calm: '#8a94a6' }

/** Who decided what, when and why; what is still to come stands last (ux.md A0-4). */
export function Timeline({ entries }: Readonly<{ entries: readonly Happened[] }>) {
  return (
    <AntTimeline
      className="timeline"
      items={entries.map((entry, index) => ({
        key: index,
        color: colours[entry.tone ?? 'good'],
        content: (
          <div className="happened">
            <div className="happened-what">{entry.what}</div>
            <div className="quiet">
              {[entry.who, entry.at ? minuteText(entry.at) : ''].filter(Boolean).join(' · ')}
            </div>
            {entry.why ? <blockquote>{entry.why}</blockquote> : null}
          </div>
        ),
      }))}
    />
  )
}
