/** @jsxImportSource react */
import {
  AppstoreOutlined,
  AuditOutlined,
  BankOutlined,
  BarChartOutlined,
  DashboardOutlined,
  FileDoneOutlined,
  FileTextOutlined,
  FundOutlined,
  HomeOutlined,
  KeyOutlined,
  ProfileOutlined,
  ScheduleOutlined,
  SolutionOutlined,
  StopOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  WalletOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Action } from '#kernel/permissions.ts'
import type { navigation } from '#web/shared/words/navigation.ts'
import type { Me } from './session.ts'

type NavigationName = keyof (typeof navigation)['zh']['pages']
type Entry = Readonly<{
  path: string
  name: NavigationName
  icon: ReactNode
  /** Shown to whoever may take one of these; to everybody where there is none. */
  needs?: readonly Action[]
  /** Only for organizations of one of these kinds. */
  kinds?: readonly string[]
}>
type Group = Readonly<{
  name: keyof (typeof navigation)['zh']['groups']
  entries: readonly Entry[]
}>

const buyers = ['buyer']
const others = ['operator', 'data_bureau', 'finance_bureau', 'regulator', 'platform', 'provider']

/** The whole navigation; what of it somebody sees follows from the permission matrix. */
const groups: readonly Group[] = [
  {
    name: 'start',
    entries: [{ path: '/', name: 'home', icon: <HomeOutlined /> }],
  },
  {
    name: 'data',
    entries: [
      {
        path: '/subscriptions',
        name: 'subscriptions',
        icon: <AppstoreOutlined />,
        needs: ['subscription:read'],
        kinds: buyers,
      },
      { path: '/keys', name: 'keys', icon: <KeyOutlined />, needs: ['api_key:read'] },
      { path: '/usage', name: 'usage', icon: <BarChartOutlined />, needs: ['usage:read'] },
      { path: '/calls', name: 'calls', icon: <ProfileOutlined />, needs: ['usage:read'] },
    ],
  },
  {
    name: 'business',
    entries: [
      {
        path: '/applications',
        name: 'applications',
        icon: <SolutionOutlined />,
        needs: ['use_application:read'],
        kinds: others,
      },
      {
        path: '/subscriptions',
        name: 'contracts',
        icon: <AppstoreOutlined />,
        needs: ['subscription:read'],
        kinds: others,
      },
      { path: '/stops', name: 'stops', icon: <StopOutlined />, needs: ['incident:read'] },
    ],
  },
  {
    name: 'money',
    entries: [
      { path: '/revenue', name: 'revenue', icon: <FundOutlined />, needs: ['revenue:read'] },
      { path: '/bills', name: 'bills', icon: <FileTextOutlined />, needs: ['bill:read'] },
      { path: '/accounts', name: 'accounts', icon: <WalletOutlined />, needs: ['account:read'] },
      { path: '/payments', name: 'payments', icon: <BankOutlined />, needs: ['payment:read'] },
    ],
  },
  {
    name: 'settlement',
    entries: [
      {
        path: '/statements',
        name: 'statements',
        icon: <FileDoneOutlined />,
        needs: ['statement:read'],
      },
      {
        path: '/treasury',
        name: 'treasury',
        icon: <DashboardOutlined />,
        needs: ['treasury_payment:record', 'treasury_payment:notify'],
      },
    ],
  },
  {
    name: 'administration',
    entries: [
      { path: '/people', name: 'people', icon: <TeamOutlined />, needs: ['person:read'] },
      {
        path: '/metering',
        name: 'metering',
        icon: <ThunderboltOutlined />,
        needs: ['metering:read'],
      },
      { path: '/jobs', name: 'jobs', icon: <ScheduleOutlined />, needs: ['job:read'] },
      { path: '/audit', name: 'audit', icon: <AuditOutlined />, needs: ['audit:read'] },
    ],
  },
]

export type VisibleGroup = Readonly<{ name: Group['name']; entries: readonly Entry[] }>

export function navigationOf(me: Me): readonly VisibleGroup[] {
  return groups
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => isVisible(entry, me)) }))
    .filter((group) => group.entries.length > 0)
}

function isVisible(entry: Entry, me: Me): boolean {
  if (entry.kinds && !entry.kinds.includes(me.organization_kind)) return false
  return !entry.needs || entry.needs.some((action) => me.actions.includes(action))
}
