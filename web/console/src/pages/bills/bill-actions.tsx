/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import type { Action } from '#kernel/permissions.ts'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { monthText } from '#web/console/src/parts/format.ts'
import { Money } from '#web/console/src/parts/money.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { bills as billWords } from '#web/shared/words/bills.ts'
import type { BillDetail } from './bill-queries.ts'

type Step = 'confirm_by_operator' | 'issue' | 'discard' | 'confirm' | 'object'
type Bill = Readonly<{ bill: BillDetail }>

/** Which step a bill's status allows, who may take it; the api decides, this only offers. */
const steps: readonly Readonly<{ step: Step; from: readonly string[]; who: Action }>[] = [
  { step: 'discard', from: ['draft', 'operator_confirmed'], who: 'bill:run' },
  { step: 'confirm_by_operator', from: ['draft'], who: 'bill:confirm_operator' },
  { step: 'issue', from: ['operator_confirmed'], who: 'bill:issue' },
  { step: 'object', from: ['issued'], who: 'bill:object' },
  { step: 'confirm', from: ['issued'], who: 'bill:confirm' },
]

export function BillActions({ bill }: Bill) {
  const w = useWords(billWords)
  const may = useMay()
  const [open, setOpen] = useState<Step>()
  const names: Record<Step, string> = {
    confirm: w.confirm,
    object: w.object,
    confirm_by_operator: '复核通过',
    issue: '签发账单',
    discard: '废弃草稿',
  }
  const offered = steps.filter(({ from, who }) => from.includes(bill.status) && may(who))
  return (
    <>
      {offered.map(({ step }) => (
        <Button
          key={step}
          type={step === 'object' || step === 'discard' ? 'default' : 'primary'}
          onClick={() => setOpen(step)}
        >
          {names[step]}
        </Button>
      ))}
      {open ? (
        <StepDialog bill={bill} step={open} name={names[open]} onClose={() => setOpen(undefined)} />
      ) : null}
    </>
  )
}

function StepDialog(props: Bill & Readonly<{ step: Step; name: string; onClose: () => void }>) {
  const { bill, step, name } = props
  const w = useWords(billWords)
  const { language } = useLanguage()
  const queries = useQueryClient()
  const bills = api.v1.bills[':id']
  const param = { id: bill.bill_id }
  const onClose = () => {
    props.onClose()
    void queries.invalidateQueries()
  }
  const run: Record<Step, (reason: string) => Promise<Readonly<{ title: string; next: string }>>> =
    {
      confirm: async () => {
        const { due_on } = await ask(bills.confirm.$post({ param }))
        return { title: w.confirmed, next: w.confirmedNext(due_on) }
      },
      object: async (reason) => {
        await ask(bills.objections.$post({ param, json: { reason } }))
        return { title: w.objected, next: w.objectedNext }
      },
      confirm_by_operator: async () => {
        await ask(bills['confirm-by-operator'].$post({ param }))
        return { title: '账单已复核', next: '请负责人签发；签发后取得编号，内容冻结。' }
      },
      issue: async () => {
        const { number, due_on } = await ask(bills.issue.$post({ param }))
        return {
          title: `已签发 ${number}`,
          next: `账单已送达开发利用主体，内容不可更改。付款期限 ${due_on}。`,
        }
      },
      discard: async (reason) => {
        await ask(bills.discard.$post({ param, json: { reason } }))
        return { title: '草稿已废弃', next: '下一次出账将重新生成。' }
      },
    }
  const needsReason = step === 'object' || step === 'discard'
  return (
    <CheckAndSubmit
      title={name}
      danger={step === 'discard'}
      check={
        <Facts
          facts={[
            { label: w.number, value: bill.number ?? w.draftNumber },
            { label: w.month, value: monthText(bill.month, language) },
            { label: w.buyer, value: bill.buyer_name },
            { label: w.total, value: <Money yuan={bill.gross} unit strong /> },
            { label: w.net, value: <Money yuan={bill.net} unit /> },
            { label: w.tax, value: <Money yuan={bill.tax} unit /> },
          ]}
        />
      }
      {...(needsReason
        ? {
            opinion: {
              label: step === 'object' ? w.objectReason : '废弃理由',
              required: true,
              ...(step === 'object' ? { hint: w.objectHint } : {}),
            },
          }
        : {})}
      submitLabel={name}
      submit={({ opinion }) => run[step](opinion)}
      done={(told) => told}
      onClose={onClose}
    />
  )
}

/** Where an objection waits: its decision, for whoever decides. */
export function ObjectionDecision({ objectionId }: Readonly<{ objectionId: string }>) {
  const w = useWords(billWords)
  const may = useMay()
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [verdict, setVerdict] = useState<'upheld' | 'dismissed'>('dismissed')
  if (!may('bill:decide_objection')) return <>{w.pending}</>
  return (
    <>
      <Button size="small" type="primary" onClick={() => setOpen(true)}>
        处理异议
      </Button>
      {isOpen ? (
        <CheckAndSubmit
          title="处理异议"
          check={
            <Segmented
              value={verdict}
              options={[
                { value: 'upheld', label: w.decision.upheld },
                { value: 'dismissed', label: w.decision.dismissed },
              ]}
              onChange={setVerdict}
            />
          }
          opinion={{ label: '处理意见与依据', required: true }}
          submitLabel="提交处理结果"
          submit={({ opinion }) =>
            ask(
              api.v1['bill-objections'][':id'].decide.$post({
                param: { id: objectionId },
                json: { verdict, decision: opinion },
              }),
            )
          }
          onClose={() => {
            setOpen(false)
            void queries.invalidateQueries()
          }}
        />
      ) : null}
    </>
  )
}
