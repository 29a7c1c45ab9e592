/** @jsxImportSource react */
import { DownloadOutlined } from '@ant-design/icons'
import { Button, Input, Select, Table, type TableProps } from 'antd'
import type { ReactNode } from 'react'
import { common } from '#web/shared/words/common.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { downloadCsv } from './csv.ts'
import { EmptyState } from './page.tsx'
import { useUrlState } from './url-state.ts'
import { useIsNarrow } from './use-is-narrow.ts'

export type Column<T> = Readonly<{
  key: string
  /** Empty for what can be done with a row: that stays on the screen when a wide table scrolls. */
  title: string
  /** What the cell shows; `text` is what the export and the sorting take. */
  show: (row: T) => ReactNode
  text?: (row: T) => string
  /** Numbers stand on the right. */
  numeric?: boolean
  sortable?: boolean
  /** One of the three or so that matter on a narrow screen; the first of them is the card's title. */
  matters?: boolean
  width?: number
}>

export type Filter = Readonly<{
  key: string
  label: string
  /** Without options it is a search field. */
  options?: readonly Readonly<{ value: string; label: string }>[]
}>

type DataTableProps<T> = Readonly<{
  rows: readonly T[]
  columns: readonly Column<T>[]
  rowKey: (row: T) => string
  /** Read out to those who cannot see the heading above. */
  caption: string
  filters?: readonly Filter[]
  /** Whether a row stays for a filter; without it the query behind `rows` filters. */
  keeps?: (row: T, filter: Readonly<Record<string, string | undefined>>) => boolean
  exportName?: string
  empty?: ReactNode
  footer?: ReactNode
  more?: Readonly<{ load: () => void; isLoading: boolean }> | undefined
  expand?: (row: T) => ReactNode
  summary?: ReactNode
  tools?: ReactNode
  dense?: boolean
  selection?: TableProps<T>['rowSelection']
  isBusy?: boolean
}>

/**
 * A list that is an address: filters and order live in the query, the export gives exactly the rows and
 * columns that are shown, and below 768 px rows become cards with the columns that matter.
 */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const [state, change] = useUrlState()
  const isNarrow = useIsNarrow()
  const kept = props.keeps ? props.rows.filter((row) => props.keeps?.(row, state)) : props.rows
  const rows = sorted(kept, props.columns, state['sort'])
  const isFiltered = (props.filters ?? []).some(({ key }) => state[key])
  return (
    <div className="data-table" aria-busy={props.isBusy ?? false}>
      <TableTools {...props} rows={rows} />
      {rows.length === 0 ? (
        <NoRows {...props} isFiltered={isFiltered} clear={() => change(cleared(props.filters))} />
      ) : isNarrow ? (
        <Cards {...props} rows={rows} />
      ) : (
        <WideTable {...props} rows={rows} sort={state['sort']} change={change} />
      )}
      {props.footer}
      <More more={props.more} />
    </div>
  )
}

function cleared(filters: readonly Filter[] | undefined): Record<string, undefined> {
  return Object.fromEntries((filters ?? []).map(({ key }) => [key, undefined]))
}

function TableTools<T extends object>(props: DataTableProps<T>) {
  const w = useWords(common)
  const [state, change] = useUrlState()
  if (!props.filters && !props.exportName && !props.tools) return null
  return (
    <div className="table-tools">
      {(props.filters ?? []).map((filter) =>
        filter.options ? (
          <Select
            key={filter.key}
            aria-label={filter.label}
            className="filter"
            allowClear
            placeholder={filter.label}
            value={state[filter.key] ?? null}
            options={[...filter.options]}
            onChange={(value: string | null) => change({ [filter.key]: value ?? undefined })}
          />
        ) : (
          <Input.Search
            key={filter.key}
            aria-label={filter.label}
            className="filter search"
            allowClear
            placeholder={filter.label}
            defaultValue={state[filter.key] ?? ''}
            onSearch={(value) => change({ [filter.key]: value })}
          />
        ),
      )}
      {props.tools}
      <span className="grow" />
      {props.exportName && props.rows.length > 0 ? (
        <Button
          icon={<DownloadOutlined />}
          onClick={() => exportRows(props.exportName ?? '', props.rows, props.columns)}
        >
          {w.exportCsv}
        </Button>
      ) : null}
    </div>
  )
}

function WideTable<T extends object>(
  props: DataTableProps<T> &
    Readonly<{ sort: string | undefined; change: ReturnType<typeof useUrlState>[1] }>,
) {
  const [sortKey, order] = (props.sort ?? '').split('.')
  return (
    <Table<T>
      size={props.dense ? 'small' : 'middle'}
      dataSource={[...props.rows]}
      rowKey={props.rowKey}
      pagination={false}
      scroll={{ x: 'max-content' }}
      showSorterTooltip={false}
      {...(props.selection ? { rowSelection: props.selection } : {})}
      {...(props.expand ? { expandable: { expandedRowRender: props.expand } } : {})}
      {...(props.summary ? { summary: () => props.summary } : {})}
      components={captioned(props.caption)}
      columns={props.columns.map((column) => ({
        key: column.key,
        title: column.title,
        align: column.numeric ? ('right' as const) : ('left' as const),
        render: (_value: unknown, row: T) => column.show(row),
        ...(column.width ? { width: column.width } : {}),
        ...(column.title === '' ? { fixed: 'right' as const } : {}),
        ...(column.sortable
          ? {
              sorter: true,
              sortOrder:
                sortKey === column.key
                  ? order === 'desc'
                    ? ('descend' as const)
                    : ('ascend' as const)
                  : null,
            }
          : {}),
      }))}
      onChange={(_pagination, _filters, sorter) => {
        if (Array.isArray(sorter)) return
        const direction = sorter.order === 'descend' ? 'desc' : 'asc'
        props.change({
          sort: sorter.order ? `${String(sorter.columnKey)}.${direction}` : undefined,
        })
      }}
    />
  )
}

/** antd draws no caption; a table without one has no name for a screen reader. */
function captioned(caption: string): NonNullable<TableProps['components']> {
  return captionTables.get(caption) ?? rememberCaption(caption)
}
const captionTables = new Map<string, NonNullable<TableProps['components']>>()
function rememberCaption(caption: string): NonNullable<TableProps['components']> {
  const components: NonNullable<TableProps['components']> = {
    table: ({ children, ...rest }: React.TableHTMLAttributes<HTMLTableElement>) => (
      <table {...rest}>
        <caption className="unseen">{caption}</caption>
        {children}
      </table>
    ),
  }
  captionTables.set(caption, components)
  return components
}

function Cards<T extends object>(props: DataTableProps<T>) {
  const mattering = props.columns.filter((column) => column.matters)
  const [first, ...rest] = mattering.length > 0 ? mattering : props.columns
  return (
    <ul className="cards" aria-label={props.caption}>
      {props.rows.map((row) => (
        <li key={props.rowKey(row)} className="card">
          <div className="card-title">{first?.show(row)}</div>
          <dl>
            {rest.map((column) => (
              <div key={column.key}>
                <dt>{column.title}</dt>
                <dd>{column.show(row)}</dd>
              </div>
            ))}
          </dl>
          {props.expand ? (
            <details className="card-more">
              <summary>…</summary>
              {props.expand(row)}
            </details>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

function NoRows<T extends object>(
  props: DataTableProps<T> & Readonly<{ isFiltered: boolean; clear: () => void }>,
) {
  const w = useWords(common)
  if (props.isFiltered)
    return (
      <EmptyState
        title={w.noMatch}
        action={<Button onClick={props.clear}>{w.clearFilter}</Button>}
      />
    )
  return <>{props.empty ?? <EmptyState title={w.nothingYet} />}</>
}

function More({ more }: Pick<DataTableProps<object>, 'more'>) {
  const w = useWords(common)
  if (!more) return null
  return (
    <div className="table-more">
      <Button onClick={more.load} loading={more.isLoading}>
        {w.more}
      </Button>
    </div>
  )
}

function sorted<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  sort: string | undefined,
): readonly T[] {
  const [key, order] = (sort ?? '').split('.')
  const column = columns.find((each) => each.key === key)
  if (!column?.text) return rows
  const text = column.text
  const compare = new Intl.Collator('zh-CN', { numeric: true }).compare
  const ascending = rows.toSorted((a, b) =>
    column.numeric ? Number(text(a)) - Number(text(b)) : compare(text(a), text(b)),
  )
  return order === 'desc' ? ascending.toReversed() : ascending
}

function exportRows<T>(name: string, rows: readonly T[], columns: readonly Column<T>[]): void {
  const told = columns.filter((column) => column.text)
  downloadCsv(`${name}.csv`, [
    told.map((column) => column.title),
    ...rows.map((row) => told.map((column) => column.text?.(row) ?? '')),
  ])
}
