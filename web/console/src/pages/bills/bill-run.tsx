/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMe } from '#web/console/src/app/session.ts'
import { lastMonths, minuteText, monthText } from '#web/console/src/parts/format.ts'
import { Problem } from '#web/console/src/parts/problem.tsx'

type Run = AnswerOf<Awaited<ReturnType<(typeof api.v1)['bill-runs']['$post']>>>

/** Composes the bills of a month; what cannot be billed is parked and shown, never guessed. */
export function BillRun() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        生成月度账单
      </Button>
      {isOpen ? <RunDialog onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function RunDialog({ onClose }: Readonly<{ onClose: () => void }>) {
  const me = useMe()
  const queries = useQueryClient()
  const months = lastMonths(13).slice(1)
  const [month, setMonth] = useState(months[0] ?? '')
  const [run, setRun] = useState<Run>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const parkings = useQuery({
    queryKey: ['parkings'],
    queryFn: () => ask(api.v1['bill-parkings'].$get()),
  })
  const start = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const json = { operator_id: me.organization_id, month }
      setRun(await ask(api.v1['bill-runs'].$post({ json })))
      await queries.invalidateQueries()
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title="生成月度账单"
      okText="生成"
      cancelText="关闭"
      confirmLoading={isBusy}
      onOk={() => void start()}
      onCancel={onClose}
    >
      {error === undefined ? null : <Problem error={error} focus />}
      <label className="field">
        <span>账期</span>
        <Select
          value={month}
          options={months.map((value) => ({ value, label: monthText(value) }))}
          onChange={setMonth}
        />
      </label>
      {run ? <Outcome run={run} /> : null}
      {(parkings.data?.items ?? []).map((each) => (
        <Alert
          key={each.parking_id}
          className="gap-below"
          type="warning"
          showIcon
          title={`${each.buyer_name} ${monthText(each.month)}账单被搁置`}
          description={`${each.reason} ${Object.values(each.detail).join('，')}`}
        />
      ))}
    </Modal>
  )
}

function Outcome({ run }: Readonly<{ run: Run }>) {
  if (run.kind === 'waiting')
    return (
      <Alert
        className="gap-below"
        type="info"
        showIcon
        title="计量记录尚未到齐，暂不出账"
        description={run.needed_at ? `需等到 ${minuteText(run.needed_at)} 的记录全部入账` : ''}
      />
    )
  const outcomes = run.outcomes ?? []
  const count = (kind: string) => outcomes.filter((each) => each.kind === kind).length
  return (
    <Alert
      className="gap-below"
      type={count('parked') > 0 ? 'warning' : 'success'}
      showIcon
      title={`新生成 ${count('composed')} 份，已有 ${count('already_composed')} 份，搁置 ${count('parked')} 份`}
    />
  )
}
