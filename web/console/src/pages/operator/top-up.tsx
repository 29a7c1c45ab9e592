/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { accountsQuery } from '#web/console/src/pages/accounts/account-queries.ts'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { groupDigits } from '#web/console/src/parts/format.ts'
import { type EntryDialogProps, EntryFacts } from './bank-entry.tsx'

/** Money paid ahead: it becomes the balance of whoever paid it, and confirmed bills draw on it. */
export function TopUp({ entry, onClose }: EntryDialogProps) {
  const queries = useQueryClient()
  const accounts = useQuery(accountsQuery)
  const items = accounts.data?.items ?? []
  const guess = items.find(({ buyer_name }) => buyer_name === entry.payer_name)
  const [chosen, setChosen] = useState<string>()
  const buyerId = chosen ?? guess?.buyer_id
  return (
    <CheckAndSubmit
      title="登记为预付充值"
      submitLabel="登记充值"
      check={
        <>
          <EntryFacts entry={entry} />
          <label className="field gap-above">
            <span>充值主体（已确认未付的账单随即从余额扣款）</span>
            <Select
              value={buyerId}
              loading={accounts.isPending}
              showSearch={{ optionFilterProp: 'label' }}
              placeholder="选择主体"
              options={items.map((each) => ({ value: each.buyer_id, label: each.buyer_name }))}
              onChange={setChosen}
            />
          </label>
        </>
      }
      submit={() =>
        ask(
          api.v1['bank-entries'][':id']['top-up'].$post({
            param: { id: entry.bank_entry_id },
            json: { buyer_id: buyerId ?? '' },
          }),
        )
      }
      done={({ balance }) => ({
        title: '已登记充值',
        next: `该主体预付余额 ${groupDigits(balance)} 元。`,
      })}
      onClose={() => {
        onClose()
        void queries.invalidateQueries()
      }}
    />
  )
}
