/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useMay } from '#web/console/src/app/session.ts'
import {
  applicationsQuery,
  type UseApplication,
} from '#web/console/src/pages/access/access-queries.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { groupDigits, minuteText } from '#web/console/src/parts/format.ts'
import { EmptyState, Facts, Page, Section } from '#web/console/src/parts/page.tsx'
import { StatusTag, statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'

const purposes = { public_interest: '公益（免费）', industry: '产业（收费）' }

/** The queue of use applications: who asks for what, for which purpose, with which limits. */
export function ApplicationsPage() {
  const may = useMay()
  const applications = useQuery(applicationsQuery)
  const [opened, setOpened] = useState<UseApplication>()
  const columns: Column<UseApplication>[] = [
    {
      key: 'number',
      title: '申请',
      show: (row) => (
        <div className="cell-two">
          <div className="strong">{row.number}</div>
          <div className="quiet">{minuteText(row.applied_at)}</div>
        </div>
      ),
      text: (row) => row.number,
      matters: true,
    },
    {
      key: 'buyer',
      title: '开发利用主体',
      show: (row) => row.buyer_name,
      text: (row) => row.buyer_name,
      sortable: true,
      matters: true,
    },
    {
      key: 'product',
      title: '产品',
      show: (row) => row.product_name,
      text: (row) => row.product_name,
      sortable: true,
    },
    {
      key: 'scenario',
      title: '应用场景',
      show: (row) => (
        <div className="cell-two">
          <div>{row.scenario_name}</div>
          <div className="quiet">{purposes[row.purpose_class]}</div>
        </div>
      ),
      text: (row) => row.scenario_name,
    },
    {
      key: 'state',
      title: '状态',
      show: (row) => <StatusTag kind="application" status={row.status} />,
      text: (row) => statusName('application', row.status, 'zh'),
      matters: true,
    },
    {
      key: 'act',
      title: '',
      show: (row) =>
        row.status === 'submitted' && may('use_application:decide') ? (
          <Button size="small" type="primary" onClick={() => setOpened(row)}>
            审核
          </Button>
        ) : null,
      matters: true,
    },
  ]
  return (
    <Page title="用数申请" lead="按产品与已批准场景逐份审核；意见将送达申请单位，未通过可申诉。">
      <Section flush>
        <Block query={applications} page>
          {({ items }) => (
            <DataTable
              rows={items}
              columns={columns}
              rowKey={(row) => row.id}
              caption="用数申请"
              exportName="use-applications"
              filters={[
                { key: 'status', label: '状态', options: statusOptions('application', 'zh') },
              ]}
              keeps={(row, { status }) => !status || row.status === status}
              expand={(row) => <ApplicationFacts application={row} />}
              empty={<EmptyState title="没有用数申请" />}
            />
          )}
        </Block>
      </Section>
      {opened ? <Decide application={opened} onClose={() => setOpened(undefined)} /> : null}
    </Page>
  )
}

function ApplicationFacts({ application }: Readonly<{ application: UseApplication }>) {
  const { terms } = application
  const limit = (count: string | null) => (count ? groupDigits(count) : '不限')
  return (
    <Facts
      facts={[
        { label: '使用目的', value: application.purpose, wide: true },
        { label: '有效期', value: `${terms.starts_on} 至 ${terms.ends_on}` },
        { label: '每日调用上限', value: limit(terms.calls_per_day_max) },
        { label: '每月调用上限', value: limit(terms.calls_per_month_max) },
        {
          label: '每秒 / 并发',
          value: `${terms.calls_per_second_max} / ${terms.concurrent_calls_max}`,
        },
        { label: '来源网络', value: terms.networks.join('，') || '不限' },
        ...(application.reason
          ? [{ label: '审核意见', value: application.reason, wide: true }]
          : []),
      ]}
    />
  )
}

function Decide(props: Readonly<{ application: UseApplication; onClose: () => void }>) {
  const { application, onClose } = props
  const queries = useQueryClient()
  const [verdict, setVerdict] = useState<'approve' | 'reject'>('approve')
  return (
    <CheckAndSubmit
      title={`审核 ${application.number}`}
      check={
        <div className="stack">
          <Facts
            facts={[
              { label: '开发利用主体', value: application.buyer_name },
              { label: '产品', value: application.product_name },
              { label: '应用场景', value: application.scenario_name },
              { label: '用途类别', value: purposes[application.purpose_class] },
            ]}
          />
          <ApplicationFacts application={application} />
          <Segmented
            value={verdict}
            options={[
              { value: 'approve', label: '通过' },
              { value: 'reject', label: '不通过' },
            ]}
            onChange={setVerdict}
          />
        </div>
      }
      opinion={{ label: '审核意见', required: true }}
      submitLabel={verdict === 'approve' ? '通过' : '不通过'}
      danger={verdict === 'reject'}
      submit={({ opinion }) =>
        ask(
          api.v1['use-applications'][':id'].decision.$post({
            param: { id: application.id },
            json: { verdict, reason: opinion },
          }),
        )
      }
      done={() => ({
        title: verdict === 'approve' ? '已通过' : '未通过',
        next:
          verdict === 'approve'
            ? '申请单位可以开通订购并创建正式密钥。'
            : '意见已送达申请单位，可修改后重新申请或提出申诉。',
      })}
      onClose={() => {
        onClose()
        void queries.invalidateQueries()
      }}
    />
  )
}
