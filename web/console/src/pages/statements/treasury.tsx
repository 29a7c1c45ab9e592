/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { currentDay, dayAfter, isZero, monthText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { Money } from '#web/console/src/parts/money.tsx'
import { EmptyState, Facts, Page, Section } from '#web/console/src/parts/page.tsx'
import { Problem } from '#web/console/src/parts/problem.tsx'
import { StatusTag, WarningTag } from '#web/console/src/parts/status-tag.tsx'
import { statementsQuery, type Statement, treasuryQuery } from './statement-queries.ts'

type Payment = AnswerOf<
  Awaited<ReturnType<(typeof api.v1)['treasury-payments']['$get']>>
>['items'][number]

/** The government share of one statement on its way to the treasury. */
export function TreasuryOfStatement({ statement }: Readonly<{ statement: Statement }>) {
  const may = useMay()
  const [open, setOpen] = useState<'notify' | 'record'>()
  const { treasury_payment: payment } = statement
  if (statement.status !== 'locked' && statement.status !== 'treasury_paid') return null
  return (
    <Section
      title="非税缴款"
      extra={
        payment === null && may('treasury_payment:notify') ? (
          <Button type="primary" onClick={() => setOpen('notify')}>
            开具缴款通知
          </Button>
        ) : payment && !payment.recorded_at && may('treasury_payment:record') ? (
          <Button type="primary" onClick={() => setOpen('record')}>
            登记缴款
          </Button>
        ) : null
      }
    >
      {payment ? (
        <Facts
          facts={[
            { label: '应缴金额', value: <Money yuan={payment.amount} unit strong /> },
            { label: '缴款码', value: payment.payment_code },
            { label: '收入项目', value: payment.item_name },
            { label: '缴款期限', value: payment.due_on },
            { label: '缴款日期', value: payment.paid_on ?? '待缴款' },
            { label: '财政票据', value: payment.receipt_number ?? '—' },
          ]}
        />
      ) : (
        <EmptyState title="尚未开具缴款通知" hint="财政局在非税系统生成缴款码后在此登记。" />
      )}
      {open === 'notify' ? (
        <NotifyDialog statementId={statement.statement_id} onClose={() => setOpen(undefined)} />
      ) : null}
      {open === 'record' && payment ? (
        <RecordDialog
          statementId={statement.statement_id}
          amount={payment.amount}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  )
}

type DialogProps = Readonly<{
  title: string
  statementId: string
  amount?: string
  fields: readonly Readonly<{ name: string; label: string; type?: string; initial: string }>[]
  save: (given: Readonly<Record<string, string>>) => Promise<unknown>
  onClose: () => void
}>

function TreasuryDialog({ title, amount, fields, save, onClose }: DialogProps) {
  const queries = useQueryClient()
  const [form] = Form.useForm<Record<string, string>>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const submit = async () => {
    const given = await form.validateFields().catch(() => undefined)
    if (!given) return
    setBusy(true)
    setError(undefined)
    try {
      await save(given)
      await queries.invalidateQueries()
      onClose()
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title={title}
      okText="保存"
      confirmLoading={isBusy}
      onOk={() => void submit()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      {error === undefined ? null : <Problem error={error} focus />}
      {amount ? (
        <p className="formula">
          应缴金额 <Money yuan={amount} unit strong />
          ，须一次足额缴清
        </p>
      ) : null}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={Object.fromEntries(fields.map(({ name, initial }) => [name, initial]))}
      >
        {fields.map(({ name, label, type = 'text' }) => (
          <Form.Item
            key={name}
            name={name}
            label={label}
            rules={[{ required: true, whitespace: true, message: `请填写${label}` }]}
          >
            <Input type={type} maxLength={200} />
          </Form.Item>
        ))}
      </Form>
    </Modal>
  )
}

function NotifyDialog(props: Readonly<{ statementId: string; onClose: () => void }>) {
  const { statementId } = props
  return (
    <TreasuryDialog
      {...props}
      title="开具缴款通知"
      fields={[
        { name: 'item', label: '收入项目', initial: '国有资源（资产）有偿使用收入' },
        { name: 'code', label: '缴款码', initial: '' },
        { name: 'due', label: '缴款期限', type: 'date', initial: dayAfter(currentDay(), 15) },
      ]}
      save={({ item = '', code = '', due = '' }) =>
        ask(
          api.v1.statements[':id']['treasury-notice'].$post({
            param: { id: statementId },
            json: { item_name: item, payment_code: code, due_on: due },
          }),
        )
      }
    />
  )
}

function RecordDialog(
  props: Readonly<{ statementId: string; amount: string; onClose: () => void }>,
) {
  const { statementId } = props
  return (
    <TreasuryDialog
      {...props}
      title="登记缴款"
      fields={[
        { name: 'amount', label: '实缴金额（元）', initial: props.amount },
        { name: 'day', label: '入库日期', type: 'date', initial: currentDay() },
        { name: 'receipt', label: '财政票据号', initial: '' },
      ]}
      save={({ amount = '', day = '', receipt = '' }) =>
        ask(
          api.v1.statements[':id']['treasury-payment'].$post({
            param: { id: statementId },
            json: { amount, paid_on: day, receipt_number: receipt },
          }),
        )
      }
    />
  )
}

const columns: Column<Payment>[] = [
  {
    key: 'statement',
    title: '结算单',
    show: (row) => (
      <Go to={`/statements/${row.statement_id}?view=record`}>{row.statement_number}</Go>
    ),
    text: (row) => row.statement_number,
    matters: true,
  },
  {
    key: 'month',
    title: '月份',
    show: (row) => monthText(row.month),
    text: (row) => row.month,
    sortable: true,
  },
  {
    key: 'operator',
    title: '缴款单位',
    show: (row) => row.operator_name,
    text: (row) => row.operator_name,
  },
  {
    key: 'amount',
    title: '应缴金额（元）',
    show: (row) => <Money yuan={row.amount} />,
    text: (row) => row.amount,
    numeric: true,
    sortable: true,
    matters: true,
  },
  {
    key: 'code',
    title: '缴款码',
    show: (row) => <code>{row.payment_code}</code>,
    text: (row) => row.payment_code,
  },
  {
    key: 'due',
    title: '期限',
    show: (row) => row.due_on,
    text: (row) => row.due_on,
    sortable: true,
  },
  {
    key: 'paid',
    title: '缴款',
    show: (row) =>
      row.paid_on ? (
        <span>{row.paid_on}</span>
      ) : row.due_on < currentDay() ? (
        <WarningTag>逾期未缴</WarningTag>
      ) : (
        <span className="quiet">待缴款</span>
      ),
    text: (row) => row.paid_on ?? '',
    matters: true,
  },
  {
    key: 'receipt',
    title: '财政票据',
    show: (row) => row.receipt_number ?? '—',
    text: (row) => row.receipt_number ?? '',
  },
]

/** All notices and payments, and the locked statements that still wait for a notice. */
export function TreasuryPage() {
  const payments = useQuery(treasuryQuery)
  const statements = useQuery(statementsQuery)
  const waiting = (statements.data?.items ?? []).filter(
    ({ status, statement_id, government_share }) =>
      status === 'locked' &&
      !isZero(government_share) &&
      !(payments.data?.items ?? []).some((each) => each.statement_id === statement_id),
  )
  return (
    <Page title="非税缴款" lead="结算单锁定后开具缴款通知；足额缴入国库并取得财政票据后登记。">
      {waiting.length > 0 ? (
        <Section title="待开具缴款通知">
          <ul className="todo-list">
            {waiting.map((statement) => (
              <li key={statement.statement_id}>
                <span className="todo-text">
                  {statement.number} · {monthText(statement.month)} · 政府分成{' '}
                  <Money yuan={statement.government_share} unit strong />
                </span>
                <StatusTag kind="statement" status={statement.status} />
                <Go to={`/statements/${statement.statement_id}?view=record`}>去开具</Go>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title="缴款记录" flush>
        <Block query={payments} page>
          {({ items }) => (
            <DataTable
              rows={items}
              columns={columns}
              rowKey={(row) => row.treasury_payment_id}
              caption="缴款记录"
              exportName="treasury"
              empty={<EmptyState title="还没有缴款记录" />}
            />
          )}
        </Block>
      </Section>
    </Page>
  )
}
