/** @jsxImportSource react */
import { DownloadOutlined, RollbackOutlined, SafetyCertificateOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Steps } from 'antd'
import { useState } from 'react'
import type { Action } from '#kernel/permissions.ts'
import { api, ask } from '#web/console/src/api/client.ts'
import { useMay } from '#web/console/src/app/session.ts'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { minuteText, monthText } from '#web/console/src/parts/format.ts'
import { Money } from '#web/console/src/parts/money.tsx'
import { Facts } from '#web/console/src/parts/page.tsx'
import { type Happened, Timeline } from '#web/console/src/parts/timeline.tsx'
import { useIsNarrow } from '#web/console/src/parts/use-is-narrow.ts'
import { afterStep, stepName, stepVerb } from './labels.ts'
import type { Statement } from './statement-queries.ts'

type Step = NonNullable<Statement['next_step']>
const order: readonly Step[] = ['prepare', 'check', 'submit', 'confirm', 'review']
const permissionOf: Record<Step, Action> = {
  prepare: 'statement:prepare',
  check: 'statement:check',
  submit: 'statement:submit',
  confirm: 'statement:confirm',
  review: 'statement:review',
}

/** What the reader may do with the version now: sign the step it waits for, give it back, take it away. */
export function StatementActions({ statement }: Readonly<{ statement: Statement }>) {
  const may = useMay()
  const [open, setOpen] = useState<'sign' | 'return'>()
  const step = statement.next_step
  const mine = step !== null && may(permissionOf[step]) ? step : null
  const canReturn = mine !== null && mine !== 'prepare' && may('statement:return')
  return (
    <>
      <Downloads statement={statement} />
      {canReturn ? (
        <Button icon={<RollbackOutlined />} onClick={() => setOpen('return')}>
          退回
        </Button>
      ) : null}
      {mine ? (
        <Button type="primary" icon={<SafetyCertificateOutlined />} onClick={() => setOpen('sign')}>
          {stepVerb(mine)}
        </Button>
      ) : null}
      {open === 'sign' && mine ? (
        <Sign statement={statement} step={mine} onClose={() => setOpen(undefined)} />
      ) : null}
      {open === 'return' ? (
        <Return statement={statement} onClose={() => setOpen(undefined)} />
      ) : null}
    </>
  )
}

function Downloads({ statement }: Readonly<{ statement: Statement }>) {
  const base = `/v1/statements/${statement.statement_id}`
  const items = (
    [
      ['pdf', 'PDF（打印版）'],
      ['xlsx', 'Excel 工作簿'],
      ['json', 'JSON（摘要原文）'],
    ] as const
  ).map(([kind, label]) => ({
    key: kind,
    label: (
      <a href={`${base}/${kind}?version=${statement.version}`} download>
        {label}
      </a>
    ),
  }))
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button icon={<DownloadOutlined />}>下载</Button>
    </Dropdown>
  )
}

function Summary({ statement }: Readonly<{ statement: Statement }>) {
  return (
    <Facts
      facts={[
        { label: '结算单', value: `${statement.number} 第 ${statement.version} 版` },
        { label: '结算月份', value: monthText(statement.month) },
        { label: '运营机构', value: statement.operator_name },
        { label: '分配基数', value: <Money yuan={statement.base} unit strong /> },
        { label: '政府分成', value: <Money yuan={statement.government_share} unit strong /> },
        { label: '运营机构分成', value: <Money yuan={statement.operator_share} unit strong /> },
        {
          label: '内容摘要（签署即对此摘要签名）',
          value: <code className="break">{statement.content_digest}</code>,
          wide: true,
        },
      ]}
    />
  )
}

type DialogProps = Readonly<{ statement: Statement; onClose: () => void }>

function Sign({ statement, step, onClose }: DialogProps & Readonly<{ step: Step }>) {
  const queries = useQueryClient()
  return (
    <CheckAndSubmit
      title={`${stepVerb(step)}：${statement.number} 第 ${statement.version} 版`}
      check={<Summary statement={statement} />}
      password
      opinion={{ label: '意见', required: false, initial: '同意' }}
      submitLabel="签署"
      submit={({ password, opinion }) =>
        ask(
          api.v1['statement-versions'][':id'].signatures.$post({
            param: { id: statement.version_id },
            json: { step, opinion, password, content_digest: statement.content_digest },
          }),
        )
      }
      done={(signed) => ({
        title: `已于 ${minuteText(signed.signed_at)} 签署`,
        next: afterStep(step),
      })}
      onClose={() => {
        onClose()
        void queries.invalidateQueries()
      }}
    />
  )
}

function Return({ statement, onClose }: DialogProps) {
  const queries = useQueryClient()
  return (
    <CheckAndSubmit
      title={`退回：${statement.number} 第 ${statement.version} 版`}
      danger
      check={<Summary statement={statement} />}
      opinion={{
        label: '退回理由',
        required: true,
        hint: '理由将送达运营机构，并永久保留在本版结算单的记录中。',
      }}
      submitLabel="退回"
      submit={({ opinion }) =>
        ask(
          api.v1['statement-versions'][':id'].return.$post({
            param: { id: statement.version_id },
            json: { reason: opinion },
          }),
        )
      }
      done={() => ({
        title: '已退回运营机构',
        next: '运营机构处理后将重新编制新版本，五方需对新版本重新签署；本版保留备查。',
      })}
      onClose={() => {
        onClose()
        void queries.invalidateQueries()
      }}
    />
  )
}

/** The five signatures in their order, and where the version stands. */
export function SigningProgress({ statement }: Readonly<{ statement: Statement }>) {
  const isNarrow = useIsNarrow()
  const signed = statement.signatures.length
  const isReturned = statement.status === 'returned'
  return (
    <Steps
      size="small"
      orientation={isNarrow ? 'vertical' : 'horizontal'}
      current={signed}
      status={isReturned ? 'error' : signed === order.length ? 'finish' : 'process'}
      items={order.map((step) => {
        const signature = statement.signatures.find((each) => each.step === step)
        return {
          title: stepName(step),
          content: signature ? (
            <span className="quiet">
              {signature.person_name}
              <br />
              {minuteText(signature.signed_at)}
            </span>
          ) : statement.next_step === step ? (
            '待签署'
          ) : undefined,
        }
      })}
    />
  )
}

/** Everything that was decided about this version, and what comes next. */
export function SigningRecord({ statement }: Readonly<{ statement: Statement }>) {
  const { returned, treasury_payment: treasury } = statement
  const entries: Happened[] = [
    { what: '编制完成', at: statement.generated_at, tone: 'calm' },
    ...statement.signatures.map((each): Happened => ({
      what: stepName(each.step),
      who: `${each.organization_name} ${each.person_name}`,
      at: each.signed_at,
      why: each.opinion || undefined,
    })),
    ...(returned
      ? [
          {
            what: '退回',
            who: `${returned.organization_name} ${returned.person_name}`,
            at: returned.returned_at,
            why: returned.reason,
            tone: 'bad' as const,
          },
        ]
      : []),
    ...(treasury
      ? [
          { what: `开具缴款通知（缴款码 ${treasury.payment_code}）`, at: treasury.notified_at },
          ...(treasury.recorded_at
            ? [
                {
                  what: `缴入国库，票据 ${treasury.receipt_number ?? ''}`,
                  at: treasury.recorded_at,
                },
              ]
            : []),
        ]
      : []),
    ...(statement.next_step
      ? [{ what: `待${stepName(statement.next_step)}`, tone: 'waiting' as const }]
      : []),
  ]
  return <Timeline entries={entries} />
}
