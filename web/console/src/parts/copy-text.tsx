/** @jsxImportSource react */
import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { common } from '#web/shared/words/common.ts'
import { useWords } from '#web/console/src/app/language.tsx'

/** Text that people pass on: an id, a digest, a command. */
export function CopyText({ text, shown }: Readonly<{ text: string; shown?: string }>) {
  return (
    <span className="copy-text">
      <code>{shown ?? text}</code>
      <CopyButton text={text} />
    </span>
  )
}

export function CopyButton({ text, label }: Readonly<{ text: string; label?: string }>) {
  const w = useWords(common)
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await writeToClipboard(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <Button
      type={label ? 'default' : 'text'}
      size={label ? 'middle' : 'small'}
      icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
      aria-label={label ? undefined : isCopied ? w.copied : w.copy}
      onClick={() => void copy()}
    >
      {label ? (isCopied ? w.copied : label) : null}
    </Button>
  )
}

/** `navigator.clipboard` is only there on https and loopback; intranets often have neither. */
async function writeToClipboard(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
