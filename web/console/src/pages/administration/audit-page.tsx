/** @jsxImportSource react */
import { SafetyCertificateOutlined } from '@ant-design/icons'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Skeleton, Tag } from 'antd'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { CopyText } from '#web/console/src/parts/copy-text.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { Facts, Page, Section } from '#web/console/src/parts/page.tsx'
import { PageProblem } from '#web/console/src/parts/problem.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'

type Entry = AnswerOf<Awaited<ReturnType<typeof api.v1.audit.$get>>>['items'][number]

const actorKinds = { person: '人员', api_key: '密钥', system: '系统', anonymous: '未登录' }

const columns: Column<Entry>[] = [
  {
    key: 'time',
    title: '时间',
    show: (entry) => <span className="number">{secondText(entry.recorded_at)}</span>,
    text: (entry) => secondText(entry.recorded_at),
    matters: true,
  },
  {
    key: 'who',
    title: '操作人',
    show: (entry) => (
      <div className="cell-two">
        <div>{entry.actor_name ?? entry.actor_id}</div>
        <div className="quiet">{actorKinds[entry.actor_kind]}</div>
      </div>
    ),
    text: (entry) => entry.actor_name ?? entry.actor_id,
    matters: true,
  },
  {
    key: 'action',
    title: '动作',
    show: (entry) => <code>{entry.action}</code>,
    text: (entry) => entry.action,
    matters: true,
  },
  {
    key: 'outcome',
    title: '结果',
    show: (entry) =>
      entry.outcome === 'done' ? (
        <Tag color="success">已办理</Tag>
      ) : (
        <Tag color="error">已拒绝</Tag>
      ),
    text: (entry) => (entry.outcome === 'done' ? '已办理' : '已拒绝'),
    matters: true,
  },
  {
    key: 'object',
    title: '对象',
    show: (entry) => (
      <div className="cell-two">
        <div>{entry.object_type}</div>
        <code className="quiet break">{entry.object_id}</code>
      </div>
    ),
    text: (entry) => `${entry.object_type} ${entry.object_id}`,
  },
  {
    key: 'seal',
    title: '封存',
    show: (entry) =>
      entry.seal_id ? (
        <Tag icon={<SafetyCertificateOutlined />}>第 {entry.seal_id} 号</Tag>
      ) : (
        <span className="quiet">待封存</span>
      ),
    text: (entry) => entry.seal_id ?? '',
  },
]

export function AuditPage() {
  const [state] = useUrlState()
  const query = {
    limit: '100',
    ...(state['object'] ? { object_id: state['object'] } : {}),
    ...(state['action'] ? { action: state['action'] } : {}),
    ...(state['outcome'] ? { outcome: state['outcome'] as 'done' } : {}),
  }
  const audit = useInfiniteQuery({
    queryKey: ['audit', query],
    queryFn: ({ pageParam }) =>
      ask(api.v1.audit.$get({ query: { ...query, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const rows = audit.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page
      title="审计日志"
      lead="所有变更与被拒绝的尝试；每分钟链式封存并签名，任何改动都会被核验发现。"
    >
      <Section flush>
        {audit.isError ? (
          <PageProblem error={audit.error} onRetry={() => void audit.refetch()} />
        ) : audit.isPending ? (
          <Skeleton active paragraph={{ rows: 12 }} className="padded" />
        ) : (
          <DataTable
            rows={rows}
            columns={columns}
            rowKey={(entry) => entry.id}
            caption="审计日志"
            dense
            exportName="audit"
            filters={[
              { key: 'action', label: '动作，如 statement:review' },
              { key: 'object', label: '对象编号' },
              {
                key: 'outcome',
                label: '结果',
                options: [
                  { value: 'done', label: '已办理' },
                  { value: 'refused', label: '已拒绝' },
                ],
              },
            ]}
            expand={(entry) => <EntryDetail entry={entry} />}
            more={
              audit.hasNextPage
                ? { load: () => void audit.fetchNextPage(), isLoading: audit.isFetchingNextPage }
                : undefined
            }
          />
        )}
      </Section>
    </Page>
  )
}

function EntryDetail({ entry }: Readonly<{ entry: Entry }>) {
  return (
    <>
      <Facts
        facts={[
          { label: '记录序号', value: entry.id },
          { label: '操作人编号', value: <code>{entry.actor_id}</code> },
          { label: '请求编号', value: <CopyText text={entry.request_id} /> },
          { label: '对象编号', value: <CopyText text={entry.object_id} /> },
        ]}
      />
      <pre className="detail">{JSON.stringify(entry.detail, null, 2)}</pre>
    </>
  )
}
