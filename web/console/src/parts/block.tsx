/** @jsxImportSource react */
import type { UseQueryResult } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { PageProblem, Problem } from './problem.tsx'

type BlockProps<T> = Readonly<{
  query: UseQueryResult<T>
  /** What it shows, for the message when it cannot. */
  what?: string
  rows?: number
  /** Stands for the whole page: a refusal or absence is told as a page. */
  page?: boolean
  children: (data: T) => ReactNode
}>

/**
 * One part of a page that comes by a query: its skeleton, itself, or what went wrong with a way to try
 * again – without taking the rest of the page with it. Old data stay while new ones are fetched.
 */
export function Block<T>({ query, what, rows = 4, page = false, children }: BlockProps<T>) {
  const retry = () => void query.refetch()
  if (query.data !== undefined)
    return (
      <div aria-busy={query.isFetching}>
        {query.isError ? <Problem error={query.error} what={what} onRetry={retry} /> : null}
        {children(query.data)}
      </div>
    )
  if (query.isError)
    return page ? (
      <PageProblem error={query.error} onRetry={retry} />
    ) : (
      <Problem error={query.error} what={what} onRetry={retry} />
    )
  return <Skeleton active title={page} paragraph={{ rows }} aria-busy />
}
