import { queryOptions } from '@tanstack/react-query'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'

export type Incident = AnswerOf<Awaited<ReturnType<typeof api.v1.incidents.$get>>>['items'][number]
export type IncidentPage = AnswerOf<Awaited<ReturnType<(typeof api.v1.incidents)[':id']['$get']>>>
export type Stoppable = AnswerOf<Awaited<ReturnType<typeof api.v1.stoppable.$get>>>['items'][number]
export type StoppableKind = Stoppable['kind']

export const incidentsQuery = queryOptions({
  queryKey: ['incidents'],
  queryFn: () => ask(api.v1.incidents.$get({ query: { limit: '200' } })),
  refetchInterval: 10_000,
})

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ['incidents', id],
    queryFn: () => ask(api.v1.incidents[':id'].$get({ param: { id } })),
    refetchInterval: 10_000,
  })

export const stoppableQuery = (kind: StoppableKind, query: string) =>
  queryOptions({
    queryKey: ['stoppable', kind, query],
    queryFn: () => ask(api.v1.stoppable.$get({ query: { object_kind: kind, query } })),
    placeholderData: (before) => before,
  })

export function incidentState(incident: Incident): 'stopped' | 'lifted' | 'closed' {
  if (incident.closed_at) return 'closed'
  return incident.lifted_at ? 'lifted' : 'stopped'
}
