/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect } from 'react'
import { useWords } from '#web/console/src/app/language.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { usage as usageWords } from '#web/shared/words/usage.ts'
import { type Days, usageQuery } from './usage-query.ts'

/** Whose calls: buyers that called in these days, the first one unless the address says another. */
export function BuyerPicker({ days }: Readonly<{ days: Days }>) {
  const w = useWords(usageWords)
  const [state, change] = useUrlState()
  const buyers = useQuery(usageQuery({ ...days, mode: 'live' }, 'buyer'))
  const first = buyers.data?.items[0]?.bucket
  useEffect(() => {
    if (!state['buyer'] && first) change({ buyer: first })
  }, [state['buyer'], first])
  return (
    <Select
      aria-label={w.buyer}
      className="filter"
      showSearch={{ optionFilterProp: 'label' }}
      value={state['buyer'] ?? null}
      placeholder={w.buyer}
      options={(buyers.data?.items ?? []).map(({ bucket, name }) => ({
        value: bucket,
        label: name,
      }))}
      onChange={(buyer: string) => change({ buyer })}
    />
  )
}
