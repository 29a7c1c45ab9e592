import { queryOptions } from '@tanstack/react-query'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'

const versions = api.v1['statement-versions'][':id']

export type Statement = AnswerOf<Awaited<ReturnType<(typeof api.v1.statements)[':id']['$get']>>>
export type StatementHead = AnswerOf<
  Awaited<ReturnType<typeof api.v1.statements.$get>>
>['items'][number]
export type Changes = AnswerOf<Awaited<ReturnType<typeof versions.changes.$get>>>
export type Exception = AnswerOf<
  Awaited<ReturnType<typeof versions.exceptions.$get>>
>['items'][number]
export type Members = AnswerOf<Awaited<ReturnType<typeof versions.members.$get>>>

export const statementsQuery = queryOptions({
  queryKey: ['statements'],
  queryFn: () => ask(api.v1.statements.$get({ query: {} })),
})

export function statementQuery(id: string, version: string | undefined) {
  return queryOptions({
    queryKey: ['statement', id, version],
    queryFn: () =>
      ask(api.v1.statements[':id'].$get({ param: { id }, query: version ? { version } : {} })),
  })
}

export function changesQuery(versionId: string) {
  return queryOptions({
    queryKey: ['statement-changes', versionId],
    queryFn: () => ask(versions.changes.$get({ param: { id: versionId } })),
  })
}

export function exceptionsQuery(versionId: string) {
  return queryOptions({
    queryKey: ['statement-exceptions', versionId],
    queryFn: () => ask(versions.exceptions.$get({ param: { id: versionId } })),
  })
}

export function proofQuery(versionId: string) {
  return queryOptions({
    queryKey: ['statement-proof', versionId],
    queryFn: () => ask(versions.proof.$get({ param: { id: versionId } })),
    enabled: false,
  })
}

export const treasuryQuery = queryOptions({
  queryKey: ['treasury'],
  queryFn: () => ask(api.v1['treasury-payments'].$get()),
})
