/** @jsxImportSource react */
import { FileAddOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { lastMonths, minuteText, monthText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { Money } from '#web/console/src/parts/money.tsx'
import { EmptyState, Page, Section } from '#web/console/src/parts/page.tsx'
import { Problem } from '#web/console/src/parts/problem.tsx'
import { StatusTag, statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'
import { blockerName, warningName } from './labels.ts'
import { type StatementHead, statementsQuery } from './statement-queries.ts'

const money = (
  key: string,
  title: string,
  of: (row: StatementHead) => string,
  matters = false,
): Column<StatementHead> => ({
  key,
  title,
  show: (row) => <Money yuan={of(row)} />,
  text: of,
  numeric: true,
  sortable: true,
  matters,
})

const columns: Column<StatementHead>[] = [
  {
    key: 'month',
    title: '月份',
    show: (row) => (
      <div className="cell-two">
        <Go to={`/statements/${row.statement_id}`} className="strong">
          {monthText(row.month)}
        </Go>
        <div className="quiet">
          {row.number} · 第 {row.version} 版
        </div>
      </div>
    ),
    text: (row) => row.month,
    sortable: true,
    matters: true,
  },
  {
    key: 'operator',
    title: '运营机构',
    show: (row) => row.operator_name,
    text: (row) => row.operator_name,
  },
  {
    key: 'status',
    title: '状态',
    show: (row) => <StatusTag kind="statement" status={row.status} />,
    text: (row) => statusName('statement', row.status, 'zh'),
    matters: true,
  },
  money('base', '分配基数（元）', (row) => row.base),
  money('government', '政府分成（元）', (row) => row.government_share, true),
  money('operator_share', '运营机构分成（元）', (row) => row.operator_share),
  {
    key: 'since',
    title: '状态时间',
    show: (row) => <span className="number quiet">{minuteText(row.status_changed_at)}</span>,
    text: (row) => row.status_changed_at,
    sortable: true,
  },
]

export function StatementsPage() {
  const may = useMay()
  const statements = useQuery(statementsQuery)
  const [isComposing, setComposing] = useState(false)
  return (
    <Page
      title="政企收益结算单"
      lead="每月一份，五方依次签署：运营机构制单、复核、报送，政数局确认，财政局审核；之后不可更改。"
      actions={
        may('statement:compose') ? (
          <Button type="primary" icon={<FileAddOutlined />} onClick={() => setComposing(true)}>
            编制结算单
          </Button>
        ) : null
      }
    >
      <Section flush>
        <Block query={statements} page>
          {({ items }) => (
            <DataTable
              rows={items}
              columns={columns}
              rowKey={(row) => row.statement_id}
              caption="政企收益结算单"
              exportName="statements"
              filters={[
                { key: 'status', label: '状态', options: statusOptions('statement', 'zh') },
              ]}
              keeps={(row, { status }) => !status || row.status === status}
              empty={
                <EmptyState
                  title="还没有结算单"
                  hint="月份结束、账单签发后，由运营机构经办编制。"
                />
              }
            />
          )}
        </Block>
      </Section>
      {isComposing ? <Compose onClose={() => setComposing(false)} /> : null}
    </Page>
  )
}

/** Which month, what stands in its way, what to look at first; then it is made. */
function Compose({ onClose }: Readonly<{ onClose: () => void }>) {
  const me = useMe()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const months = lastMonths(13).slice(1)
  const [month, setMonth] = useState(months[0] ?? '')
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const readiness = useQuery({
    queryKey: ['readiness', month],
    queryFn: () =>
      ask(
        api.v1['statement-readiness'].$get({ query: { operator_id: me.organization_id, month } }),
      ),
  })
  const compose = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const made = await ask(
        api.v1.statements.$post({ json: { operator_id: me.organization_id, month } }),
      )
      await queries.invalidateQueries()
      await navigate({ to: '/statements/$id', params: { id: made.statement_id } })
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  const isBlocked = (readiness.data?.blockers.length ?? 1) > 0
  return (
    <Modal
      open
      title="编制结算单"
      okText="编制"
      okButtonProps={{ disabled: isBlocked }}
      confirmLoading={isBusy}
      onOk={() => void compose()}
      onCancel={onClose}
    >
      {error === undefined ? null : <Problem error={error} focus />}
      <label className="field">
        <span>结算月份</span>
        <Select
          value={month}
          options={months.map((value) => ({ value, label: monthText(value) }))}
          onChange={setMonth}
        />
      </label>
      <Block query={readiness} what="编制条件">
        {({ blockers, warnings }) => (
          <div className="stack">
            {blockers.map(({ reason, detail }) => (
              <Alert
                key={reason}
                type="error"
                showIcon
                title={blockerName(reason)}
                description={Object.values(detail).join('，') || undefined}
              />
            ))}
            {warnings.map(({ reason, count }) => (
              <Alert
                key={reason}
                type="warning"
                showIcon
                title={`${count} ${warningName(reason)}`}
                description="仍可编制；请先确认是否需要处理。"
              />
            ))}
            {blockers.length === 0 && warnings.length === 0 ? (
              <Alert type="success" showIcon title="条件齐备，可以编制" />
            ) : null}
          </div>
        )}
      </Block>
    </Modal>
  )
}
