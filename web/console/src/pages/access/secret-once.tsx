/** @jsxImportSource react */
import { Alert, Button, Modal } from 'antd'
import { useWords } from '#web/console/src/app/language.tsx'
import { CopyButton } from '#web/console/src/parts/copy-text.tsx'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'

/** The text of a new key, this once. */
export function SecretOnce(
  props: Readonly<{
    title: string
    secret: string
    product: string | undefined
    onClose: () => void
  }>,
) {
  const w = useWords(buyerWords).keys
  const path = props.product ?? 'PRODUCT'
  const curl = `curl -H "Authorization: Bearer ${props.secret}" ${window.location.origin}/data/v1/${path}/`
  return (
    <Modal
      open
      title={props.title}
      closable={false}
      footer={
        <Button type="primary" onClick={props.onClose}>
          {w.saved}
        </Button>
      }
    >
      <Alert type="warning" showIcon title={w.once} className="gap-below" />
      <div className="secret">
        <code>{props.secret}</code>
      </div>
      <div className="page-actions gap-above gap-below">
        <CopyButton text={props.secret} label={w.copyKey} />
        <CopyButton text={curl} label={w.copyCurl} />
      </div>
      <strong>{w.try}</strong>
      <div className="secret">
        <code>{curl}</code>
      </div>
    </Modal>
  )
}
