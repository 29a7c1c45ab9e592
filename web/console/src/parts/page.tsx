/** @jsxImportSource react */
import { RightOutlined } from '@ant-design/icons'
import { useRouter } from '@tanstack/react-router'
import { Card } from 'antd'
import { useEffect, type ReactNode } from 'react'
import { common } from '#web/shared/words/common.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { Go } from './go.tsx'

type PageProps = Readonly<{
  title: ReactNode
  /** For the window's title, where `title` is more than text. */
  name?: string
  lead?: ReactNode
  back?: Readonly<{ to: string; label: string }>
  actions?: ReactNode
  children: ReactNode
}>

/** A page below the shell: its one `h1`, what it is for, what can be done here. */
export function Page({ title, name, lead, back, actions, children }: PageProps) {
  const w = useWords(common)
  const path = useRouter().state.location.pathname
  const spoken = name ?? (typeof title === 'string' ? title : '')
  useEffect(() => {
    document.title = spoken ? `${spoken} · ${w.platform}` : w.platform
  }, [spoken, w])
  return (
    <article className="page" key={path}>
      <header className="page-head">
        <div className="page-title">
          {back ? (
            <nav className="crumbs" aria-label={w.back}>
              <Go to={back.to}>{back.label}</Go>
              <RightOutlined aria-hidden />
            </nav>
          ) : null}
          <h1>{title}</h1>
          {lead ? <div className="page-lead">{lead}</div> : null}
        </div>
        {actions ? <div className="page-actions">{actions}</div> : null}
      </header>
      {children}
    </article>
  )
}

type SectionProps = Readonly<{
  title?: ReactNode
  extra?: ReactNode
  flush?: boolean
  id?: string
  children: ReactNode
}>

/** A card with a heading of its own. `flush` leaves no border of air, for tables. */
export function Section({ title, extra, flush = false, id, children }: SectionProps) {
  return (
    <Card
      {...(id ? { id } : {})}
      className={flush ? 'section flush' : 'section'}
      size="small"
      variant="outlined"
    >
      {title || extra ? (
        <div className="section-head">
          {title ? <h2>{title}</h2> : <span />}
          {extra ? <div className="section-extra">{extra}</div> : null}
        </div>
      ) : null}
      <div className="section-body">{children}</div>
    </Card>
  )
}

export type Fact = Readonly<{ label: string; value: ReactNode; wide?: boolean }>

/** Names and values side by side. */
export function Facts({ facts }: Readonly<{ facts: readonly Fact[] }>) {
  return (
    <dl className="facts">
      {facts.map(({ label, value, wide }) => (
        <div key={label} className={wide ? 'fact wide' : 'fact'}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

export type Tile = Readonly<{
  label: string
  value: ReactNode
  note?: ReactNode
  to?: string
}>

/** The few numbers a page begins with; each can lead to what makes it up. */
export function Tiles({ tiles }: Readonly<{ tiles: readonly Tile[] }>) {
  return (
    <ul className="tiles">
      {tiles.map(({ label, value, note, to }) => (
        <li key={label} className="tile">
          <div className="tile-label">{to ? <Go to={to}>{label}</Go> : label}</div>
          <div className="tile-value">{value}</div>
          {note ? <div className="tile-note">{note}</div> : null}
        </li>
      ))}
    </ul>
  )
}

export function EmptyState(
  props: Readonly<{ title: string; hint?: ReactNode; action?: ReactNode }>,
) {
  return (
    <div className="empty-state">
      <svg width="56" height="40" viewBox="0 0 56 40" aria-hidden>
        <rect x="4" y="8" width="48" height="28" rx="5" fill="#eef2f8" />
        <rect x="12" y="16" width="20" height="3" rx="1.5" fill="#b6c4da" />
        <rect x="12" y="23" width="32" height="3" rx="1.5" fill="#d3dceb" />
      </svg>
      <div className="empty-title">{props.title}</div>
      {props.hint ? <div className="quiet">{props.hint}</div> : null}
      {props.action ? <div className="empty-action">{props.action}</div> : null}
    </div>
  )
}
