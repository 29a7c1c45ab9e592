/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { EmptyState, Page, Section, Tiles } from '#web/console/src/parts/page.tsx'
import { StatusTag, statusName } from '#web/console/src/parts/status-tag.tsx'
import { useAction } from '#web/console/src/parts/use-action.ts'

type Jobs = AnswerOf<Awaited<ReturnType<typeof api.v1.jobs.$get>>>
type Run = Jobs['runs'][number]
type Failed = Jobs['queue']['failed'][number]

const jobNames: Readonly<Record<string, string>> = {
  'deliver-notice': '送达通知',
  'run-bills': '生成月度账单',
  'advance-bills': '账单确认与到期',
  'compose-statements': '编制结算单',
  'prove-roll-ups': '核对用量汇总',
  'forward-usage-batch': '转入签名批次',
  'prepare-partitions': '预建计量分区',
  'match-payments': '匹配收款',
  'prove-ledger': '核对总账平衡',
  'prove-statements': '重算结算单',
  'seal-usage': '封存每日用量',
  'prove-seals': '核验用量封存',
  'seal-audit': '封存审计日志',
  'prove-audit': '核验审计封存',
}
const nameOf = (job: string): string => jobNames[job] ?? job

export function JobsPage() {
  const jobs = useQuery({
    queryKey: ['jobs'],
    queryFn: () => ask(api.v1.jobs.$get()),
    refetchInterval: 5000,
  })
  return (
    <Page
      title="后台任务"
      lead="按计划运行的核对、出账与通知。失败的任务保留原因，直到有人处理；任务不能被删除。"
    >
      <Block query={jobs} page>
        {(told) => (
          <div className="stack">
            <Tiles
              tiles={[
                { label: '排队中', value: told.queue.waiting },
                { label: '进行中', value: told.queue.active },
                { label: '已定时', value: told.queue.delayed },
                { label: '失败', value: told.queue.failed.length },
                { label: '待转发的业务事件', value: told.open_announcements },
              ]}
            />
            <Section title="失败的任务" flush>
              <FailedTable failed={told.queue.failed} />
            </Section>
            <Section title="最近运行" flush>
              <RunTable runs={told.runs} />
            </Section>
            <Section title="运行计划">
              <Schedules schedules={told.queue.schedules} />
            </Section>
          </div>
        )}
      </Block>
    </Page>
  )
}

function FailedTable({ failed }: Readonly<{ failed: readonly Failed[] }>) {
  const may = useMay()
  const { act, isBusy } = useAction()
  const columns: Column<Failed>[] = [
    { key: 'job', title: '任务', show: (each) => nameOf(each.job), matters: true },
    {
      key: 'reason',
      title: '原因',
      show: (each) => <span className="break">{each.reason}</span>,
      matters: true,
    },
    { key: 'attempts', title: '尝试次数', show: (each) => each.attempts, numeric: true },
    {
      key: 'at',
      title: '失败时间',
      show: (each) => (each.failed_at ? secondText(each.failed_at) : '—'),
      matters: true,
    },
    {
      key: 'retry',
      title: '',
      show: (each) =>
        may('job:retry') ? (
          <Button
            size="small"
            loading={isBusy}
            onClick={() =>
              void act('已放回队列', () =>
                ask(api.v1.jobs[':job_id'].retry.$post({ param: { job_id: each.job_id } })),
              )
            }
          >
            重试
          </Button>
        ) : null,
      matters: true,
    },
  ]
  return (
    <DataTable
      rows={failed}
      columns={columns}
      rowKey={(each) => each.job_id}
      caption="失败的任务"
      empty={<EmptyState title="没有失败的任务" />}
    />
  )
}

function RunTable({ runs }: Readonly<{ runs: readonly Run[] }>) {
  const columns: Column<Run>[] = [
    {
      key: 'job',
      title: '任务',
      show: (run) => (
        <div className="cell-two">
          <div>{nameOf(run.job)}</div>
          <code className="quiet">{run.job_id}</code>
        </div>
      ),
      text: (run) => run.job,
      matters: true,
    },
    {
      key: 'outcome',
      title: '结果',
      show: (run) => <StatusTag kind="job" status={run.outcome ?? 'running'} />,
      text: (run) => statusName('job', run.outcome ?? 'running', 'zh'),
      matters: true,
    },
    {
      key: 'started',
      title: '开始时间',
      show: (run) => <span className="number">{secondText(run.started_at)}</span>,
      text: (run) => run.started_at,
      sortable: true,
      matters: true,
    },
    { key: 'took', title: '用时', show: (run) => tookText(run), numeric: true },
    { key: 'attempt', title: '第几次', show: (run) => run.attempt, numeric: true },
  ]
  return (
    <DataTable
      rows={runs}
      columns={columns}
      rowKey={(run) => `${run.job_id} ${run.attempt} ${run.started_at}`}
      caption="最近运行"
      dense
      filters={[
        {
          key: 'job',
          label: '任务',
          options: Object.entries(jobNames).map(([value, label]) => ({ value, label })),
        },
        {
          key: 'outcome',
          label: '结果',
          options: [
            { value: 'done', label: '已完成' },
            { value: 'failed', label: '失败' },
          ],
        },
      ]}
      keeps={(run, { job, outcome }) =>
        (!job || run.job === job) && (!outcome || run.outcome === outcome)
      }
      expand={(run) => <pre className="detail">{JSON.stringify(run.detail, null, 2)}</pre>}
    />
  )
}

function tookText(run: Run): string {
  if (!run.finished_at) return '—'
  const ms = new Date(run.finished_at).getTime() - new Date(run.started_at).getTime()
  return ms < 1000 ? `${ms} 毫秒` : `${(ms / 1000).toFixed(1)} 秒`
}

function Schedules({ schedules }: Readonly<{ schedules: Jobs['queue']['schedules'] }>) {
  return (
    <div className="scroll-x">
      <table className="plain">
        <caption className="unseen">运行计划</caption>
        <thead>
          <tr>
            <th scope="col">任务</th>
            <th scope="col">计划（秒 分 时 日 月 周）</th>
            <th scope="col">下次运行（北京时间）</th>
          </tr>
        </thead>
        <tbody>
          {schedules.map(({ job, pattern, next_at }) => (
            <tr key={job}>
              <th scope="row">{nameOf(job)}</th>
              <td>
                <code>{pattern}</code>
              </td>
              <td className="number">{next_at ? secondText(next_at) : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
