import { queryOptions } from '@tanstack/react-query'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'

export type Account = AnswerOf<Awaited<ReturnType<typeof api.v1.accounts.$get>>>['items'][number]
export type Movement = AnswerOf<
  Awaited<ReturnType<(typeof api.v1)['account-movements']['$get']>>
>['items'][number]
export type Refund = AnswerOf<
  Awaited<ReturnType<(typeof api.v1)['balance-refunds']['$get']>>
>['items'][number]

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: () => ask(api.v1.accounts.$get()),
})
export const refundsQuery = queryOptions({
  queryKey: ['balance-refunds'],
  queryFn: () => ask(api.v1['balance-refunds'].$get()),
})
export const movementsQuery = (key: Pick<Account, 'buyer_id' | 'operator_id'>) =>
  queryOptions({
    queryKey: ['account-movements', key.buyer_id, key.operator_id],
    queryFn: () =>
      ask(
        api.v1['account-movements'].$get({
          query: { buyer_id: key.buyer_id, operator_id: key.operator_id },
        }),
      ),
  })
