/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { AsOf } from '#web/console/src/parts/as-of.tsx'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { monthText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { Money, Quantity } from '#web/console/src/parts/money.tsx'
import { EmptyState, Page, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag, statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'
import { bills as billWords } from '#web/shared/words/bills.ts'
import { type Bill, billsQuery, shownStatus } from './bill-queries.ts'
import { BillRun } from './bill-run.tsx'

export function BillsPage() {
  const w = useWords(billWords)
  const { language } = useLanguage()
  const may = useMay()
  const me = useMe()
  const bills = useQuery(billsQuery)
  const isBuyer = me.organization_kind === 'buyer'
  const columns = useColumns(isBuyer)
  return (
    <Page title={w.title} lead={w.lead} actions={may('bill:run') ? <BillRun /> : null}>
      {isBuyer && may('usage:read') ? <Estimate buyerId={me.organization_id} /> : null}
      <Section flush>
        <Block query={bills} page>
          {({ items }) => (
            <DataTable
              rows={items}
              columns={columns}
              rowKey={(bill) => bill.bill_id}
              caption={w.title}
              exportName="bills"
              filters={[
                {
                  key: 'month',
                  label: w.month,
                  options: [...new Set(items.map(({ month }) => month))].map((value) => ({
                    value,
                    label: monthText(value, language),
                  })),
                },
                { key: 'status', label: w.status, options: statusOptions('bill', language) },
                ...(isBuyer ? [] : [{ key: 'q', label: w.buyer }]),
              ]}
              keeps={(bill, { month, status, q, buyer }) =>
                (!month || bill.month === month) &&
                (!status || bill.status === status || shownStatus(bill) === status) &&
                (!buyer || bill.buyer_id === buyer) &&
                (!q || `${bill.buyer_name}${bill.number ?? ''}`.includes(q))
              }
              empty={<EmptyState title={w.none} hint={w.noneHint} />}
            />
          )}
        </Block>
      </Section>
    </Page>
  )
}

function useColumns(isBuyer: boolean): Column<Bill>[] {
  const w = useWords(billWords)
  const { language } = useLanguage()
  const money = (
    key: string,
    title: string,
    of: (bill: Bill) => string,
    matters = false,
  ): Column<Bill> => ({
    key,
    title,
    show: (bill) => <Money yuan={of(bill)} />,
    text: of,
    numeric: true,
    sortable: true,
    matters,
  })
  return [
    {
      key: 'month',
      title: w.month,
      show: (bill) => (
        <div className="cell-two">
          <Go to={`/bills/${bill.bill_id}`} className="strong">
            {monthText(bill.month, language)}
          </Go>
          <div className="quiet">{bill.number ?? w.draftNumber}</div>
        </div>
      ),
      text: (bill) => `${bill.month} ${bill.number ?? ''}`,
      sortable: true,
      matters: true,
    },
    ...(isBuyer
      ? []
      : [
          {
            key: 'buyer',
            title: w.buyer,
            show: (bill: Bill) => bill.buyer_name,
            text: (bill: Bill) => bill.buyer_name,
            sortable: true,
            matters: true,
          },
        ]),
    {
      key: 'status',
      title: w.status,
      show: (bill) => <StatusTag kind="bill" status={shownStatus(bill)} />,
      text: (bill) => statusName('bill', shownStatus(bill), language),
      matters: true,
    },
    money('gross', w.amount, (bill) => bill.gross, true),
    money('settled', w.settled, (bill) => bill.settled),
    money('outstanding', w.outstanding, (bill) => bill.outstanding),
    {
      key: 'due',
      title: w.dueOn,
      show: (bill) => <span className="number">{bill.due_on ?? '—'}</span>,
      text: (bill) => bill.due_on ?? '',
      sortable: true,
    },
  ]
}

/** What the running month would cost, by subscription. */
function Estimate({ buyerId }: Readonly<{ buyerId: string }>) {
  const w = useWords(billWords)
  const { language } = useLanguage()
  const estimate = useQuery({
    queryKey: ['estimate', buyerId],
    queryFn: () => ask(api.v1.usage.estimate.$get({ query: { buyer_id: buyerId } })),
    refetchInterval: 5000,
  })
  return (
    <Section
      title={w.estimate}
      extra={estimate.data ? <AsOf at={estimate.data.as_of} finality="estimated" /> : null}
    >
      <Block query={estimate} what={w.estimate}>
        {(told) => (
          <>
            <div className="estimate-total">
              <Money yuan={told.total} unit strong />
              <span className="quiet">{w.estimateLead}</span>
            </div>
            <ul className="todo-list">
              {told.subscriptions.map((each) => (
                <li key={each.subscription_id}>
                  <span className="todo-text">
                    {each.product_name} <span className="quiet">· {each.scenario_name}</span>
                  </span>
                  <span className="quiet">
                    <Quantity of={each.billed_calls} /> / <Quantity of={each.calls} />{' '}
                    {language === 'zh' ? '次计费' : 'calls charged'}
                  </span>
                  {each.purpose_class === 'public_interest' ? (
                    <span className="quiet">{w.publicInterest}</span>
                  ) : (
                    <Money yuan={each.amount} unit />
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </Block>
    </Section>
  )
}
