/* Print documents: data in, HTML or spreadsheet out. Rendered by api and jobs. */
import type { BillDocument, StatementDocument } from '#billing/index.ts'
import { BillPage } from './bill-page.tsx'
import { StatementPage } from './statement-page.tsx'

export { statementXlsx } from './statement-xlsx.ts'

/** The whole page of a statement. */
export async function statementHtml(statement: StatementDocument): Promise<string> {
  return String(await StatementPage({ statement }))
}

/** The whole page of a bill. */
export async function billHtml(
  input: Readonly<{ bill: BillDocument; isSample?: boolean }>,
): Promise<string> {
  return String(await BillPage(input))
}
