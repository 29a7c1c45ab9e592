/** @jsxImportSource react */
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useMay } from '#web/console/src/app/session.ts'
import { currentDay, dayAfter, secondText } from '#web/console/src/parts/format.ts'
import { Quantity } from '#web/console/src/parts/money.tsx'
import { Section } from '#web/console/src/parts/page.tsx'
import { PlainTable } from '#web/console/src/parts/plain-table.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'
import { useAction } from '#web/console/src/parts/use-action.ts'
import type { Metering } from './metering-page.tsx'

/** What was proved of the roll-ups, and a proof on demand. */
export function Proofs({ proofs }: Readonly<{ proofs: Metering['proofs'] }>) {
  const may = useMay()
  return (
    <Section
      title="汇总与明细一致性证明"
      flush
      extra={may('roll_up:prove') ? <RunNow /> : undefined}
    >
      <PlainTable
        caption="汇总与明细一致性证明"
        rows={proofs}
        rowKey={(proof) => `${proof.proved_at} ${proof.from}`}
        empty="尚未证明；每日 02:15 自动进行"
        columns={[
          {
            head: '结论',
            cell: (proof) => <StatusTag kind="proof" status={proof.holds ? 'holds' : 'differs'} />,
          },
          { head: '证明时间', cell: (proof) => secondText(proof.proved_at) },
          {
            head: '范围',
            cell: (proof) => `${secondText(proof.from)} – ${secondText(proof.to)}`,
          },
          { head: '明细记录', cell: (proof) => <Quantity of={proof.events} />, right: true },
          {
            head: '不一致的小时',
            cell: (proof) =>
              proof.hours_that_differ
                .slice(0, 10)
                .map(({ buyer_id, hour }) => `${buyer_id} ${hour}`)
                .join('；') || '无',
          },
          { head: '由', cell: (proof) => proof.proved_by },
        ]}
      />
    </Section>
  )
}

function RunNow() {
  const { act, isBusy } = useAction()
  const [from, setFrom] = useState(dayAfter(currentDay(), -1))
  const [to, setTo] = useState(currentDay())
  return (
    <>
      <Input
        type="date"
        className="day"
        aria-label="从"
        value={from}
        max={to}
        onChange={({ target }) => (target.value ? setFrom(target.value) : undefined)}
      />
      <Input
        type="date"
        className="day"
        aria-label="至"
        value={to}
        min={from}
        onChange={({ target }) => (target.value ? setTo(target.value) : undefined)}
      />
      <Button
        size="small"
        loading={isBusy}
        onClick={() =>
          void act('已提交，稍后显示结果', () =>
            ask(api.v1.metering.proofs.$post({ json: { from, to } })),
          )
        }
      >
        立即证明
      </Button>
    </>
  )
}
