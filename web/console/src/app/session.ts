import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Action } from '#kernel/permissions.ts'
import { api, type AnswerOf, ask } from '#web/console/src/api/client.ts'

export type Me = AnswerOf<Awaited<ReturnType<typeof api.v1.me.$get>>>

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => ask(api.v1.me.$get()),
  staleTime: 60_000,
  retry: false,
})

/** Who is signed in. Only below the shell, which waits for it. */
export function useMe(): Me {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('useMe is for pages below the shell')
  return data
}

/** Whether the signed-in person may take an action: the api's own matrix said so. */
export function useMay(): (action: Action) => boolean {
  const { actions } = useMe()
  return (action) => actions.includes(action)
}

export function organizationNameOf(me: Me): string {
  return me.organizations.find(({ id }) => id === me.organization_id)?.name ?? ''
}

export const roleNames: Record<Me['roles'][number], Readonly<{ zh: string; en: string }>> = {
  buyer_admin: { zh: '管理员', en: 'Administrator' },
  buyer_member: { zh: '成员', en: 'Member' },
  operator_maker: { zh: '经办', en: 'Maker' },
  operator_checker: { zh: '复核', en: 'Checker' },
  operator_head: { zh: '负责人', en: 'Head' },
  data_bureau: { zh: '政数局经办', en: 'Data bureau' },
  finance_bureau: { zh: '财政局经办', en: 'Finance bureau' },
  provider: { zh: '数据提供', en: 'Provider' },
  price_authority: { zh: '价格主管', en: 'Price authority' },
  market_regulator: { zh: '市场监管', en: 'Market regulator' },
  state_asset_regulator: { zh: '国资监管', en: 'State-asset regulator' },
  security_supervisor: { zh: '安全监管', en: 'Security supervisor' },
  auditor: { zh: '审计', en: 'Auditor' },
  system_admin: { zh: '系统管理员', en: 'System administrator' },
  security_admin: { zh: '安全管理员', en: 'Security administrator' },
  audit_admin: { zh: '审计管理员', en: 'Audit administrator' },
  organization_admin: { zh: '单位管理员', en: 'Organization administrator' },
}
