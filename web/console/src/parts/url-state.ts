import { useNavigate, useSearch } from '@tanstack/react-router'

type UrlState = Readonly<Record<string, string | undefined>>

/**
 * The query of the address as plain text, and a way to change it: a filter, a sort, an open row lives
 * there, so that every list is an address and "back" works (ux.md A0-2).
 */
export function useUrlState(): [UrlState, (patch: UrlState, replace?: boolean) => void] {
  const search: UrlState = useSearch({ strict: false })
  const navigate = useNavigate()
  const change = (patch: UrlState, replace = true) => {
    const next = Object.fromEntries(
      Object.entries({ ...search, ...patch }).filter(
        ([, value]) => value !== undefined && value !== '',
      ),
    )
    void navigate({ to: '.', search: next, replace })
  }
  return [search, change]
}
