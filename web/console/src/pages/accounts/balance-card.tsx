/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { isZero, minuteText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { Money } from '#web/console/src/parts/money.tsx'
import { EmptyState, Section, Tiles } from '#web/console/src/parts/page.tsx'
import { accounts as accountWords } from '#web/shared/words/accounts.ts'
import { type Account, type Movement, movementsQuery } from './account-queries.ts'
import { AskRefund } from './ask-refund.tsx'

/** What a buyer has with one operator, and what of it may still be used. */
export function BalanceCard({ account }: Readonly<{ account: Account }>) {
  const w = useWords(accountWords)
  const may = useMay()
  const [isAsking, setAsking] = useState(false)
  const isPrepaid = account.payment_mode === 'prepaid'
  const { available } = account
  return (
    <Section
      title={w.with(account.operator_name)}
      extra={
        may('refund:request') && !isZero(account.unused) ? (
          <Button size="small" onClick={() => setAsking(true)}>
            {w.askRefund}
          </Button>
        ) : null
      }
    >
      {isPrepaid && available !== null && isZero(available) ? (
        <Alert type="warning" showIcon title={w.low} description={w.howToTopUp} />
      ) : null}
      <Tiles
        tiles={[
          {
            label: w.available,
            value: available === null ? w.noLimit : <Money yuan={available} unit strong />,
            note: w.modes[account.payment_mode],
          },
          { label: w.balance, value: <Money yuan={account.balance} unit /> },
          ...(account.credit_limit === null
            ? []
            : [{ label: w.creditLimit, value: <Money yuan={account.credit_limit} unit /> }]),
          { label: w.owed, value: <Money yuan={account.owed} unit />, to: '/bills' },
          {
            label: w.unbilled,
            value: <Money yuan={account.unbilled} unit />,
            note: w.unbilledHint,
            to: '/usage',
          },
        ]}
      />
      {isAsking ? <AskRefund account={account} onClose={() => setAsking(false)} /> : null}
    </Section>
  )
}

/** What moved the balance, the newest first. */
export function Movements({ account }: Readonly<{ account: Account }>) {
  const w = useWords(accountWords)
  const movements = useQuery(movementsQuery(account))
  const columns: Column<Movement>[] = [
    {
      key: 'm_at',
      title: w.at,
      show: (row) => <span className="number">{minuteText(row.at)}</span>,
      text: (row) => row.at,
      matters: true,
    },
    {
      key: 'm_kind',
      title: w.kind,
      show: (row) => w.kinds[row.kind],
      text: (row) => row.kind,
      matters: true,
    },
    {
      key: 'm_amount',
      title: w.amount,
      show: (row) => <Money yuan={row.amount} />,
      text: (row) => row.amount,
      numeric: true,
      matters: true,
    },
    {
      key: 'm_after',
      title: w.after,
      show: (row) => <Money yuan={row.balance_after} strong />,
      text: (row) => row.balance_after,
      numeric: true,
    },
    {
      key: 'm_reference',
      title: w.reference,
      show: (row) =>
        row.bill_id === null ? (
          <code>{row.reference}</code>
        ) : (
          <Go to={`/bills/${row.bill_id}`}>{row.reference}</Go>
        ),
      text: (row) => row.reference,
    },
  ]
  return (
    <Section title={w.movements} flush>
      <Block query={movements} what={w.movements}>
        {({ items }) => (
          <DataTable
            rows={items}
            columns={columns}
            rowKey={(row) => `${row.kind}-${row.reference}-${row.at}`}
            caption={w.movements}
            exportName="account-movements"
            empty={<EmptyState title={w.noMovements} hint={w.howToTopUp} />}
          />
        )}
      </Block>
    </Section>
  )
}
