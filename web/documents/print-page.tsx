import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { HtmlEscapedString } from 'hono/utils/html'

/** Where the font's style sheet and files are; the same in the browser and in the PDF renderer. */
export const fontStyles = '/assets/fonts/noto-sans-sc/wght.css'

/** Text inside a CSS string: nothing in it can end the string. */
function cssText(text: string): string {
  return `"${text.replace(/[^\p{L}\p{N} :/.,·…（）()-]/gu, ' ')}"`
}

/** Paper as ux.md A9 has it: A4, 20 mm to the left for binding, black on white, at least 9 pt. */
function printStyles(foot: string): string {
  return `
@page { size: A4; margin: 16mm 14mm 18mm 22mm;
  @bottom-left { content: ${cssText(foot)}; font: 8pt 'Noto Sans SC Variable', sans-serif; color: #000; }
  @bottom-right { content: "第 " counter(page) " 页 / 共 " counter(pages) " 页"; font: 8pt 'Noto Sans SC Variable', sans-serif; color: #000; white-space: nowrap; } }
* { box-sizing: border-box; }
html { color: #000; background: #fff; font: 9.5pt/1.5 'Noto Sans SC Variable', sans-serif; }
body { margin: 0; }
h1 { font-size: 18pt; text-align: center; letter-spacing: .2em; margin: 0 0 2mm; font-weight: 700; }
h2 { font-size: 11.5pt; margin: 6mm 0 2mm; font-weight: 700; break-after: avoid; }
h3 { font-size: 9.5pt; margin: 3mm 0 1mm; font-weight: 600; break-after: avoid; }
p { margin: 0 0 2mm; }
.under { text-align: center; margin-bottom: 4mm; }
.sample { border: 1.5pt solid #000; text-align: center; padding: 1mm; margin-bottom: 3mm; font-weight: 700; }
table { border-collapse: collapse; width: calc(100% - 1pt); margin-bottom: 2mm; }
caption { text-align: left; font-weight: 600; padding-bottom: 1mm; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: .5pt solid #000; padding: .8mm 1.4mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { text-align: center; vertical-align: middle; font-weight: 600; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.total td, .total th { font-weight: 700; }
.facts th { width: 30mm; white-space: nowrap; }
.facts.two th { width: 26mm; }
.nowrap { white-space: nowrap; }
.keep { break-inside: avoid; }
.words { font-weight: 700; }
.small { font-size: 9pt; }
.code { font-size: 9pt; overflow-wrap: anywhere; }
.signing { break-inside: avoid; }
.seals { display: flex; justify-content: space-between; gap: 4mm; break-inside: avoid; margin-top: 4mm; }
.seal { flex: 1; text-align: center; }
.seal div { width: 45mm; height: 45mm; border: .5pt dashed #000; margin: 0 auto 1.5mm; display: flex; align-items: center; justify-content: center; }
@media screen { html { background: #fff; } body { max-width: 190mm; margin: 0 auto; padding: 10mm 6mm; } }
`
}

/** A document for paper: a whole HTML page without any script. */
export function PrintPage(
  props: Readonly<{ title: string; foot: string; children: Child }>,
): HtmlEscapedString | Promise<HtmlEscapedString> {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="zh-CN">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{props.title}</title>
          <link rel="stylesheet" href={fontStyles} />
          <style>{raw(printStyles(props.foot))}</style>
        </head>
        <body>
          <main>{props.children}</main>
        </body>
      </html>
    </>
  )
}

export type Column<T> = Readonly<{
  head: string
  cell: (row: T, index: number) => Child
  isNumber?: boolean
  width?: string
}>

/** A table with its header on each page; `total` is the last row, cell by cell. */
export function PrintTable<T>(
  props: Readonly<{
    caption?: string
    columns: readonly Column<T>[]
    rows: readonly T[]
    total?: readonly Child[]
    empty?: string
  }>,
): Child {
  const { columns, rows, total } = props
  return (
    <table>
      {props.caption !== undefined && <caption>{props.caption}</caption>}
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" style={column.width && `width:${column.width}`}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <tr>
            <td colspan={columns.length}>{props.empty ?? '本期无'}</td>
          </tr>
        )}
        {rows.map((row, index) => (
          <tr>
            {columns.map((column) => (
              <td class={column.isNumber ? 'number' : ''}>{column.cell(row, index)}</td>
            ))}
          </tr>
        ))}
        {total !== undefined && (
          <tr class="total">
            {total.map((cell, index) => (
              <td class={columns[index]?.isNumber ? 'number' : ''}>{cell}</td>
            ))}
          </tr>
        )}
      </tbody>
    </table>
  )
}

/** Names and values, one or two pairs to a row. */
export function Facts(
  props: Readonly<{ pairs: readonly (readonly [string, Child])[]; perRow?: 1 | 2 }>,
): Child {
  const perRow = props.perRow ?? 1
  const rows = Array.from({ length: Math.ceil(props.pairs.length / perRow) }, (_, row) =>
    props.pairs.slice(row * perRow, (row + 1) * perRow),
  )
  return (
    <table class={perRow === 2 ? 'facts two' : 'facts'}>
      <tbody>
        {rows.map((pairs) => (
          <tr>
            {pairs.map(([name, value], index) => (
              <>
                <th scope="row">{name}</th>
                <td colspan={index === pairs.length - 1 ? 2 * (perRow - pairs.length) + 1 : 1}>
                  {value}
                </td>
              </>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
