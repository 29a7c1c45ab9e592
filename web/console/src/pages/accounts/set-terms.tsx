/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { typedYuan, YuanField } from '#web/console/src/parts/yuan-field.tsx'
import { accounts as accountWords } from '#web/shared/words/accounts.ts'
import type { Account } from './account-queries.ts'

type Mode = Account['payment_mode']

/** Decides how a buyer pays from now on; an empty limit is none. */
export function SetTerms({
  account,
  onClose,
}: Readonly<{ account: Account; onClose: () => void }>) {
  const w = useWords(accountWords)
  const queries = useQueryClient()
  const [mode, setMode] = useState<Mode>(account.payment_mode)
  const [limit, setLimit] = useState(account.credit_limit ?? '')
  return (
    <CheckAndSubmit
      title={w.setTerms}
      submitLabel={w.save}
      check={
        <>
          <Facts facts={[{ label: w.buyer, value: account.buyer_name }]} />
          <label className="field gap-above">
            <span>{w.mode}</span>
            <Segmented<Mode>
              value={mode}
              onChange={setMode}
              options={(['prepaid', 'postpaid'] as const).map((value) => ({
                value,
                label: w.modes[value],
              }))}
            />
          </label>
          {mode === 'postpaid' ? (
            <YuanField
              label={w.creditLimit}
              value={limit}
              onChange={setLimit}
              hint={w.limitHint}
              isOptional
            />
          ) : null}
          <p className="gap-above">{w.termsEffect}</p>
        </>
      }
      opinion={{ label: w.reason, required: true }}
      submit={async ({ opinion }) => {
        const isLimited = mode === 'postpaid' && limit.trim() !== ''
        await ask(
          api.v1['account-terms'].$post({
            json: {
              buyer_id: account.buyer_id,
              payment_mode: mode,
              credit_limit: isLimited ? typedYuan(limit) : null,
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
