/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { DecisionDialog } from '#web/console/src/parts/decision-dialog.tsx'
import { minuteText } from '#web/console/src/parts/format.ts'
import { Money } from '#web/console/src/parts/money.tsx'
import { EmptyState, Facts, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag, statusName } from '#web/console/src/parts/status-tag.tsx'
import { accounts as accountWords } from '#web/shared/words/accounts.ts'
import { type Account, type Refund, refundsQuery } from './account-queries.ts'

/** Refunds that were asked for and what became of them; another person decides. */
export function Refunds({ accounts }: Readonly<{ accounts: readonly Account[] }>) {
  const w = useWords(accountWords)
  const { language } = useLanguage()
  const may = useMay()
  const refunds = useQuery(refundsQuery)
  const [opened, setOpened] = useState<Refund>()
  const buyerOf = (row: Refund) =>
    accounts.find(({ buyer_id }) => buyer_id === row.buyer_id)?.buyer_name ?? row.buyer_id
  const columns: Column<Refund>[] = [
    {
      key: 'r_at',
      title: w.requested,
      show: (row) => <span className="number">{minuteText(row.requested_at)}</span>,
      text: (row) => row.requested_at,
    },
    { key: 'r_buyer', title: w.buyer, show: buyerOf, text: buyerOf, matters: true },
    {
      key: 'r_amount',
      title: w.amount,
      show: (row) => <Money yuan={row.amount} strong />,
      text: (row) => row.amount,
      numeric: true,
      matters: true,
    },
    {
      key: 'r_reason',
      title: w.reason,
      show: (row) => (
        <div className="cell-two">
          <div className="break">{row.reason}</div>
          {row.note === null ? null : <div className="quiet break">{row.note}</div>}
        </div>
      ),
      text: (row) => `${row.reason} ${row.note ?? ''}`.trim(),
    },
    {
      key: 'r_status',
      title: w.status,
      show: (row) => <StatusTag kind="refund" status={row.status} />,
      text: (row) => statusName('refund', row.status, language),
      matters: true,
    },
    {
      key: 'r_act',
      title: '',
      show: (row) => {
        if (row.status !== 'requested' || !may('refund:decide')) return null
        if (row.is_mine) return <span className="quiet">{w.mine}</span>
        return (
          <Button size="small" type="primary" onClick={() => setOpened(row)}>
            {w.decide}
          </Button>
        )
      },
      matters: true,
    },
  ]
  return (
    <Section title={w.refunds} flush>
      <Block query={refunds} what={w.refunds}>
        {({ items }) => (
          <DataTable
            rows={items}
            columns={columns}
            rowKey={(row) => row.refund_id}
            caption={w.refunds}
            exportName="balance-refunds"
            empty={<EmptyState title={w.noRefunds} />}
          />
        )}
      </Block>
      {opened ? (
        <DecideRefund
          refund={opened}
          buyer={buyerOf(opened)}
          onClose={() => setOpened(undefined)}
        />
      ) : null}
    </Section>
  )
}

function DecideRefund(props: Readonly<{ refund: Refund; buyer: string; onClose: () => void }>) {
  const w = useWords(accountWords)
  const { refund } = props
  return (
    <DecisionDialog
      title={w.refunds}
      check={
        <Facts
          facts={[
            { label: w.buyer, value: props.buyer },
            { label: w.refundAmount, value: <Money yuan={refund.amount} unit strong /> },
            { label: w.payee, value: refund.payee_account },
            { label: w.reason, value: refund.reason },
          ]}
        />
      }
      decide={(json) => {
        const param = { id: refund.refund_id }
        return ask(api.v1['balance-refunds'][':id'].decision.$post({ param, json }))
      }}
      onClose={props.onClose}
    />
  )
}
