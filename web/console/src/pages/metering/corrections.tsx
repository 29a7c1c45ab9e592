/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { DecisionDialog } from '#web/console/src/parts/decision-dialog.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { EmptyState, Facts, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'

type Correction = AnswerOf<
  Awaited<ReturnType<typeof api.v1.usage.corrections.$get>>
>['items'][number]

/** Voids and replacements: further events that point at the first, by two people. */
export function Corrections() {
  const [open, setOpen] = useState<Correction>()
  // Not within the block: hooks are called at each render, also before anything has come.
  const columns = useColumns(setOpen)
  const corrections = useQuery({
    queryKey: ['usage', 'corrections'],
    queryFn: () => ask(api.v1.usage.corrections.$get()),
  })
  return (
    <Section title="计量更正（作废与替代）" flush>
      <Block query={corrections} what="计量更正">
        {({ items }) => (
          <DataTable
            rows={items}
            columns={columns}
            rowKey={(each) => each.proposal_id}
            caption="计量更正"
            dense
            expand={(each) => <Detail of={each} />}
            empty={<EmptyState title="没有计量更正" hint="在调用日志中对单条调用提出" />}
          />
        )}
      </Block>
      {open ? (
        <DecisionDialog
          title="审批计量更正"
          check={<Detail of={open} />}
          decide={(json) => {
            const param = { id: open.proposal_id }
            return ask(api.v1.usage.corrections[':id'].decision.$post({ param, json }))
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  )
}

function useColumns(open: (correction: Correction) => void): Column<Correction>[] {
  const may = useMay()
  const me = useMe()
  return [
    {
      key: 'kind',
      title: '更正',
      show: (each) => (each.kind === 'void' ? '作废' : '替代'),
      matters: true,
    },
    { key: 'buyer', title: '开发利用主体', show: (each) => each.buyer_name, matters: true },
    { key: 'product', title: '产品', show: (each) => each.product_name ?? '—' },
    { key: 'at', title: '调用时间', show: (each) => secondText(each.occurred_at) },
    { key: 'reason', title: '理由', show: (each) => <span className="break">{each.reason}</span> },
    {
      key: 'status',
      title: '状态',
      show: (each) => <StatusTag kind="decision" status={each.verdict ?? 'proposed'} />,
      matters: true,
    },
    {
      key: 'acts',
      title: '',
      show: (each) =>
        may('usage_correction:approve') &&
        each.verdict === null &&
        each.proposed_by !== me.person_id ? (
          <Button size="small" type="primary" onClick={() => open(each)}>
            审批
          </Button>
        ) : null,
    },
  ]
}

function Detail({ of }: Readonly<{ of: Correction }>) {
  const { replacement } = of
  return (
    <Facts
      facts={[
        { label: '计量记录', value: <code>{of.event_id}</code> },
        { label: '依据', value: of.reference },
        { label: '理由', value: of.reason, wide: true },
        ...(replacement
          ? [
              {
                label: '更正为',
                value: `${replacement.result_class}，HTTP ${replacement.http_status}，${replacement.records} 条，${replacement.bytes} 字节，${replacement.billable ? '计费' : '不计费'}`,
                wide: true,
              },
            ]
          : []),
        ...(of.note ? [{ label: '审批意见', value: of.note, wide: true }] : []),
      ]}
    />
  )
}
