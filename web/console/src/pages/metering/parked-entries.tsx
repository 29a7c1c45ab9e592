/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMay, useMe } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { DecisionDialog } from '#web/console/src/parts/decision-dialog.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { EmptyState, Facts, Section } from '#web/console/src/parts/page.tsx'
import { useAction } from '#web/console/src/parts/use-action.ts'
import { unreadableText } from './metering-words.ts'

type Parked = AnswerOf<Awaited<ReturnType<typeof api.v1.metering.parked.$get>>>['items'][number]
type Dialog = Readonly<{ kind: 'correct' | 'discard' | 'decide'; entry: Parked }>

/** What the writer could not read: shown with its body until somebody has dealt with it. */
export function ParkedEntries() {
  const [dialog, setDialog] = useState<Dialog>()
  const parked = useQuery({
    queryKey: ['metering', 'parked'],
    queryFn: () => ask(api.v1.metering.parked.$get({ query: {} })),
    refetchInterval: 5000,
  })
  return (
    <Section title="滞留记录" flush>
      <Block query={parked} what="滞留记录">
        {({ items }) => (
          <DataTable
            rows={items}
            columns={parkedColumns(setDialog)}
            rowKey={(entry) => entry.entry_id}
            caption="滞留记录"
            dense
            expand={(entry) => <ParkedDetail entry={entry} />}
            empty={<EmptyState title="没有滞留记录" />}
          />
        )}
      </Block>
      {dialog ? <ParkedDialog dialog={dialog} onClose={() => setDialog(undefined)} /> : null}
    </Section>
  )
}

function parkedColumns(open: (dialog: Dialog) => void): Column<Parked>[] {
  return [
    { key: 'at', title: '滞留时间', show: (entry) => secondText(entry.parked_at), matters: true },
    {
      key: 'reason',
      title: '原因',
      show: (entry) => <span className="break">{unreadableText(entry.reason)}</span>,
      matters: true,
    },
    {
      key: 'buyer',
      title: '开发利用主体',
      show: (entry) => <code>{entry.buyer_id ?? '未知'}</code>,
    },
    { key: 'shard', title: '分片', show: (entry) => entry.shard, numeric: true },
    { key: 'proposal', title: '待审批', show: proposalText },
    {
      key: 'acts',
      title: '',
      show: (entry) => <ParkedActs entry={entry} open={open} />,
      matters: true,
    },
  ]
}

const openProposal = (entry: Parked) => entry.proposals.find(({ verdict }) => verdict === null)

function proposalText(entry: Parked): string {
  const proposal = openProposal(entry)
  if (!proposal) return '—'
  return proposal.kind === 'discard' ? '废弃' : '更正'
}

function ParkedActs(props: Readonly<{ entry: Parked; open: (dialog: Dialog) => void }>) {
  const { entry, open } = props
  const may = useMay()
  const me = useMe()
  const { act, isBusy } = useAction()
  const proposal = openProposal(entry)
  const replay = async () => {
    const result = await ask(
      api.v1.metering.parked[':entry_id'].replay.$post({ param: { entry_id: entry.entry_id } }),
    )
    if (result.kind === 'still_unreadable')
      throw new Error(`仍无法读取：${unreadableText(result.reason ?? '')}`)
  }
  return (
    <span className="acts">
      {may('parked_entry:replay') ? (
        <Button size="small" loading={isBusy} onClick={() => void act('已重放入库', replay)}>
          重放
        </Button>
      ) : null}
      {may('parked_entry:propose') && !proposal ? (
        <>
          <Button size="small" onClick={() => open({ kind: 'correct', entry })}>
            更正
          </Button>
          <Button size="small" danger onClick={() => open({ kind: 'discard', entry })}>
            废弃
          </Button>
        </>
      ) : null}
      {may('parked_entry:approve') && proposal && proposal.proposed_by !== me.person_id ? (
        <Button size="small" type="primary" onClick={() => open({ kind: 'decide', entry })}>
          审批
        </Button>
      ) : null}
    </span>
  )
}

function ParkedDetail({ entry }: Readonly<{ entry: Parked }>) {
  return (
    <>
      <Facts
        facts={[
          { label: '流条目', value: <code>{`${entry.stream_id} / ${entry.position}`}</code> },
          { label: '网关进程', value: <code>{entry.boot_id ?? '未知'}</code> },
          ...entry.proposals.map((proposal) => ({
            label: `${proposal.kind === 'discard' ? '废弃' : '更正'}申请 ${secondText(proposal.proposed_at)}`,
            value: `${proposal.reason}${proposal.changes.length > 0 ? `（涉及计费事实：${proposal.changes.join('、')}，须运营机构负责人批准）` : ''}${proposal.note ? `；${proposal.note}` : ''}`,
            wide: true,
          })),
        ]}
      />
      <pre className="detail">{entry.body}</pre>
    </>
  )
}

type ParkedDialogProps = Readonly<{ dialog: Dialog; onClose: () => void }>

function ParkedDialog({ dialog, onClose }: ParkedDialogProps) {
  if (dialog.kind === 'decide') return <Decide entry={dialog.entry} onClose={onClose} />
  return <Propose entry={dialog.entry} kind={dialog.kind} onClose={onClose} />
}

type EntryProps = Readonly<{ entry: Parked; onClose: () => void }>

function Decide({ entry, onClose }: EntryProps) {
  const proposal = openProposal(entry)
  if (!proposal) return null
  return (
    <DecisionDialog
      title={proposal.kind === 'discard' ? '审批废弃' : '审批更正'}
      check={<ParkedDetail entry={entry} />}
      decide={(json) => {
        const param = { id: proposal.proposal_id }
        return ask(api.v1.metering['parked-proposals'][':id'].decision.$post({ param, json }))
      }}
      onClose={onClose}
    />
  )
}

function Propose(props: EntryProps & Readonly<{ kind: 'correct' | 'discard' }>) {
  const { entry, kind, onClose } = props
  const queries = useQueryClient()
  const [body, setBody] = useState(entry.body)
  const isDiscard = kind === 'discard'
  return (
    <CheckAndSubmit
      title={isDiscard ? '申请废弃' : '申请更正'}
      danger={isDiscard}
      check={
        <>
          <pre className="detail">{entry.body}</pre>
          {isDiscard ? null : (
            <Input.TextArea
              aria-label="更正后的内容"
              rows={10}
              value={body}
              onChange={({ target }) => setBody(target.value)}
            />
          )}
          <p className="quiet">原始内容永久保留；须由另一人批准后才生效。</p>
        </>
      }
      opinion={{ label: '理由', required: true }}
      submitLabel="提交申请"
      submit={async ({ opinion: reason }) => {
        const param = { entry_id: entry.entry_id }
        const { discard, correction } = api.v1.metering.parked[':entry_id']
        if (isDiscard) await ask(discard.$post({ param, json: { reason } }))
        else await ask(correction.$post({ param, json: { body, reason } }))
        await queries.invalidateQueries()
      }}
      onClose={onClose}
    />
  )
}
