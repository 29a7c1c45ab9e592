/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Drawer } from 'antd'
import type { ReactNode } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { groupDigits } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { PlainTable } from '#web/console/src/parts/plain-table.tsx'
import { lineKindName } from './labels.ts'
import type { Members } from './statement-queries.ts'

/** A figure of the statement by where it stands, as the content names its products, bills and buyers. */
export type FigurePlace =
  | Readonly<{
      part: 'volume'
      productId: string
      purposeClass: 'public_interest' | 'industry'
      unit: string
      column: 'calls' | 'billed' | 'free'
    }>
  | Readonly<{ part: 'receivables'; productId?: string; billId?: string }>
  | Readonly<{ part: 'receipts'; buyerId?: string }>
  | Readonly<{ part: 'attribution'; productId: string }>

export type OpenFigure = Readonly<{ figure: FigurePlace; name: string }>
export type Drill = (opened: OpenFigure) => void

/** A number that opens what it is the sum of. */
export function Figure(
  props: Readonly<{ drill: Drill; figure: FigurePlace; name: string; children: ReactNode }>,
) {
  const { drill, figure, name } = props
  return (
    <button
      type="button"
      className="figure"
      title={`查看构成：${name}`}
      onClick={() => drill({ figure, name })}
    >
      {props.children}
    </button>
  )
}

const membersRoute = api.v1['statement-versions'][':id'].members

/** The bill lines and receipts behind a figure; each line leads on to its calls. */
export function DrillDown(
  props: Readonly<{ versionId: string; opened: OpenFigure; onClose: () => void }>,
) {
  const { versionId, opened, onClose } = props
  const members = useQuery({
    queryKey: ['statement-members', versionId, opened.figure],
    queryFn: () =>
      ask(membersRoute.$get({ param: { id: versionId }, query: queryOf(opened.figure) })),
  })
  return (
    <Drawer open onClose={onClose} size={820} title={`${opened.name} 的构成`}>
      <Block query={members}>{(found) => <MemberTables found={found} />}</Block>
    </Drawer>
  )
}

function queryOf(figure: FigurePlace) {
  switch (figure.part) {
    case 'volume':
      return {
        part: figure.part,
        product_id: figure.productId,
        purpose_class: figure.purposeClass,
        unit: figure.unit,
        column: figure.column,
      }
    case 'receivables':
      return {
        part: figure.part,
        ...(figure.productId ? { product_id: figure.productId } : {}),
        ...(figure.billId ? { bill_id: figure.billId } : {}),
      }
    case 'receipts':
      return { part: figure.part, ...(figure.buyerId ? { buyer_id: figure.buyerId } : {}) }
    case 'attribution':
      return { part: figure.part, product_id: figure.productId }
  }
}

function MemberTables({ found }: Readonly<{ found: Members }>) {
  return (
    <div className="stack">
      <p className="formula">
        构成合计 <strong className="number">{groupDigits(found.total)}</strong>
        ，与结算单数字一致。
      </p>
      {found.lines.length > 0 ? <Lines lines={found.lines} /> : null}
      {found.receipts.length > 0 ? <Receipts receipts={found.receipts} /> : null}
    </div>
  )
}

function Lines({ lines }: Pick<Members, 'lines'>) {
  return (
    <section>
      <h3 className="sub">账单明细（{lines.length} 行，点“调用”看到每一次调用）</h3>
      <PlainTable
        caption="账单明细"
        rows={lines}
        rowKey={(line) => line.line_id}
        columns={[
          {
            head: '账单',
            cell: (line) => <Go to={`/bills/${line.bill_id}`}>{line.bill_number}</Go>,
          },
          {
            head: '主体与产品',
            cell: (line) => (
              <div className="cell-two">
                <div>{line.buyer_name}</div>
                <div className="quiet">
                  {line.product_name} · {lineKindName(line.kind)} · {line.usage_month}
                </div>
              </div>
            ),
          },
          { head: '调用', right: true, cell: (line) => groupDigits(line.calls) },
          { head: '计费', right: true, cell: (line) => groupDigits(line.billed_calls) },
          { head: '含税金额', right: true, cell: (line) => groupDigits(line.amount) },
          { head: '不含税', right: true, cell: (line) => groupDigits(line.net) },
          {
            head: '',
            cell: (line) => <Go to={`/bills/${line.bill_id}?line=${line.line_id}`}>调用</Go>,
          },
        ]}
      />
    </section>
  )
}

function Receipts({ receipts }: Pick<Members, 'receipts'>) {
  const isAttributed = receipts.some((receipt) => receipt.attributed !== null)
  return (
    <section>
      <h3 className="sub">到账（{receipts.length} 笔）</h3>
      <PlainTable
        caption="到账"
        rows={receipts}
        rowKey={(receipt) => receipt.allocation_id}
        columns={[
          {
            head: '账单',
            cell: (receipt) => <Go to={`/bills/${receipt.bill_id}`}>{receipt.bill_number}</Go>,
          },
          { head: '付款单位', cell: (receipt) => receipt.buyer_name },
          { head: '到账金额', right: true, cell: (receipt) => groupDigits(receipt.amount) },
          { head: '不含税', right: true, cell: (receipt) => groupDigits(receipt.net) },
          ...(isAttributed
            ? [
                {
                  head: '其中本产品',
                  right: true,
                  cell: (receipt: Members['receipts'][number]) =>
                    receipt.attributed === null ? '—' : groupDigits(receipt.attributed),
                },
              ]
            : []),
        ]}
      />
    </section>
  )
}
