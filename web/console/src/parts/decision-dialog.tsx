/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Radio } from 'antd'
import { useState, type ReactNode } from 'react'
import { CheckAndSubmit } from './check-and-submit.tsx'

type Decision = Readonly<{ verdict: 'approved' | 'refused'; note: string }>
type DecisionDialogProps = Readonly<{
  title: string
  check: ReactNode
  decide: (decision: Decision) => Promise<unknown>
  onClose: () => void
}>

/** The second of two people: what was proposed, yes or no, and why. Only platform and operator decide so: Chinese. */
export function DecisionDialog({ title, check, decide, onClose }: DecisionDialogProps) {
  const queries = useQueryClient()
  const [verdict, setVerdict] = useState<Decision['verdict']>('approved')
  return (
    <CheckAndSubmit
      title={title}
      check={
        <>
          {check}
          <Radio.Group
            value={verdict}
            onChange={({ target }) => setVerdict(target.value as Decision['verdict'])}
            options={[
              { value: 'approved', label: '批准' },
              { value: 'refused', label: '不批准' },
            ]}
          />
        </>
      }
      opinion={{ label: '意见', required: true }}
      submitLabel="提交"
      danger={verdict === 'refused'}
      submit={async ({ opinion }) => {
        await decide({ verdict, note: opinion })
        await queries.invalidateQueries()
      }}
      onClose={onClose}
    />
  )
}
