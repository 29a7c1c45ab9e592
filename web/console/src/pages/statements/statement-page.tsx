/** @jsxImportSource react */
import { CheckCircleOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, Button, Segmented, Select, Skeleton } from 'antd'
import { useState } from 'react'
import { CopyText } from '#web/console/src/parts/copy-text.tsx'
import { minuteText, monthText } from '#web/console/src/parts/format.ts'
import { Money } from '#web/console/src/parts/money.tsx'
import { Facts, Page, Section, Tiles } from '#web/console/src/parts/page.tsx'
import { PageProblem, Problem } from '#web/console/src/parts/problem.tsx'
import { StatusTag, WarningTag } from '#web/console/src/parts/status-tag.tsx'
import { subtractYuan } from '#web/console/src/parts/yuan.ts'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { Exceptions, Signed, WhyItChanged } from './changes.tsx'
import { StatementParts } from './content.tsx'
import { DrillDown, type OpenFigure } from './drill-down.tsx'
import { SigningProgress, SigningRecord, StatementActions } from './signing.tsx'
import {
  changesQuery,
  exceptionsQuery,
  proofQuery,
  statementQuery,
  type Statement,
} from './statement-queries.ts'
import { TreasuryOfStatement } from './treasury.tsx'

const views = [
  { value: 'summary', label: '摘要与变化' },
  { value: 'content', label: '结算内容 A–J' },
  { value: 'record', label: '签署与版本' },
]

export function StatementPage() {
  const { id = '' } = useParams({ strict: false })
  const [state] = useUrlState()
  const statement = useQuery(statementQuery(id, state['version']))
  if (statement.isError)
    return <PageProblem error={statement.error} onRetry={() => void statement.refetch()} />
  if (!statement.data) return <Skeleton active paragraph={{ rows: 12 }} />
  return <Loaded statement={statement.data} />
}

function Loaded({ statement }: Readonly<{ statement: Statement }>) {
  const [state, change] = useUrlState()
  const [opened, setOpened] = useState<OpenFigure>()
  const view = state['view'] ?? 'summary'
  const newest = statement.versions[0]
  return (
    <Page
      name={`结算单 ${statement.number}`}
      back={{ to: '/statements', label: '政企收益结算单' }}
      title={
        <>
          {monthText(statement.month)}结算单{' '}
          <StatusTag kind="statement" status={statement.status} />
        </>
      }
      lead={
        <>
          <span>
            {statement.number} · 第 {statement.version} 版
          </span>
          <span>{statement.operator_name}</span>
          <span>截止 {minuteText(statement.content.head.cutOffAt)}（北京时间）</span>
          {statement.content.head.rule.isSample ? <WarningTag>示例，非政策口径</WarningTag> : null}
        </>
      }
      actions={<StatementActions statement={statement} />}
    >
      {newest && newest.version !== statement.version ? (
        <Alert
          type="warning"
          showIcon
          title={`这是第 ${statement.version} 版，已被第 ${newest.version} 版取代`}
          action={
            <Button size="small" onClick={() => change({ version: undefined })}>
              查看最新版
            </Button>
          }
        />
      ) : null}
      {statement.returned ? (
        <Alert
          type="error"
          showIcon
          title={`${statement.returned.organization_name} 已退回本版`}
          description={statement.returned.reason}
        />
      ) : null}
      <Headline statement={statement} />
      <Section>
        <SigningProgress statement={statement} />
      </Section>
      <Segmented
        className="views"
        value={view}
        options={views}
        onChange={(value) => change({ view: value === 'summary' ? undefined : value })}
      />
      {view === 'summary' ? <SummaryView statement={statement} /> : null}
      {view === 'content' ? <StatementParts content={statement.content} drill={setOpened} /> : null}
      {view === 'record' ? <RecordView statement={statement} /> : null}
      {opened ? (
        <DrillDown
          versionId={statement.version_id}
          opened={opened}
          onClose={() => setOpened(undefined)}
        />
      ) : null}
    </Page>
  )
}

/** What a person sees first: the totals, how they moved, and how much wants a look. */
function Headline({ statement }: Readonly<{ statement: Statement }>) {
  const changes = useQuery(changesQuery(statement.version_id))
  const exceptions = useQuery(exceptionsQuery(statement.version_id))
  const { receivables, receipts } = statement.content
  const before = changes.data
  const against = (now: string, previous: string | undefined) =>
    previous === undefined ? null : (
      <>
        比上月 <Signed yuan={subtractYuan(now, previous)} />
      </>
    )
  return (
    <Tiles
      tiles={[
        {
          label: '本期应收（含税）',
          value: <Money yuan={receivables.total.amountYuan} unit />,
          note: against(receivables.total.amountYuan, before?.previous_billed),
        },
        {
          label: '本期到账（含税）',
          value: <Money yuan={receipts.received.amountYuan} unit />,
          note: against(receipts.received.amountYuan, before?.previous_received),
        },
        {
          label: '分配基数',
          value: <Money yuan={statement.base} unit />,
          note: against(statement.base, before?.previous_base),
        },
        {
          label: '政府分成',
          value: <Money yuan={statement.government_share} unit />,
          note: against(statement.government_share, before?.previous_government),
        },
        { label: '运营机构分成', value: <Money yuan={statement.operator_share} unit /> },
        {
          label: '例外事项',
          value: exceptions.data ? exceptions.data.items.length : '—',
          note: exceptions.data?.items.length === 0 ? '无需特别关注' : '请逐项查看',
        },
      ]}
    />
  )
}

function SummaryView({ statement }: Readonly<{ statement: Statement }>) {
  const { head } = statement.content
  return (
    <div className="stack">
      <WhyItChanged versionId={statement.version_id} />
      <Exceptions versionId={statement.version_id} />
      <Section title="依据与当事方">
        <Facts
          facts={[
            {
              label: '运营机构',
              value: `${head.operator.name}（${head.operator.creditCode}）`,
            },
            { label: '数据主管部门', value: head.dataBureau?.name ?? '—' },
            { label: '财政部门', value: head.financeBureau?.name ?? '—' },
            {
              label: '授权运营协议',
              value: `${head.agreement.number}（${head.agreement.startsOn} 至 ${head.agreement.endsOn}）`,
            },
            { label: '收益分配规则', value: `${head.rule.title}，第 ${head.rule.version} 版` },
            {
              label: '收费标准',
              value:
                head.priceLists.map(({ number, title }) => `${title}（${number}）`).join('；') ||
                '—',
            },
          ]}
        />
      </Section>
    </div>
  )
}

function RecordView({ statement }: Readonly<{ statement: Statement }>) {
  const [, change] = useUrlState()
  return (
    <div className="columns">
      <Section title="签署记录">
        <SigningRecord statement={statement} />
      </Section>
      <div className="stack">
        <Section
          title="版本"
          extra={
            <Select
              aria-label="版本"
              value={statement.version}
              options={statement.versions.map(({ version, generated_at }) => ({
                value: version,
                label: `第 ${version} 版 · ${minuteText(generated_at)}`,
              }))}
              onChange={(version: number) => change({ version: String(version) })}
            />
          }
        >
          <Facts
            facts={[
              { label: '编制时间', value: minuteText(statement.generated_at) },
              {
                label: '内容摘要',
                value: <CopyText text={statement.content_digest} />,
                wide: true,
              },
            ]}
          />
          <Proof statement={statement} />
        </Section>
        <TreasuryOfStatement statement={statement} />
      </div>
    </div>
  )
}

/** Makes the statement again from its members and compares the bytes: anybody who may read may ask. */
function Proof({ statement }: Readonly<{ statement: Statement }>) {
  const proof = useQuery(proofQuery(statement.version_id))
  return (
    <div className="gap-above">
      <Button
        icon={<CheckCircleOutlined />}
        loading={proof.isFetching}
        onClick={() => void proof.refetch()}
      >
        重新计算并核对
      </Button>
      {proof.isError ? <Problem error={proof.error} /> : null}
      {proof.data ? (
        <Alert
          className="gap-above"
          showIcon
          type={proof.data.holds ? 'success' : 'error'}
          title={
            proof.data.holds
              ? '一致：由构成明细重新计算，得到完全相同的内容与摘要'
              : '不一致，请暂停签署并联系审计'
          }
          description={proof.data.faults.join('；') || undefined}
        />
      ) : null}
    </div>
  )
}
