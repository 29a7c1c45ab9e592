import { queryOptions } from '@tanstack/react-query'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'

export type ApiKey = AnswerOf<
  Awaited<ReturnType<(typeof api.v1)['api-keys']['$get']>>
>['items'][number]
export type Subscription = AnswerOf<
  Awaited<ReturnType<typeof api.v1.subscriptions.$get>>
>['items'][number]
export type UseApplication = AnswerOf<
  Awaited<ReturnType<(typeof api.v1)['use-applications']['$get']>>
>['items'][number]

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => ask(api.v1['api-keys'].$get({ query: { limit: '200' } })),
  // The end of an overlap is seen without a reload.
  refetchInterval: 10_000,
})
export const spendingQuery = queryOptions({
  queryKey: ['keys', 'spending'],
  queryFn: () => ask(api.v1['key-spending'].$get()),
})
export const subscriptionsQuery = queryOptions({
  queryKey: ['subscriptions'],
  queryFn: () => ask(api.v1.subscriptions.$get({ query: {} })),
})
export const applicationsQuery = queryOptions({
  queryKey: ['applications'],
  queryFn: () => ask(api.v1['use-applications'].$get({ query: { limit: '200' } })),
})
