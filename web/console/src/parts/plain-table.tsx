/** @jsxImportSource react */
import type { ReactNode } from 'react'

export type PlainColumn<T> = Readonly<{
  head: string
  cell: (row: T) => ReactNode
  right?: boolean
  total?: ReactNode
}>

type PlainTableProps<T> = Readonly<{
  caption: string
  columns: readonly PlainColumn<T>[]
  rows: readonly T[]
  rowKey: (row: T, index: number) => string
  /** The name of the closing row; it is there when a column has a total. */
  totalName?: string
  empty?: string
}>

/** A table as on paper: no filters, no paging, its sums below. Wide ones scroll in their own box. */
export function PlainTable<T>(props: PlainTableProps<T>) {
  const { caption, columns, rows, rowKey, totalName = '合计', empty = '本期无' } = props
  const hasTotal = columns.some(({ total }) => total !== undefined)
  if (rows.length === 0) return <p className="quiet">{empty}</p>
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={caption}>
      <table className="plain">
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, right }) => (
              <th key={head} scope="col" className={right ? 'right no-wrap' : 'no-wrap'}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={rowKey(row, index)}>
              {columns.map(({ head, cell, right }) => (
                <td key={head} className={right ? 'right number' : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {hasTotal ? (
          <tfoot>
            <tr>
              {columns.map(({ head, total, right }, index) => (
                <td key={head} className={right ? 'right number' : undefined}>
                  {index === 0 ? totalName : total}
                </td>
              ))}
            </tr>
          </tfoot>
        ) : null}
      </table>
    </div>
  )
}
