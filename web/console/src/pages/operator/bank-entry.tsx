/** @jsxImportSource react */
import type { api, AnswerOf } from '#web/console/src/api/client.ts'
import { Money } from '#web/console/src/parts/money.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'

export type Entry = AnswerOf<
  Awaited<ReturnType<(typeof api.v1)['bank-entries']['$get']>>
>['items'][number]

/** What a person checks before an entry is booked. */
export function EntryFacts({ entry }: Readonly<{ entry: Entry }>) {
  return (
    <Facts
      facts={[
        { label: '付款单位', value: entry.payer_name },
        { label: '金额', value: <Money yuan={entry.amount} unit strong /> },
        { label: '到账日期', value: entry.paid_on },
        { label: '附言', value: entry.remark || '—' },
      ]}
    />
  )
}

export type EntryDialogProps = Readonly<{ entry: Entry; onClose: () => void }>
