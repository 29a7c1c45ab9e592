/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { Money } from '#web/console/src/parts/money.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { typedYuan, YuanField } from '#web/console/src/parts/yuan-field.tsx'
import { accounts as accountWords } from '#web/shared/words/accounts.ts'
import type { Account } from './account-queries.ts'

/** Asks for unused balance back: how much, where to, and why. */
export function AskRefund({
  account,
  onClose,
}: Readonly<{ account: Account; onClose: () => void }>) {
  const w = useWords(accountWords)
  const queries = useQueryClient()
  const [amount, setAmount] = useState(account.unused)
  const [payee, setPayee] = useState('')
  return (
    <CheckAndSubmit
      title={w.askRefund}
      submitLabel={w.askRefund}
      check={
        <>
          <Facts
            facts={[
              { label: w.buyer, value: account.buyer_name },
              { label: w.unused, value: <Money yuan={account.unused} unit strong /> },
            ]}
          />
          <YuanField label={w.refundAmount} value={amount} onChange={setAmount} />
          <label className="field gap-above">
            <span>{w.payee}</span>
            <Input
              value={payee}
              maxLength={100}
              onChange={({ target }) => setPayee(target.value)}
            />
          </label>
          <p className="gap-above">{w.refundEffect}</p>
        </>
      }
      opinion={{ label: w.reason, required: true }}
      submit={async ({ opinion }) => {
        await ask(
          api.v1['balance-refunds'].$post({
            json: {
              buyer_id: account.buyer_id,
              operator_id: account.operator_id,
              amount: typedYuan(amount),
              payee_account: payee,
              reason: opinion,
            },
          }),
        )
        await queries.invalidateQueries()
      }}
      onClose={onClose}
    />
  )
}
