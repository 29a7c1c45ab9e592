/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { dayText, groupDigits, minuteText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { EmptyState, Page, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag, statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { useAction } from '#web/console/src/parts/use-action.ts'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import { navigation } from '#web/shared/words/navigation.ts'
import {
  applicationsQuery,
  type Subscription,
  subscriptionsQuery,
  type UseApplication,
} from './access-queries.ts'
import { ApplyForUse } from './apply.tsx'

export function SubscriptionsPage() {
  const w = useWords(buyerWords).subscriptions
  const n = useWords(navigation).pages
  const may = useMay()
  const me = useMe()
  const isBuyer = me.organization_kind === 'buyer'
  const [state, change] = useUrlState()
  const subscriptions = useQuery(subscriptionsQuery)
  const columns = useColumns(isBuyer)
  const apply = may('use_application:apply') ? (
    <Button type="primary" onClick={() => change({ apply: '1' })}>
      {w.apply}
    </Button>
  ) : null
  return (
    <Page title={isBuyer ? w.title : n.contracts} lead={w.lead} actions={apply}>
      <Section flush>
        <Block query={subscriptions} page>
          {({ items }) => <Table items={items} columns={columns} apply={apply} />}
        </Block>
      </Section>
      {isBuyer ? <Applications subscriptions={subscriptions.data?.items ?? []} /> : null}
      {state['apply'] ? (
        <ApplyForUse
          productCode={state['product']}
          onClose={() => change({ apply: undefined, product: undefined })}
        />
      ) : null}
    </Page>
  )
}

function Table(
  props: Readonly<{
    items: readonly Subscription[]
    columns: readonly Column<Subscription>[]
    apply: React.ReactNode
  }>,
) {
  const w = useWords(buyerWords).subscriptions
  const { language } = useLanguage()
  return (
    <DataTable
      rows={props.items}
      columns={props.columns}
      rowKey={(each) => each.subscription_id}
      caption={w.title}
      exportName="subscriptions"
      filters={[
        { key: 'status', label: w.status, options: statusOptions('subscription', language) },
      ]}
      keeps={(each, { status }) => !status || each.status === status}
      empty={<EmptyState title={w.none} hint={w.noneHint} action={props.apply} />}
    />
  )
}

function useColumns(isBuyer: boolean): Column<Subscription>[] {
  const w = useWords(buyerWords).subscriptions
  const { language } = useLanguage()
  const product = (each: Subscription) =>
    language === 'zh' ? each.product_name : each.product_name_en
  const scenario = (each: Subscription) =>
    language === 'zh' ? each.scenario_name : each.scenario_name_en
  return [
    {
      key: 'product',
      title: w.product,
      show: (each) => (
        <div className="cell-two">
          <a href={`/products/${each.product_code}`} className="strong">
            {product(each)}
          </a>
          <div className="quiet">{each.number}</div>
        </div>
      ),
      text: (each) => `${product(each)} ${each.number}`,
      sortable: true,
      matters: true,
    },
    ...(isBuyer
      ? []
      : [
          {
            key: 'buyer',
            title: w.buyer,
            show: (each: Subscription) => each.buyer_name,
            text: (each: Subscription) => each.buyer_name,
            sortable: true,
            matters: true,
          },
        ]),
    {
      key: 'scenario',
      title: w.scenario,
      show: (each) => (
        <div className="cell-two">
          <div>{scenario(each)}</div>
          <div className="quiet">{w.purposes[each.purpose_class]}</div>
        </div>
      ),
      text: (each) => `${scenario(each)} ${w.purposes[each.purpose_class]}`,
      matters: true,
    },
    {
      key: 'limits',
      title: w.limits,
      show: (each) => <Limits terms={each.terms} />,
    },
    {
      key: 'period',
      title: w.period,
      show: (each) => (
        <span className="number">
          {dayText(each.starts_at)} – {each.terms.ends_on}
        </span>
      ),
      text: (each) => `${dayText(each.starts_at)} – ${each.terms.ends_on}`,
    },
    {
      key: 'status',
      title: w.status,
      show: (each) => <StatusTag kind="subscription" status={each.status} />,
      text: (each) => statusName('subscription', each.status, language),
      matters: true,
    },
    {
      key: 'usage',
      title: '',
      show: (each) => (
        <Go to={`/usage?product=${each.product_id}${isBuyer ? '' : `&buyer=${each.buyer_id}`}`}>
          {w.usage}
        </Go>
      ),
    },
  ]
}

function Limits({ terms }: Readonly<{ terms: Subscription['terms'] }>) {
  const w = useWords(buyerWords).subscriptions
  const total = [
    terms.calls_per_day_max ? w.perDay(groupDigits(terms.calls_per_day_max)) : '',
    terms.calls_per_month_max ? w.perMonth(groupDigits(terms.calls_per_month_max)) : '',
  ].filter(Boolean)
  return (
    <div className="cell-two">
      <div>{total.join('，') || w.unlimited}</div>
      <div className="quiet">
        {w.perSecond(String(terms.calls_per_second_max))} ·{' '}
        {w.concurrent(String(terms.concurrent_calls_max))}
      </div>
    </div>
  )
}

function Applications({ subscriptions }: Readonly<{ subscriptions: readonly Subscription[] }>) {
  const w = useWords(buyerWords).subscriptions
  const { language } = useLanguage()
  const may = useMay()
  const { act, isBusy } = useAction()
  const applications = useQuery(applicationsQuery)
  const isOpened = (each: UseApplication) =>
    subscriptions.some((sub) => sub.use_application_id === each.id)
  const columns: Column<UseApplication>[] = [
    {
      key: 'product',
      title: w.product,
      show: (each) => (
        <div className="cell-two">
          <div>{each.product_name}</div>
          <div className="quiet">{each.number}</div>
        </div>
      ),
      matters: true,
    },
    { key: 'scenario', title: w.scenario, show: (each) => each.scenario_name, matters: true },
    {
      key: 'applied',
      title: w.applied,
      show: (each) => <span className="number">{minuteText(each.applied_at)}</span>,
    },
    {
      key: 'state',
      title: w.status,
      show: (each) => <StatusTag kind="application" status={each.status} />,
      text: (each) => statusName('application', each.status, language),
      matters: true,
    },
    { key: 'reason', title: w.reason, show: (each) => each.reason ?? '—' },
    {
      key: 'open',
      title: '',
      show: (each) =>
        each.status === 'approved' && !isOpened(each) && may('subscription:open') ? (
          <Button
            size="small"
            type="primary"
            loading={isBusy}
            onClick={() =>
              void act(w.opened, () =>
                ask(api.v1.subscriptions.$post({ json: { use_application_id: each.id } })),
              )
            }
          >
            {w.openIt}
          </Button>
        ) : null,
      matters: true,
    },
  ]
  return (
    <Section title={w.applications} flush>
      <Block query={applications} what={w.applications}>
        {({ items }) => (
          <DataTable
            rows={items}
            columns={columns}
            rowKey={(each) => each.id}
            caption={w.applications}
            dense
            empty={<EmptyState title={w.noApplications} />}
          />
        )}
      </Block>
    </Section>
  )
}
