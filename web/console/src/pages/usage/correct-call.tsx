/** @jsxImportSource react */
import { Button, Form, Input, InputNumber, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import type { Id } from '#kernel/ids.ts'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { Facts } from '#web/console/src/parts/page.tsx'
import { statusName } from '#web/console/src/parts/status-tag.tsx'
import { corrections as correctionWords } from '#web/shared/words/corrections.ts'
import type { Call } from './calls-page.tsx'

type CorrectCallProps = Readonly<{ call: Call; buyerId: string }>

/** The operator's maker asks that a call be voided, or replaced by what it really was; the head decides. */
export function CorrectCall(props: CorrectCallProps) {
  const may = useMay()
  const { call } = props
  if (!may('usage_correction:propose') || call.correction) return null
  return (
    <div className="filter-bar">
      {call.billable ? <VoidCall {...props} /> : null}
      {canBeReplaced(call) ? <ReplaceCall {...props} /> : null}
    </div>
  )
}

/** As the platform will insist: a live call of a subscription that stands for itself. */
function canBeReplaced(call: Call): boolean {
  const isOne = call.attempts === 1 && call.result_class !== 'repeated'
  return isOne && call.mode === 'live' && call.subscription_id !== null
}

function VoidCall({ call, buyerId }: CorrectCallProps) {
  const w = useWords(correctionWords)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button size="small" danger onClick={() => setOpen(true)}>
        {w.voidCall}
      </Button>
      {isOpen ? (
        <Proposal
          call={call}
          buyerId={buyerId}
          title={w.voidTitle}
          hint={w.voidHint}
          change={{ kind: 'void' }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  )
}

const results = ['found', 'not_found', 'failed'] as const
type Result = (typeof results)[number]

function ReplaceCall({ call, buyerId }: CorrectCallProps) {
  const w = useWords(correctionWords)
  const { language } = useLanguage()
  const [isOpen, setOpen] = useState(false)
  const recorded = results.find((result) => result === call.result_class)
  const [result, setResult] = useState<Result>(recorded ?? 'failed')
  const [status, setStatus] = useState(call.http_status)
  const [records, setRecords] = useState(Number(call.records))
  const [bytes, setBytes] = useState(Number(call.bytes))
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {w.replaceCall}
      </Button>
      {isOpen ? (
        <Proposal
          call={call}
          buyerId={buyerId}
          title={w.replaceTitle}
          hint={w.replaceHint}
          change={{
            kind: 'replace',
            replacement: { result_class: result, http_status: status, records, bytes },
          }}
          onClose={() => setOpen(false)}
        >
          <Form layout="vertical" component="div">
            <Form.Item label={w.result}>
              <Select
                aria-label={w.result}
                value={result}
                options={results.map((value) => ({
                  value,
                  label: statusName('result', value, language),
                }))}
                onChange={setResult}
              />
            </Form.Item>
            <Whole label={w.status} value={status} min={100} max={599} onChange={setStatus} />
            <Whole label={w.records} value={records} min={0} onChange={setRecords} />
            <Whole label={w.bytes} value={bytes} min={0} onChange={setBytes} />
          </Form>
        </Proposal>
      ) : null}
    </>
  )
}

type WholeProps = Readonly<{
  label: string
  value: number
  min: number
  max?: number
  onChange: (value: number) => void
}>

function Whole({ label, onChange, ...rest }: WholeProps) {
  return (
    <Form.Item label={label}>
      <InputNumber
        aria-label={label}
        precision={0}
        onChange={(value) => (value === null ? undefined : onChange(value))}
        {...rest}
      />
    </Form.Item>
  )
}

type Change =
  | Readonly<{ kind: 'void' }>
  | Readonly<{
      kind: 'replace'
      replacement: Readonly<{
        result_class: Result
        http_status: number
        records: number
        bytes: number
      }>
    }>

type ProposalProps = CorrectCallProps &
  Readonly<{
    title: string
    hint: string
    change: Change
    children?: ReactNode
    onClose: () => void
  }>

/** The call as it was recorded, what is asked for instead, and why; a refusal is told in the dialog. */
function Proposal(props: ProposalProps) {
  const { call, buyerId, change } = props
  const w = useWords(correctionWords)
  const { language } = useLanguage()
  const [reference, setReference] = useState('')
  const { result_class, http_status, records, bytes } = call
  const result = statusName('result', result_class, language)
  return (
    <CheckAndSubmit
      title={props.title}
      danger
      check={
        <>
          <Facts
            facts={[
              { label: w.occurredAt, value: secondText(call.occurred_at) },
              { label: w.product, value: call.product_name ?? '—' },
              { label: w.event, value: <code>{call.event_id}</code> },
              {
                label: w.recorded,
                value: w.recordedAs(result, String(http_status), records, bytes),
                wide: true,
              },
            ]}
          />
          {props.children}
          <Input
            aria-label={w.reference}
            placeholder={w.reference}
            value={reference}
            maxLength={200}
            onChange={({ target }) => setReference(target.value)}
          />
          <p className="quiet">{props.hint}</p>
        </>
      }
      opinion={{ label: w.reason, required: true }}
      submitLabel={w.submit}
      submit={({ opinion: reason }) => {
        const of = { buyer_id: buyerId as Id<'org'>, event_id: call.event_id }
        return ask(
          api.v1.usage.corrections.$post({ json: { ...of, ...change, reason, reference } }),
        )
      }}
      done={() => ({ title: w.proposed, next: w.proposedNext })}
      onClose={props.onClose}
    />
  )
}
