/** @jsxImportSource react */
import { Button } from 'antd'
import { useState } from 'react'
import { useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { isZero } from '#web/console/src/parts/format.ts'
import { Money } from '#web/console/src/parts/money.tsx'
import { EmptyState, Section } from '#web/console/src/parts/page.tsx'
import { accounts as accountWords } from '#web/shared/words/accounts.ts'
import type { Account } from './account-queries.ts'
import { AskRefund } from './ask-refund.tsx'
import { SetTerms } from './set-terms.tsx'

type Opened = Readonly<{ account: Account; what: 'terms' | 'refund' }>

/** How each buyer pays, what it has, owes and may still use. */
export function AccountTable({ accounts }: Readonly<{ accounts: readonly Account[] }>) {
  const w = useWords(accountWords)
  const may = useMay()
  const [opened, setOpened] = useState<Opened>()
  const money = (key: 'balance' | 'owed' | 'unbilled', title: string): Column<Account> => ({
    key: `a_${key}`,
    title: `${title}（元）`,
    show: (row) => <Money yuan={row[key]} />,
    text: (row) => row[key],
    numeric: true,
    sortable: true,
  })
  const columns: Column<Account>[] = [
    {
      key: 'a_buyer',
      title: w.buyer,
      show: (row) => row.buyer_name,
      text: (row) => row.buyer_name,
      sortable: true,
      matters: true,
    },
    {
      key: 'a_mode',
      title: w.mode,
      show: (row) => (
        <div className="cell-two">
          <div>{w.modes[row.payment_mode]}</div>
          {row.credit_limit === null ? null : (
            <div className="quiet">
              {w.creditLimit} <Money yuan={row.credit_limit} />
            </div>
          )}
        </div>
      ),
      text: (row) => `${w.modes[row.payment_mode]} ${row.credit_limit ?? ''}`.trim(),
      matters: true,
    },
    money('balance', w.balance),
    money('owed', w.owed),
    money('unbilled', w.unbilled),
    {
      key: 'a_available',
      title: `${w.available}（元）`,
      show: (row) =>
        row.available === null ? (
          <span className="quiet">{w.noLimit}</span>
        ) : (
          <Money yuan={row.available} strong />
        ),
      text: (row) => row.available ?? w.noLimit,
      numeric: true,
      matters: true,
    },
    {
      key: 'a_act',
      title: '',
      show: (account) => (
        <span className="section-extra">
          {may('account_terms:set') ? (
            <Button size="small" onClick={() => setOpened({ account, what: 'terms' })}>
              {w.setTerms}
            </Button>
          ) : null}
          {may('refund:request') && !isZero(account.unused) ? (
            <Button size="small" onClick={() => setOpened({ account, what: 'refund' })}>
              {w.askRefund}
            </Button>
          ) : null}
        </span>
      ),
      matters: true,
    },
  ]
  const close = () => setOpened(undefined)
  return (
    <Section flush>
      <DataTable
        rows={accounts}
        columns={columns}
        rowKey={(row) => `${row.buyer_id}-${row.operator_id}`}
        caption={w.title}
        exportName="accounts"
        filters={[
          {
            key: 'mode',
            label: w.mode,
            options: (['prepaid', 'postpaid'] as const).map((value) => ({
              value,
              label: w.modes[value],
            })),
          },
        ]}
        keeps={(row, { mode }) => !mode || row.payment_mode === mode}
        empty={<EmptyState title={w.none} hint={w.noneHint} />}
      />
      {opened?.what === 'terms' ? <SetTerms account={opened.account} onClose={close} /> : null}
      {opened?.what === 'refund' ? <AskRefund account={opened.account} onClose={close} /> : null}
    </Section>
  )
}
