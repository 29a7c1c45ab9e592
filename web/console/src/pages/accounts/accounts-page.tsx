/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { useWords } from '#web/console/src/app/language.tsx'
import { useMe } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { EmptyState, Page, Section } from '#web/console/src/parts/page.tsx'
import { accounts as accountWords } from '#web/shared/words/accounts.ts'
import { AccountTable } from './account-table.tsx'
import { accountsQuery } from './account-queries.ts'
import { BalanceCard, Movements } from './balance-card.tsx'
import { Refunds } from './refunds.tsx'

/** A buyer sees its own balance and what moved it; an operator and bureaus see all accounts. */
export function AccountsPage() {
  const w = useWords(accountWords)
  const isBuyer = useMe().organization_kind === 'buyer'
  const accounts = useQuery(accountsQuery)
  return (
    <Page title={w.title} lead={isBuyer ? w.leadBuyer : w.leadOthers}>
      <Block query={accounts} page>
        {({ items }) => {
          if (items.length === 0)
            return (
              <Section>
                <EmptyState title={w.none} hint={w.noneHint} />
              </Section>
            )
          if (!isBuyer) return <AccountTable accounts={items} />
          return items.map((account) => (
            <div className="stack" key={account.operator_id}>
              <BalanceCard account={account} />
              <Movements account={account} />
            </div>
          ))
        }}
      </Block>
      <Refunds accounts={accounts.data?.items ?? []} />
    </Page>
  )
}
