/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { billsQuery } from '#web/console/src/pages/bills/bill-queries.ts'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { groupDigits, isZero, monthText } from '#web/console/src/parts/format.ts'
import { type EntryDialogProps, EntryFacts } from './bank-entry.tsx'

/** Whose money it is and which bills it settles, in the order chosen; the rest stays as credit. */
export function Match({ entry, onClose }: EntryDialogProps) {
  const queries = useQueryClient()
  const bills = useQuery(billsQuery)
  const open = (bills.data?.items ?? []).filter(
    (bill) => bill.number !== null && !isZero(bill.outstanding),
  )
  const guess = open.find((bill) => entry.remark.includes(bill.number ?? '\0'))
  const [chosen, setChosen] = useState<readonly string[]>()
  const billIds = chosen ?? (guess ? [guess.bill_id] : [])
  const buyerId = open.find(({ bill_id }) => bill_id === billIds[0])?.buyer_id
  return (
    <CheckAndSubmit
      title="匹配收款"
      submitLabel="匹配"
      check={
        <>
          <EntryFacts entry={entry} />
          <label className="field gap-above">
            <span>核销的账单（按所选顺序，余款留作该主体余额）</span>
            <Select
              mode="multiple"
              value={[...billIds]}
              loading={bills.isPending}
              showSearch={{ optionFilterProp: 'label' }}
              placeholder="选择账单"
              options={open
                .filter((bill) => !buyerId || bill.buyer_id === buyerId)
                .map((bill) => ({
                  value: bill.bill_id,
                  label: `${bill.number ?? ''} ${bill.buyer_name} ${monthText(bill.month)} 未付 ${groupDigits(bill.outstanding)}`,
                }))}
              onChange={setChosen}
            />
          </label>
        </>
      }
      submit={() =>
        ask(
          api.v1['bank-entries'][':id'].match.$post({
            param: { id: entry.bank_entry_id },
            json: { buyer_id: buyerId ?? '', bill_ids: [...billIds] },
          }),
        )
      }
      done={({ allocations, credit }) => ({
        title: `已核销 ${allocations.length} 份账单`,
        next: isZero(credit)
          ? '账单状态已更新。'
          : `余款 ${groupDigits(credit)} 元留作该主体余额，可用于核销其他账单。`,
      })}
      onClose={() => {
        onClose()
        void queries.invalidateQueries()
      }}
    />
  )
}
