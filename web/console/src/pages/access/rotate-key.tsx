/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import type { ApiKey, Subscription } from './access-queries.ts'
import { KeyMark } from './key-standing.tsx'
import { SecretOnce } from './secret-once.tsx'

const daySeconds = 86_400
const overlaps = {
  none: 0,
  hour: 3_600,
  day: daySeconds,
  week: 7 * daySeconds,
  month: 30 * daySeconds,
} as const
const overlapNames = ['none', 'hour', 'day', 'week', 'month'] as const

type RotateProps = Readonly<{
  apiKey: ApiKey
  subscription: Subscription | undefined
  onClose: () => void
}>

/** Makes the second key of a pair; both work until the chosen end of the overlap. */
export function RotateKey({ apiKey, subscription, onClose }: RotateProps) {
  const w = useWords(buyerWords).keys
  const queries = useQueryClient()
  const [overlap, setOverlap] = useState<keyof typeof overlaps>('day')
  const [secret, setSecret] = useState<string>()
  if (secret)
    return (
      <SecretOnce
        title={w.rotate}
        secret={secret}
        product={subscription?.product_code}
        onClose={onClose}
      />
    )
  return (
    <CheckAndSubmit
      title={w.rotateTitle}
      submitLabel={w.rotate}
      check={
        <div className="stack">
          <Facts
            facts={[
              { label: w.name, value: apiKey.name },
              { label: w.key, value: <KeyMark apiKey={apiKey} /> },
            ]}
          />
          <div>
            <div className="quiet">{w.overlap}</div>
            <Segmented
              value={overlap}
              onChange={setOverlap}
              options={overlapNames.map((value) => ({ value, label: w.overlaps[value] }))}
            />
          </div>
          <p>{overlap === 'none' ? w.rotateAtOnce : w.rotateEffect}</p>
        </div>
      }
      submit={async () => {
        const json = { overlap_seconds: overlaps[overlap] }
        const rotation = api.v1['api-keys'][':id'].rotation
        const { key } = await ask(rotation.$post({ param: { id: apiKey.id }, json }))
        await queries.invalidateQueries({ queryKey: ['keys'] })
        // The dialog that shows the secret stands in place of this one from here on.
        setSecret(key)
      }}
      done={() => ({ title: w.rotate, next: null })}
      onClose={onClose}
    />
  )
}
