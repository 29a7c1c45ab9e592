/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Block } from '#web/console/src/parts/block.tsx'
import { groupDigits, isNegative, isZero, monthText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { EmptyState, Section } from '#web/console/src/parts/page.tsx'
import { PlainTable } from '#web/console/src/parts/plain-table.tsx'
import { subtractYuan } from '#web/console/src/parts/yuan.ts'
import { changeName, exceptionName } from './labels.ts'
import { type Changes, changesQuery, exceptionsQuery } from './statement-queries.ts'

/** Why the month differs from the one before: the steps lead from one total to the other. */
export function WhyItChanged({ versionId }: Readonly<{ versionId: string }>) {
  const changes = useQuery(changesQuery(versionId))
  return (
    <Section title="为什么变了（应收，元）">
      <Block query={changes} what="与上月比较">
        {(told) => (
          <div className="stack">
            <Bridge changes={told} />
            <PlainTable
              caption="按产品比较"
              rows={told.products}
              rowKey={(row) => row.product_id}
              columns={[
                { head: '产品', cell: (row) => row.product_name },
                { head: '上月', right: true, cell: (row) => groupDigits(row.previous) },
                { head: '本月', right: true, cell: (row) => groupDigits(row.amount) },
                {
                  head: '变化',
                  right: true,
                  cell: (row) => <Signed yuan={subtractYuan(row.amount, row.previous)} />,
                },
              ]}
            />
          </div>
        )}
      </Block>
    </Section>
  )
}

function Bridge({ changes }: Readonly<{ changes: Changes }>) {
  const widest = Math.max(
    Number(changes.previous_billed),
    Number(changes.billed),
    ...changes.steps.map(({ amount }) => Math.abs(Number(amount))),
    1,
  )
  const width = (yuan: string) => `${(Math.abs(Number(yuan)) / widest) * 100}%`
  const rows = [
    {
      name: changes.previous_month ? `上月（${monthText(changes.previous_month)}）` : '上月（无）',
      yuan: changes.previous_billed,
      kind: 'total',
    },
    ...changes.steps
      .filter(({ amount }) => !isZero(amount))
      .map(({ kind, amount }) => ({ name: changeName(kind), yuan: amount, kind: 'step' })),
    { name: '本月', yuan: changes.billed, kind: 'total' },
  ]
  return (
    <table className="plain bridge">
      <caption className="unseen">从上月应收到本月应收</caption>
      <tbody>
        {rows.map(({ name, yuan, kind }) => (
          <tr key={name} className={kind === 'total' ? 'sum' : ''}>
            <th scope="row">{name}</th>
            <td className="right">
              {kind === 'total' ? (
                <span className="number">{groupDigits(yuan)}</span>
              ) : (
                <Signed yuan={yuan} />
              )}
            </td>
            <td className="bar-cell" aria-hidden>
              <div
                className={`bar-track ${kind === 'step' ? (isNegative(yuan) ? 'down' : 'up') : ''}`}
              >
                <span style={{ width: width(yuan) }} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A difference with its sign said, not only coloured. */
export function Signed({ yuan }: Readonly<{ yuan: string }>) {
  const text = groupDigits(yuan)
  if (isZero(yuan)) return <span className="number quiet">0.00</span>
  return (
    <span className={isNegative(yuan) ? 'number negative' : 'number positive'}>
      {isNegative(yuan) ? text : `+${text}`}
    </span>
  )
}

/** What a reviewer should look at before signing. */
export function Exceptions({ versionId }: Readonly<{ versionId: string }>) {
  const exceptions = useQuery(exceptionsQuery(versionId))
  return (
    <Section title="例外事项">
      <Block query={exceptions} what="例外事项">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title="本期没有例外事项"
              hint="没有补记、异议、调整、负数或超出上限的明细。"
            />
          ) : (
            <PlainTable
              caption="例外事项"
              rows={items}
              rowKey={(row) => `${row.kind} ${row.line_id}`}
              columns={[
                { head: '类型', cell: (row) => exceptionName(row.kind) },
                {
                  head: '账单',
                  cell: (row) => <Go to={`/bills/${row.bill_id}`}>{row.bill_number}</Go>,
                },
                { head: '开发利用主体', cell: (row) => row.buyer_name },
                { head: '产品', cell: (row) => row.product_name },
                { head: '使用月份', cell: (row) => row.usage_month },
                { head: '金额', right: true, cell: (row) => groupDigits(row.amount) },
              ]}
            />
          )
        }
      </Block>
    </Section>
  )
}
