/** @jsxImportSource react */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** A link inside the console by its address, query included: `/bills?status=due`. */
export function Go(props: Readonly<{ to: string; className?: string; children: ReactNode }>) {
  const { pathname, search, hash } = new URL(props.to, 'http://console')
  return (
    <Link
      to={pathname}
      search={Object.fromEntries(new URLSearchParams(search))}
      {...(hash ? { hash: hash.slice(1) } : {})}
      {...(props.className ? { className: props.className } : {})}
    >
      {props.children}
    </Link>
  )
}
