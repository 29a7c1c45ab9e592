/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { Money } from '#web/console/src/parts/money.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { typedYuan, YuanField } from '#web/console/src/parts/yuan-field.tsx'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import type { ApiKey } from './access-queries.ts'
import { KeyMark } from './key-standing.tsx'

/** Limits what a key, and those that follow it, may spend in a month; an empty field takes the limit away. */
export function CapKey({ apiKey, onClose }: Readonly<{ apiKey: ApiKey; onClose: () => void }>) {
  const w = useWords(buyerWords).keys
  const queries = useQueryClient()
  const [cap, setCap] = useState(apiKey.monthly_spend_max ?? '')
  return (
    <CheckAndSubmit
      title={w.cap}
      submitLabel={w.capSave}
      check={
        <>
          <Facts
            facts={[
              { label: w.name, value: apiKey.name },
              { label: w.key, value: <KeyMark apiKey={apiKey} /> },
            ]}
          />
          <YuanField label={w.capAmount} value={cap} onChange={setCap} isOptional />
          <p className="gap-above">{w.capEffect}</p>
        </>
      }
      submit={async () => {
        const monthly_spend_max = cap.trim() === '' ? null : typedYuan(cap)
        await ask(
          api.v1['api-keys'][':id']['spend-cap'].$post({
            param: { id: apiKey.id },
            json: { monthly_spend_max },
          }),
        )
        await queries.invalidateQueries({ queryKey: ['keys'] })
      }}
      onClose={onClose}
    />
  )
}

/** What a key has spent this month beside its cap. */
export function KeySpending(props: Readonly<{ apiKey: ApiKey; spent: string | undefined }>) {
  const w = useWords(buyerWords).keys
  const { monthly_spend_max: cap } = props.apiKey
  return (
    <div className="cell-two">
      <Money yuan={props.spent ?? '0.00'} />
      <div className="quiet">
        {cap === null ? w.noCap : w.capped} {cap === null ? null : <Money yuan={cap} />}
      </div>
    </div>
  )
}
