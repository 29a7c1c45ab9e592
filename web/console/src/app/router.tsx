/** @jsxImportSource react */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router'
import { PageProblem } from '#web/console/src/parts/problem.tsx'
import { ProblemError } from '#web/console/src/api/problem.ts'
import { Shell } from './shell.tsx'

/** Everything in the query is text; pages read what they know and leave the rest. */
function textSearch(search: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(search).map(([key, value]) => [key, String(value)]))
}

const root = createRootRoute({
  component: Outlet,
  validateSearch: textSearch,
  notFoundComponent: NotFound,
})
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })

function NotFound() {
  const error = new ProblemError({
    status: 404,
    code: 'NOT_FOUND',
    title: '',
    detail: '',
    billed: false,
    requestId: null,
    fields: [],
    facts: {},
  })
  return <PageProblem error={error} />
}

const lazy = lazyRouteComponent
const alone = [
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: lazy(() => import('#web/console/src/pages/sign-in.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/accept-invitation',
    component: lazy(() => import('#web/console/src/pages/invitation.tsx'), 'InvitationPage'),
  }),
]
const pages = [
  createRoute({
    getParentRoute: () => shell,
    path: '/applications',
    component: lazy(
      () => import('#web/console/src/pages/operator/applications-page.tsx'),
      'ApplicationsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/stops/$id',
    component: lazy(() => import('#web/console/src/pages/stops/incident-page.tsx'), 'IncidentPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/stops',
    component: lazy(() => import('#web/console/src/pages/stops/stops-page.tsx'), 'StopsPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/payments',
    component: lazy(
      () => import('#web/console/src/pages/operator/payments-page.tsx'),
      'PaymentsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/accounts',
    component: lazy(
      () => import('#web/console/src/pages/accounts/accounts-page.tsx'),
      'AccountsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/revenue',
    component: lazy(
      () => import('#web/console/src/pages/operator/revenue-page.tsx'),
      'RevenuePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/subscriptions',
    component: lazy(
      () => import('#web/console/src/pages/access/subscriptions-page.tsx'),
      'SubscriptionsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/keys',
    component: lazy(() => import('#web/console/src/pages/access/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/bills/$id',
    component: lazy(() => import('#web/console/src/pages/bills/bill-page.tsx'), 'BillPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/bills',
    component: lazy(() => import('#web/console/src/pages/bills/bills-page.tsx'), 'BillsPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/treasury',
    component: lazy(() => import('#web/console/src/pages/statements/treasury.tsx'), 'TreasuryPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/statements/$id',
    component: lazy(
      () => import('#web/console/src/pages/statements/statement-page.tsx'),
      'StatementPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/statements',
    component: lazy(
      () => import('#web/console/src/pages/statements/statements-page.tsx'),
      'StatementsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/audit',
    component: lazy(
      () => import('#web/console/src/pages/administration/audit-page.tsx'),
      'AuditPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/metering',
    component: lazy(
      () => import('#web/console/src/pages/metering/metering-page.tsx'),
      'MeteringPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/jobs',
    component: lazy(
      () => import('#web/console/src/pages/administration/jobs-page.tsx'),
      'JobsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/people',
    component: lazy(
      () => import('#web/console/src/pages/administration/people-page.tsx'),
      'PeoplePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/usage',
    component: lazy(() => import('#web/console/src/pages/usage/usage-page.tsx'), 'UsagePage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/calls',
    component: lazy(() => import('#web/console/src/pages/usage/calls-page.tsx'), 'CallsPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/',
    component: lazy(() => import('#web/console/src/pages/home.tsx'), 'HomePage'),
  }),
]

export const router = createRouter({
  routeTree: root.addChildren([...alone, shell.addChildren(pages)]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: false,
  // Plain text in the address: `?status=due`, not JSON.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString()
    return text ? `?${text}` : ''
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
