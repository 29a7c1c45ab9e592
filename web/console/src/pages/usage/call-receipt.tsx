/** @jsxImportSource react */
import { Button } from 'antd'
import { useWords } from '#web/console/src/app/language.tsx'
import { useMe } from '#web/console/src/app/session.ts'
import { usage as usageWords } from '#web/shared/words/usage.ts'
import type { Call } from './calls-page.tsx'

/** The signed receipt of a call of the buyer's own, made from the record, as a file for the verifier. */
export function CallReceipt({ call }: Readonly<{ call: Call }>) {
  const w = useWords(usageWords)
  const me = useMe()
  if (me.organization_kind !== 'buyer') return null
  return (
    <p>
      <Button
        size="small"
        href={`/v1/calls/${call.event_id}/receipt`}
        download={`usage-receipt-${call.event_id}.json`}
      >
        {w.signedReceipt}
      </Button>{' '}
      <span className="quiet">{w.signedReceiptHint}</span>
    </p>
  )
}
