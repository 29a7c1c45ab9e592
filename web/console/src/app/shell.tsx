/** @jsxImportSource react */
import {
  GlobalOutlined,
  LogoutOutlined,
  MenuOutlined,
  SwapOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router'
import { Button, Drawer, Dropdown, Layout, Menu, Skeleton, type MenuProps } from 'antd'
import { Suspense, useEffect, useRef, useState } from 'react'
import { api, tell } from '#web/console/src/api/client.ts'
import { problemOf } from '#web/console/src/api/problem.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { PageProblem } from '#web/console/src/parts/problem.tsx'
import { common } from '#web/shared/words/common.ts'
import { navigation } from '#web/shared/words/navigation.ts'
import { session as sessionWords } from '#web/shared/words/session.ts'
import { InLanguage, useLanguage, useWords } from './language.tsx'
import { Brand } from './brand.tsx'
import { navigationOf } from './navigation.tsx'
import { NoticeBell } from './notice-bell.tsx'
import { meQuery, type Me, organizationNameOf, roleNames } from './session.ts'

/** What surrounds every page of somebody signed in; who is not is led to the sign-in and back. */
export function Shell() {
  const me = useQuery(meQuery)
  const { language } = useLanguage()
  const router = useRouter()
  const isNobody = !me.data && me.isError && problemOf(me.error).status === 401
  useEffect(() => {
    // Once, with where the reader stands now: an address that followed itself would never end.
    const { href, pathname } = router.state.location
    if (isNobody && pathname !== '/sign-in')
      void router.navigate({ to: '/sign-in', search: { to: href }, replace: true })
  }, [isNobody, router])
  if (me.data) {
    const spoken = me.data.organization_kind === 'buyer' ? language : 'zh'
    return (
      <InLanguage language={spoken}>
        <Frame me={me.data} />
      </InLanguage>
    )
  }
  if (me.isError && !isNobody) {
    return (
      <div className="alone">
        <PageProblem error={me.error} onRetry={() => void me.refetch()} />
      </div>
    )
  }
  return (
    <div className="alone">
      <Skeleton active paragraph={{ rows: 8 }} />
    </div>
  )
}

function Frame({ me }: Readonly<{ me: Me }>) {
  const w = useWords(common)
  const n = useWords(navigation)
  const [isOpen, setOpen] = useState(false)
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const isFirst = useRef(true)
  useEffect(() => {
    // A new page begins at its top, also for those who hear it.
    if (isFirst.current) isFirst.current = false
    else main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
    setOpen(false)
  }, [path])
  return (
    <Layout className="frame">
      <a className="skip" href="#main">
        {w.skip}
      </a>
      <Layout.Header className="top">
        <Button
          className="only-narrow"
          type="text"
          icon={<MenuOutlined />}
          aria-label={n.open}
          onClick={() => setOpen(true)}
        />
        <Go to="/" className="brand-link">
          <Brand />
        </Go>
        <span className="grow" />
        <TopLinks />
        <NoticeBell />
        <Identity me={me} />
      </Layout.Header>
      <Layout hasSider>
        <Layout.Sider width={216} className="side only-wide" theme="light">
          <Navigation me={me} path={path} />
        </Layout.Sider>
        <Drawer
          open={isOpen}
          onClose={() => setOpen(false)}
          placement="left"
          size={264}
          title={<Brand />}
          className="side-drawer"
        >
          <Navigation me={me} path={path} />
        </Drawer>
        <Layout.Content>
          <main id="main" ref={main} tabIndex={-1} className="main">
            <Suspense fallback={<Skeleton active paragraph={{ rows: 10 }} />}>
              <Outlet />
            </Suspense>
          </main>
        </Layout.Content>
      </Layout>
    </Layout>
  )
}

function TopLinks() {
  const n = useWords(navigation)
  return (
    <nav className="top-links only-wide" aria-label={n.publicSite}>
      <a href="/">{n.publicSite}</a>
      <a href="/price-board">{n.priceBoard}</a>
      <a href="/docs">{n.docs}</a>
    </nav>
  )
}

function Navigation({ me, path }: Readonly<{ me: Me; path: string }>) {
  const n = useWords(navigation)
  const groups = navigationOf(me)
  const selected = groups
    .flatMap((group) => group.entries)
    .filter((entry) => (entry.path === '/' ? path === '/' : path.startsWith(entry.path)))
    .map((entry) => entry.path)
  return (
    <nav aria-label={n.label}>
      <Menu
        mode="inline"
        selectedKeys={selected}
        items={groups
          .map((group) => {
            const children = group.entries.map((entry) => ({
              key: entry.path,
              icon: entry.icon,
              label: <Go to={entry.path}>{n.pages[entry.name]}</Go>,
            }))
            return group.name === 'start'
              ? children[0]
              : { key: group.name, type: 'group' as const, label: n.groups[group.name], children }
          })
          .filter((item) => item !== undefined)}
      />
    </nav>
  )
}

function Identity({ me }: Readonly<{ me: Me }>) {
  const w = useWords(sessionWords)
  const c = useWords(common)
  const { language, choose } = useLanguage()
  const queries = useQueryClient()
  const signOut = async () => {
    await tell(api.v1.session.$delete())
    queries.clear()
    window.location.assign('/console/sign-in')
  }
  const actFor = async (organizationId: string) => {
    await tell(api.v1.session.organization.$put({ json: { organization_id: organizationId } }))
    queries.clear()
    window.location.assign('/console/')
  }
  const items: MenuProps['items'] = [
    {
      key: 'who',
      type: 'group',
      label: `${me.name} · ${me.roles.map((role) => roleNames[role][language]).join('、')}`,
    },
    ...(me.organizations.length > 1
      ? me.organizations.map(({ id, name }) => ({
          key: id,
          icon: <SwapOutlined />,
          label: name,
          disabled: id === me.organization_id,
          onClick: () => void actFor(id),
        }))
      : []),
    { type: 'divider' },
    { key: 'out', icon: <LogoutOutlined />, label: w.signOut, onClick: () => void signOut() },
  ]
  return (
    <>
      {me.organization_kind === 'buyer' ? (
        <Button
          type="text"
          icon={<GlobalOutlined />}
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => choose(language === 'zh' ? 'en' : 'zh')}
        >
          <span className="only-wide-inline">{c.language}</span>
        </Button>
      ) : null}
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button
          type="text"
          className="identity"
          aria-label={`${me.name} ${organizationNameOf(me)}`}
        >
          <UserOutlined aria-hidden />
          <span className="identity-text only-wide-inline">
            <strong>{me.name}</strong>
            <span className="quiet">{organizationNameOf(me)}</span>
          </span>
        </Button>
      </Dropdown>
    </>
  )
}
