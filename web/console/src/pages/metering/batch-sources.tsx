/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { Id } from '#kernel/ids.ts'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { Section } from '#web/console/src/parts/page.tsx'
import { PlainTable } from '#web/console/src/parts/plain-table.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'
import { useAction } from '#web/console/src/parts/use-action.ts'

type Source = AnswerOf<
  Awaited<ReturnType<(typeof api.v1.usage)['batch-sources']['$get']>>
>['items'][number]

type Batch = AnswerOf<
  Awaited<ReturnType<(typeof api.v1.usage)['batch-sources'][':id']['batches']['$get']>>
>['items'][number]

/** The only other way in: signed batches of the platform's own sandbox and privacy-computing jobs. */
export function BatchSources() {
  const may = useMay()
  const [shown, setShown] = useState<Source>()
  const sources = useQuery({
    queryKey: ['usage', 'batch-sources'],
    queryFn: () => ask(api.v1.usage['batch-sources'].$get()),
  })
  return (
    <Section title="签名批次来源（数据沙箱、隐私计算）" flush>
      <Block query={sources} what="签名批次来源">
        {({ items }) => (
          <PlainTable
            caption="签名批次来源"
            rows={items}
            rowKey={(source) => source.source_id}
            empty="没有登记的来源"
            columns={[
              { head: '来源', cell: (source) => source.name },
              {
                head: '状态',
                cell: (source) => <StatusTag kind="source" status={statusOf(source)} />,
              },
              { head: '公钥', cell: (source) => <code>{source.public_key.slice(0, 12)}…</code> },
              { head: '产品版本', cell: (source) => source.product_version_ids.join('、') },
              { head: '最近序号', cell: (source) => source.last_sequence, right: true },
              {
                head: '最近上报',
                cell: (source) =>
                  source.last_accepted_at ? secondText(source.last_accepted_at) : '—',
              },
              {
                head: '批次',
                cell: (source) => (
                  <Button size="small" onClick={() => setShown(source)}>
                    {source.batches_under_way > 0
                      ? `${source.batches} 批，${source.batches_under_way} 批未入账`
                      : `${source.batches} 批`}
                  </Button>
                ),
              },
              { head: '', cell: (source) => <SourceActs source={source} /> },
            ]}
          />
        )}
      </Block>
      {shown ? <Batches source={shown} /> : null}
      {may('batch_source:register') ? <RegisterSource /> : null}
    </Section>
  )
}

function statusOf(source: Source): string {
  if (source.revoked_at) return 'revoked'
  return source.approved_at ? 'active' : 'registered'
}

/** How far each batch is; what is not stored holds back bills and seals, and is forwarded again. */
function Batches({ source }: Readonly<{ source: Source }>) {
  const batches = useQuery({
    queryKey: ['usage', 'batch-sources', source.source_id, 'batches'],
    queryFn: () =>
      ask(api.v1.usage['batch-sources'][':id'].batches.$get({ param: { id: source.source_id } })),
    refetchInterval: 5_000,
  })
  return (
    <Block query={batches} what="批次">
      {({ items }) => (
        <PlainTable
          caption={`${source.name}：批次`}
          rows={items}
          rowKey={(batch) => batch.sequence}
          empty="尚未上报"
          columns={[
            { head: '序号', cell: (batch) => batch.sequence, right: true },
            { head: '受理时间', cell: (batch) => secondText(batch.accepted_at) },
            {
              head: '状态',
              cell: (batch) => <StatusTag kind="batch" status={standingOf(batch)} />,
            },
            {
              head: '已入账',
              cell: (batch) =>
                `${batch.stored} / ${batch.event_count}${batch.parked > 0 ? `（滞留 ${batch.parked}）` : ''}`,
              right: true,
            },
            { head: '转送次数', cell: (batch) => batch.forwardings, right: true },
            {
              head: '最近转送',
              cell: (batch) => (batch.forwarded_at ? secondText(batch.forwarded_at) : '—'),
            },
          ]}
        />
      )}
    </Block>
  )
}

function standingOf(batch: Batch): string {
  if (batch.parked > 0) return 'parked'
  if (batch.settled_at) return 'stored'
  return batch.forwarded_at ? 'forwarded' : 'accepted'
}

function SourceActs({ source }: Readonly<{ source: Source }>) {
  const may = useMay()
  const { act, isBusy } = useAction()
  const param = { id: source.source_id }
  const status = statusOf(source)
  return (
    <>
      {may('batch_source:approve') && status === 'registered' ? (
        <Button
          size="small"
          type="primary"
          loading={isBusy}
          onClick={() =>
            void act('已批准', () =>
              ask(api.v1.usage['batch-sources'][':id'].approve.$post({ param })),
            )
          }
        >
          批准
        </Button>
      ) : null}
      {may('batch_source:revoke') && status === 'active' ? (
        <Button
          size="small"
          danger
          loading={isBusy}
          onClick={() =>
            void act('已撤销', () =>
              ask(api.v1.usage['batch-sources'][':id'].revoke.$post({ param })),
            )
          }
        >
          撤销
        </Button>
      ) : null}
    </>
  )
}

function RegisterSource() {
  const { act, isBusy } = useAction()
  const [name, setName] = useState('')
  const [key, setKey] = useState('')
  const [versions, setVersions] = useState('')
  const ids = versions.split(/[\s,，、]+/).filter((id) => id !== '')
  return (
    <div className="filter-bar">
      <Input
        aria-label="来源名称"
        placeholder="来源名称"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Input
        aria-label="Ed25519 公钥（base64url）"
        placeholder="Ed25519 公钥（base64url）"
        value={key}
        onChange={({ target }) => setKey(target.value.trim())}
      />
      <Input
        aria-label="产品版本编号，逗号分隔"
        placeholder="产品版本编号，逗号分隔"
        value={versions}
        onChange={({ target }) => setVersions(target.value)}
      />
      <Button
        disabled={!name || !key || ids.length === 0}
        loading={isBusy}
        onClick={() =>
          void act('已登记，待安全管理员批准', () =>
            ask(
              api.v1.usage['batch-sources'].$post({
                json: { name, public_key: key, product_version_ids: ids as Id<'pver'>[] },
              }),
            ),
          )
        }
      >
        登记来源
      </Button>
    </div>
  )
}
