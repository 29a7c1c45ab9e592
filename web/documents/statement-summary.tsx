import type { Child } from 'hono/jsx'
import type { StatementDocument } from '#billing/index.ts'
import { chineseMoney, grouped } from './chinese.ts'
import { Facts } from './print-page.tsx'

/** The figures a reader wants first, the share in words as on a cheque. */
export function StatementSummary({ statement }: Readonly<{ statement: StatementDocument }>): Child {
  const { receivables, receipts, split, volume } = statement.content
  const free = volume.reduce((sum, row) => sum + BigInt(row.freeCalls), 0n)
  return (
    <section>
      <h2>概要</h2>
      <Facts
        perRow={2}
        pairs={[
          ['本期应收（含税）', grouped(receivables.total.amountYuan)],
          ['其中税额', grouped(receivables.total.taxYuan)],
          ['本期到账（含税）', grouped(receipts.received.amountYuan)],
          ['到账不含税', grouped(receipts.received.netYuan)],
          ['分配基数', grouped(split.baseYuan)],
          ['免费调用', `${grouped(String(free))} 次`],
          ['政府分成', grouped(split.governmentYuan)],
          ['运营机构分成', grouped(split.operatorYuan)],
        ]}
      />
      <Facts
        pairs={[
          [
            '政府分成（大写）',
            <span class="words">人民币{chineseMoney(split.governmentYuan)}</span>,
          ],
          ['基数合计（大写）', <span class="words">人民币{chineseMoney(split.baseYuan)}</span>],
        ]}
      />
    </section>
  )
}
