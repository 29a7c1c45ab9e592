/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { secondText } from '#web/console/src/parts/format.ts'
import { Quantity } from '#web/console/src/parts/money.tsx'
import { Page, Section, Tiles } from '#web/console/src/parts/page.tsx'
import { PlainTable } from '#web/console/src/parts/plain-table.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'
import { BatchSources } from './batch-sources.tsx'
import { Corrections } from './corrections.tsx'
import { ageText } from './metering-words.ts'
import { ParkedEntries } from './parked-entries.tsx'
import { Proofs } from './proofs.tsx'

export type Metering = AnswerOf<Awaited<ReturnType<typeof api.v1.metering.$get>>>

export function MeteringPage() {
  const may = useMay()
  const metering = useQuery({
    queryKey: ['metering'],
    queryFn: () => ask(api.v1.metering.$get()),
    refetchInterval: 3000,
  })
  return (
    <Page
      title="计量运行"
      lead="每个分片的进度、滞留与冲突，网关的心跳，计量缺口，以及汇总与明细一致性的证明。水位之前的调用已全部入库。"
    >
      <Block query={metering} page>
        {(told) => (
          <div className="stack">
            <Overview told={told} />
            <Section title="分片" flush>
              <Shards shards={told.shards} />
            </Section>
            <Proofs proofs={told.proofs} />
            {may('parked_entry:read') ? <ParkedEntries /> : null}
            {may('usage_correction:read') ? <Corrections /> : null}
            <Section title="网关进程" flush>
              <Boots boots={told.boots} />
            </Section>
            <Section title="计量缺口" flush>
              <Gaps gaps={told.gaps} />
            </Section>
            <Section title="冲突记录（同一编号、事实不同，以先到者为准）" flush>
              <Conflicts conflicts={told.conflicts} />
            </Section>
            {may('batch_source:read') ? <BatchSources /> : null}
            <Section title="无有效密钥的请求（近 48 小时）" flush>
              <Keyless hours={told.keyless_hours} />
            </Section>
          </div>
        )}
      </Block>
    </Page>
  )
}

function Overview({ told }: Readonly<{ told: Metering }>) {
  const ages = told.shards.map((shard) => shard.watermark_age_ms)
  const oldest = ages.includes(null) ? null : Math.max(0, ...ages.map((age) => age ?? 0))
  const lag = told.shards.reduce((sum, shard) => sum + (shard.lag_entries ?? 0), 0)
  const parked = told.shards.reduce((sum, shard) => sum + shard.parked_entries, 0)
  const proof = told.proofs[0]
  return (
    <>
      {told.stream_answers ? null : (
        <Alert
          type="error"
          showIcon
          title="计量流（Redis）无响应：积压数暂不可知，网关不能可靠记录时将拒绝调用，不计费。"
        />
      )}
      <Tiles
        tiles={[
          { label: '最慢水位', value: ageText(oldest), note: '距现在' },
          { label: '待入库', value: told.stream_answers ? lag : '—', note: '流内条目' },
          { label: '滞留', value: parked, note: '相关开发利用主体的账单等待处理' },
          {
            label: '最近一次一致性证明',
            value: proof ? (
              <StatusTag kind="proof" status={proof.holds ? 'holds' : 'differs'} />
            ) : (
              '尚无'
            ),
            note: proof ? secondText(proof.proved_at) : undefined,
          },
        ]}
      />
    </>
  )
}

function Shards({ shards }: Readonly<{ shards: Metering['shards'] }>) {
  return (
    <PlainTable
      caption="分片"
      rows={shards}
      rowKey={(shard) => String(shard.shard)}
      empty="尚无计量"
      columns={[
        { head: '分片', cell: (shard) => shard.shard },
        {
          head: '水位',
          cell: (shard) => (shard.watermark_at ? secondText(shard.watermark_at) : '—'),
        },
        { head: '水位落后', cell: (shard) => ageText(shard.watermark_age_ms), right: true },
        { head: '待入库条目', cell: (shard) => shard.lag_entries ?? '—', right: true },
        { head: '最早一条等待', cell: (shard) => ageText(shard.oldest_entry_age_ms), right: true },
        {
          head: '已入库记录',
          cell: (shard) => <Quantity of={shard.committed_events} />,
          right: true,
        },
        { head: '滞留', cell: (shard) => shard.parked_entries, right: true },
        { head: '冲突', cell: (shard) => shard.conflicts, right: true },
      ]}
    />
  )
}

function Boots({ boots }: Readonly<{ boots: Metering['boots'] }>) {
  return (
    <PlainTable
      caption="网关进程"
      rows={boots}
      rowKey={(boot) => boot.boot_id}
      empty="没有网关进程"
      columns={[
        { head: '进程', cell: (boot) => <code>{boot.boot_id}</code> },
        {
          head: '状态',
          cell: (boot) => <StatusTag kind="boot" status={boot.finished_at ? 'finished' : 'live'} />,
        },
        { head: '启动', cell: (boot) => secondText(boot.started_at) },
        { head: '最近心跳', cell: (boot) => secondText(boot.heard_at) },
        { head: '完整至', cell: (boot) => secondText(boot.complete_before) },
        {
          head: '已入库序号合计',
          cell: (boot) => <Quantity of={boot.committed_entries} />,
          right: true,
        },
      ]}
    />
  )
}

function Gaps({ gaps }: Readonly<{ gaps: Metering['gaps'] }>) {
  return (
    <PlainTable
      caption="计量缺口"
      rows={gaps}
      rowKey={(gap) => gap.gap_id}
      empty="没有计量缺口"
      columns={[
        {
          head: '时段',
          cell: (gap) => `${secondText(gap.started_at)} – ${secondText(gap.ended_at)}`,
        },
        { head: '分片', cell: (gap) => gap.shard },
        { head: '未能记录的请求', cell: (gap) => <Quantity of={gap.attempts} />, right: true },
        { head: '原因', cell: (gap) => gap.reason },
        { head: '进程', cell: (gap) => <code>{gap.boot_id}</code> },
      ]}
    />
  )
}

function Conflicts({ conflicts }: Readonly<{ conflicts: Metering['conflicts'] }>) {
  return (
    <PlainTable
      caption="冲突记录"
      rows={conflicts}
      rowKey={(conflict) => conflict.conflict_id}
      empty="没有冲突记录"
      columns={[
        { head: '调用时间', cell: (conflict) => secondText(conflict.occurred_at) },
        { head: '计量记录编号', cell: (conflict) => <code>{conflict.event_id}</code> },
        { head: '不同的事实', cell: (conflict) => conflict.differs.join('、') },
        { head: '来自', cell: (conflict) => <code>{conflict.origin ?? '—'}</code> },
        { head: '发现时间', cell: (conflict) => secondText(conflict.recorded_at) },
      ]}
    />
  )
}

function Keyless({ hours }: Readonly<{ hours: Metering['keyless_hours'] }>) {
  return (
    <PlainTable
      caption="无有效密钥的请求"
      rows={hours}
      rowKey={(hour) => `${hour.hour} ${hour.reason}`}
      empty="没有无密钥的请求"
      columns={[
        { head: '小时', cell: (hour) => secondText(hour.hour) },
        { head: '原因', cell: (hour) => hour.reason },
        { head: '请求数', cell: (hour) => <Quantity of={hour.attempts} />, right: true },
      ]}
    />
  )
}
