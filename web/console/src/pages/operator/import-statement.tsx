/** @jsxImportSource react */
import { UploadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal, Upload } from 'antd'
import { useState } from 'react'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useMe } from '#web/console/src/app/session.ts'
import { Problem } from '#web/console/src/parts/problem.tsx'

type Imported = AnswerOf<Awaited<ReturnType<(typeof api.v1)['bank-statements']['$post']>>>

/** The whole file or nothing: every bad row is named, and the same file twice changes nothing. */
export function Import({ onClose }: Readonly<{ onClose: () => void }>) {
  const me = useMe()
  const queries = useQueryClient()
  const [account, setAccount] = useState('')
  const [file, setFile] = useState<File>()
  const [told, setTold] = useState<Imported>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const take = async () => {
    if (!file) return
    setBusy(true)
    setError(undefined)
    try {
      const json = {
        operator_id: me.organization_id,
        account: account.trim(),
        file_name: file.name,
        content: await file.text(),
      }
      setTold(await ask(api.v1['bank-statements'].$post({ json })))
      await queries.invalidateQueries()
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title="导入银行明细"
      okText={told ? '完成' : '导入'}
      okButtonProps={{ disabled: !told && (!file || account.trim() === '') }}
      confirmLoading={isBusy}
      onOk={() => (told ? onClose() : void take())}
      onCancel={onClose}
    >
      {error === undefined ? null : <Problem error={error} focus />}
      {told ? (
        <Alert
          type="success"
          showIcon
          title={
            told.kind === 'already_imported'
              ? '该文件此前已导入，没有重复入账'
              : `已导入 ${told.entries ?? 0} 笔，其中 ${told.already_known ?? 0} 笔此前已有`
          }
        />
      ) : (
        <Form layout="vertical">
          <Form.Item label="收款账号">
            <Input
              value={account}
              maxLength={64}
              onChange={({ target }) => setAccount(target.value)}
            />
          </Form.Item>
          <Form.Item
            label="CSV 文件"
            extra="列：bank_reference, paid_on, amount_yuan, payer_name, payer_account, remark；任何一行有误则整份不导入。"
          >
            <Upload
              accept=".csv,text/csv"
              maxCount={1}
              beforeUpload={(chosen) => {
                setFile(chosen)
                return false
              }}
              onRemove={() => setFile(undefined)}
            >
              <Button icon={<UploadOutlined />}>选择文件</Button>
            </Upload>
          </Form.Item>
        </Form>
      )}
    </Modal>
  )
}
