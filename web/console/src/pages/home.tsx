/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Action } from '#kernel/permissions.ts'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { noticesQuery, NoticeText } from '#web/console/src/app/notice-bell.tsx'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import {
  applicationsQuery,
  keysQuery,
  subscriptionsQuery,
} from '#web/console/src/pages/access/access-queries.ts'
import { type Bill, billsQuery } from '#web/console/src/pages/bills/bill-queries.ts'
import { stepVerb } from '#web/console/src/pages/statements/labels.ts'
import {
  statementsQuery,
  treasuryQuery,
} from '#web/console/src/pages/statements/statement-queries.ts'
import { daysOf, freeOf, usageQuery } from '#web/console/src/pages/usage/usage-query.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { Chart } from '#web/console/src/parts/chart.tsx'
import { isZero, minuteText, monthText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { Money, Quantity } from '#web/console/src/parts/money.tsx'
import { EmptyState, Page, Section, Tiles } from '#web/console/src/parts/page.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'
import { addYuan } from '#web/console/src/parts/yuan.ts'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import { usage as usageWords } from '#web/shared/words/usage.ts'

type Todo = Readonly<{ key: string; text: ReactNode; tag?: ReactNode; to: string }>

/** What waits for the reader first, then the numbers of the reader's own work. */
export function HomePage() {
  const w = useWords(buyerWords).home
  const me = useMe()
  const may = useMay()
  const isBuyer = me.organization_kind === 'buyer'
  return (
    <Page title={w.title} lead={w.hello(me.name)}>
      {isBuyer ? <BuyerTiles /> : null}
      <div className="columns">
        <Section title={w.todo}>{isBuyer ? <BuyerTodos /> : <OfficeTodos />}</Section>
        <Section title={w.notices}>
          <LatestNotices />
        </Section>
      </div>
      {may('usage:read') ? <RecentCalls /> : null}
    </Page>
  )
}

function Todos({ todos }: Readonly<{ todos: readonly Todo[] }>) {
  const w = useWords(buyerWords).home
  if (todos.length === 0) return <EmptyState title={w.nothing} hint={w.nothingHint} />
  return (
    <ul className="todo-list">
      {todos.map(({ key, text, tag, to }) => (
        <li key={key}>
          <span className="todo-text">{text}</span>
          {tag}
          <Go to={to}>{w.open}</Go>
        </li>
      ))}
    </ul>
  )
}

function BuyerTiles() {
  const w = useWords(buyerWords).home
  const u = useWords(usageWords)
  const me = useMe()
  const buyerId = me.organization_id
  const today = useQuery({
    ...usageQuery({ ...daysOf({ span: 'today' }), mode: 'live', buyerId }, 'hour'),
    refetchInterval: 2000,
  })
  const estimate = useQuery({
    queryKey: ['estimate', buyerId],
    queryFn: () => ask(api.v1.usage.estimate.$get({ query: { buyer_id: buyerId } })),
    refetchInterval: 5000,
  })
  const subscriptions = useQuery(subscriptionsQuery)
  const bills = useQuery(billsQuery)
  const open = (bills.data?.items ?? []).map((bill) => bill.outstanding)
  return (
    <Tiles
      tiles={[
        {
          label: w.month,
          value: estimate.data ? <Money yuan={estimate.data.total} unit /> : '—',
          note: u.estimateHint,
          to: '/bills',
        },
        {
          label: w.today,
          value: today.data ? <Quantity of={today.data.total.calls} unit={u.times} /> : '—',
          note: today.data ? `${w.billedToday} ${today.data.total.billed_calls}` : null,
          to: '/usage?span=today',
        },
        {
          label: w.active,
          value: subscriptions.data
            ? subscriptions.data.items.filter(({ status }) => status === 'active').length
            : '—',
          to: '/subscriptions',
        },
        {
          label: w.outstanding,
          value: bills.data ? <Money yuan={addYuan(open)} unit /> : '—',
          to: '/bills',
        },
      ]}
    />
  )
}

function BuyerTodos() {
  const w = useWords(buyerWords).home
  const may = useMay()
  const bills = useQuery(billsQuery)
  const keys = useQuery(keysQuery)
  const items = bills.data?.items ?? []
  const count = (keeps: (bill: Bill) => boolean) => items.filter(keeps).length
  const toConfirm = count(({ status }) => status === 'issued')
  const overdue = count(({ is_overdue }) => is_overdue)
  const toPay = count(
    ({ status, is_overdue, outstanding }) =>
      ['confirmed', 'decided', 'due', 'part_paid'].includes(status) &&
      !is_overdue &&
      !isZero(outstanding),
  )
  const hasKey = keys.data?.items.some((key) => key.standing === 'active') ?? true
  const todos: Todo[] = [
    ...(toConfirm > 0 && may('bill:confirm')
      ? [{ key: 'confirm', text: `${toConfirm} ${w.billsToConfirm}`, to: '/bills?status=issued' }]
      : []),
    ...(overdue > 0
      ? [
          {
            key: 'overdue',
            text: `${overdue} ${w.overdue}`,
            tag: <StatusTag kind="bill" status="overdue" />,
            to: '/bills?status=overdue',
          },
        ]
      : []),
    ...(toPay > 0 ? [{ key: 'pay', text: `${toPay} ${w.billsToPay}`, to: '/bills' }] : []),
    ...(hasKey ? [] : [{ key: 'key', text: w.noKey, to: '/keys?new=1' }]),
  ]
  return (
    <Block query={bills} what={w.todo}>
      {() => <Todos todos={todos} />}
    </Block>
  )
}

const stepPermission: Readonly<Record<string, Action>> = {
  prepare: 'statement:prepare',
  check: 'statement:check',
  submit: 'statement:submit',
  confirm: 'statement:confirm',
  review: 'statement:review',
}

/** What waits for somebody of the operator or of a bureau; only what their roles may do is asked for. */
function OfficeTodos() {
  const may = useMay()
  const statements = useQuery({ ...statementsQuery, enabled: may('statement:read') })
  const treasury = useQuery({ ...treasuryQuery, enabled: may('treasury_payment:record') })
  const bills = useQuery({ ...billsQuery, enabled: may('bill:read') })
  const applications = useQuery({ ...applicationsQuery, enabled: may('use_application:decide') })
  const entries = useQuery({
    queryKey: ['bank-entries'],
    queryFn: () => ask(api.v1['bank-entries'].$get({ query: {} })),
    enabled: may('payment:match'),
  })
  const jobs = useQuery({
    queryKey: ['jobs'],
    queryFn: () => ask(api.v1.jobs.$get()),
    enabled: may('job:read'),
  })
  const billCount = (status: string, who: Action) =>
    may(who) ? (bills.data?.items ?? []).filter((bill) => bill.status === status).length : 0
  const counted = (key: string, count: number, text: string, to: string): Todo[] =>
    count > 0 ? [{ key, text: `${count} ${text}`, to }] : []
  const todos: Todo[] = [
    ...(statements.data?.items ?? []).flatMap((each): Todo[] => {
      const isReturned = each.status === 'returned' && may('statement:compose')
      const step = each.next_step
      const permission = step ? stepPermission[step] : undefined
      if (!isReturned && !(permission && may(permission))) return []
      return [
        {
          key: each.statement_id,
          text: `${monthText(each.month)}结算单：${isReturned ? '已退回，请处理后重新编制' : stepVerb(step ?? '')}`,
          tag: <StatusTag kind="statement" status={each.status} />,
          to: `/statements/${each.statement_id}`,
        },
      ]
    }),
    ...(may('treasury_payment:notify')
      ? (statements.data?.items ?? [])
          .filter(
            ({ status, government_share }) => status === 'locked' && !isZero(government_share),
          )
          .map((each): Todo => {
            const isNotified = treasury.data?.items.some(
              (payment) => payment.statement_id === each.statement_id,
            )
            return {
              key: `treasury ${each.statement_id}`,
              text: `${monthText(each.month)}结算单：${isNotified ? '登记缴款' : '开具缴款通知'}`,
              to: `/statements/${each.statement_id}?view=record`,
            }
          })
      : []),
    ...counted(
      'draft',
      billCount('draft', 'bill:confirm_operator'),
      '份账单草稿待复核',
      '/bills?status=draft',
    ),
    ...counted(
      'issue',
      billCount('operator_confirmed', 'bill:issue'),
      '份账单待签发',
      '/bills?status=operator_confirmed',
    ),
    ...counted(
      'object',
      billCount('objected', 'bill:decide_objection'),
      '份账单有异议待处理',
      '/bills?status=objected',
    ),
    ...counted(
      'apply',
      (applications.data?.items ?? []).filter(({ status }) => status === 'submitted').length,
      '份用数申请待审核',
      '/applications?status=submitted',
    ),
    ...counted(
      'bank',
      (entries.data?.items ?? []).filter(({ status }) => status === 'unmatched').length,
      '笔银行到账待匹配',
      '/payments?status=unmatched',
    ),
    ...counted('jobs', jobs.data?.queue.failed.length ?? 0, '个后台任务失败', '/jobs'),
  ]
  return <Todos todos={todos} />
}

function LatestNotices() {
  const notices = useQuery(noticesQuery)
  const w = useWords(buyerWords).home
  return (
    <Block query={notices} what={w.notices}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title={w.nothing} />
        ) : (
          <ul className="todo-list">
            {items.slice(0, 6).map((notice) => (
              <li key={notice.notice_id}>
                <span className="todo-text">
                  <NoticeText notice={notice} />
                </span>
                <span className="quiet number">{minuteText(notice.occurred_at)}</span>
              </li>
            ))}
          </ul>
        )
      }
    </Block>
  )
}

function RecentCalls() {
  const w = useWords(buyerWords).home
  const u = useWords(usageWords)
  const me = useMe()
  const buyerId = me.organization_kind === 'buyer' ? me.organization_id : undefined
  const usage = useQuery(usageQuery({ ...daysOf({}), mode: 'live', buyerId }, 'day'))
  return (
    <Section>
      <Block query={usage} what={w.recent} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={u.noUse} />
          ) : (
            <Chart
              caption={w.recent}
              axis={u.time}
              unit={u.times}
              height={220}
              labels={items.map(({ bucket }) => bucket.slice(5))}
              series={[
                {
                  name: u.billed,
                  kind: 'bar',
                  stack: 'c',
                  values: items.map((item) => item.billed_calls),
                },
                { name: u.free, kind: 'bar', stack: 'c', values: items.map(freeOf) },
              ]}
              extra={<Go to="/usage">{u.title}</Go>}
            />
          )
        }
      </Block>
    </Section>
  )
}
