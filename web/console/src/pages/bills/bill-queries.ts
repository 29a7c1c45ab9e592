import { queryOptions } from '@tanstack/react-query'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'

export type Bill = AnswerOf<Awaited<ReturnType<typeof api.v1.bills.$get>>>['items'][number]
export type BillDetail = AnswerOf<Awaited<ReturnType<(typeof api.v1.bills)[':id']['$get']>>>
export type BillLine = BillDetail['lines'][number]

export const billsQuery = queryOptions({
  queryKey: ['bills'],
  queryFn: () => ask(api.v1.bills.$get({ query: {} })),
})

export function billQuery(id: string) {
  return queryOptions({
    queryKey: ['bill', id],
    queryFn: () => ask(api.v1.bills[':id'].$get({ param: { id } })),
  })
}

/** Overdue is no status of its own, but it is what people look for. */
export function shownStatus(bill: Pick<Bill, 'status' | 'is_overdue'>): string {
  return bill.is_overdue ? 'overdue' : bill.status
}
