import type { Child } from 'hono/jsx'
import type { StatementDocument } from '#billing/index.ts'
import { beijingTime, chineseMoney, grouped } from './chinese.ts'
import { stepLabel } from './labels.ts'
import { Facts, PrintTable } from './print-page.tsx'

type Props = Readonly<{ statement: StatementDocument }>
const steps = ['prepare', 'check', 'submit', 'confirm', 'review'] as const

/** Parts H, I and J: payment, the five signatures with room for three seals, attachments. */
export function StatementSigning({ statement }: Props): Child {
  return (
    <>
      <PaymentSection statement={statement} />
      <SignatureSection statement={statement} />
      <AttachmentSection statement={statement} />
    </>
  )
}

function PaymentSection({ statement }: Props): Child {
  const payment = statement.treasuryPayment
  const { governmentYuan } = statement.content.split
  return (
    <section>
      <h2>H　财政缴款（全额缴纳，不抵扣）</h2>
      <Facts
        perRow={2}
        pairs={[
          ['应缴金额', `${grouped(governmentYuan)} 元`],
          ['大写', `人民币${chineseMoney(governmentYuan)}`],
          ['非税收入项目', payment?.itemName ?? '待财政部门通知'],
          ['缴款码', payment?.paymentCode ?? '—'],
          ['缴款期限', payment?.dueOn ?? '—'],
          ['缴款日期', payment?.paidOn ?? '—'],
          ['财政票据号', payment?.receiptNumber ?? '—'],
        ]}
      />
    </section>
  )
}

function SignatureSection({ statement }: Props): Child {
  const rows = steps.map((step) => ({
    step,
    signature: statement.signatures.find((signature) => signature.step === step),
  }))
  return (
    <section class="signing">
      <h2>I　签署</h2>
      {statement.returned !== null && (
        <p class="words">
          本版已于 {beijingTime(statement.returned.returnedAt)} 由{' '}
          {statement.returned.organizationName} {statement.returned.personName} 退回：
          {statement.returned.reason}
        </p>
      )}
      <PrintTable
        columns={[
          { head: '环节', cell: (row) => stepLabel(row.step), width: '24mm' },
          { head: '单位', cell: (row) => row.signature?.organizationName ?? '' },
          { head: '签署人', cell: (row) => row.signature?.personName ?? '', width: '22mm' },
          { head: '意见', cell: (row) => row.signature?.opinion ?? '', width: '22mm' },
          {
            head: '时间',
            cell: (row) => (row.signature ? beijingTime(row.signature.signedAt) : ''),
            width: '22mm',
          },
          {
            head: '电子签名',
            cell: (row) => (
              <span class="code">
                {row.signature
                  ? `${row.signature.keyId} ${row.signature.signature.slice(-16)}`
                  : ''}
              </span>
            ),
            width: '46mm',
          },
        ]}
        rows={rows}
      />
      <div class="seals">
        {['运营机构（盖章）', '市政数局（盖章）', '市财政局（盖章）'].map((name) => (
          <div class="seal">
            <div>印章</div>
            {name}
            <br />
            　　　年　　月　　日
          </div>
        ))}
      </div>
    </section>
  )
}

function AttachmentSection({ statement }: Props): Child {
  const { attachments } = statement.content
  return (
    <section>
      <h2>J　附件</h2>
      <PrintTable
        columns={[
          { head: '明细文件', cell: (row) => row.name },
          { head: '行数', cell: (row) => grouped(row.rows), isNumber: true, width: '14mm' },
          { head: '摘要', cell: (row) => <span class="code">{row.digest}</span>, width: '90mm' },
        ]}
        rows={attachments.files}
      />
      <p class="small">
        计量日封存：
        {attachments.seals.length === 0
          ? '本期未列入'
          : `${attachments.seals.length} 份，逐日公布于计量日封存公示页（/seals）`}
        。 本单 A–G、J 部分内容摘要 <span class="code">{statement.contentDigest}</span>
        ，签署与缴款信息以该摘要为准。
      </p>
    </section>
  )
}
