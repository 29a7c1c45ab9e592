/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Checkbox, Form, Input, Modal, Segmented, Select } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { dayAfter } from '#web/console/src/parts/format.ts'
import { Problem } from '#web/console/src/parts/problem.tsx'
import { typedYuan } from '#web/console/src/parts/yuan-field.tsx'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import type { ApiKey, Subscription } from './access-queries.ts'
import { SecretOnce } from './secret-once.tsx'

type Scope = ApiKey['scopes'][number]

type Given = Readonly<{
  name: string
  mode: 'live' | 'sandbox'
  scopes: Scope[]
  subscription?: string
  networks?: string
  expires?: string
  cap?: string
}>

/** Makes a key; its text is shown this once. */
export function CreateKey(
  props: Readonly<{ subscriptions: readonly Subscription[]; onClose: () => void }>,
) {
  const w = useWords(buyerWords).keys
  const { language } = useLanguage()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const [secret, setSecret] = useState<string>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const mode = Form.useWatch('mode', form) ?? 'sandbox'
  // A key of the sandbox calls, and reads nothing of live use.
  const chosenScopes = Form.useWatch('scopes', form) ?? ['data:call']
  const scopes: Scope[] = mode === 'sandbox' ? ['data:call'] : chosenScopes
  const active = props.subscriptions.filter(({ status }) => status === 'active')
  const needsSubscription = mode === 'live' && scopes.includes('data:call')

  const create = async () => {
    const given = await form.validateFields().catch(() => undefined)
    if (!given) return
    setBusy(true)
    setError(undefined)
    try {
      const json = {
        name: given.name.trim(),
        mode: given.mode,
        scopes,
        networks: (given.networks ?? '').split(/\s+/).filter(Boolean),
        expires_at: given.expires ? `${dayAfter(given.expires, 1)}T00:00:00+08:00` : null,
        subscription_id: needsSubscription ? (given.subscription ?? null) : null,
        monthly_spend_max: needsSubscription && given.cap ? typedYuan(given.cap) : null,
      }
      const { key } = await ask(api.v1['api-keys'].$post({ json }))
      setSecret(key)
      await queries.invalidateQueries({ queryKey: ['keys'] })
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  const chosen = active.find((each) => each.subscription_id === form.getFieldValue('subscription'))
  if (secret)
    return (
      <SecretOnce
        title={w.create}
        secret={secret}
        product={chosen?.product_code}
        onClose={props.onClose}
      />
    )
  return (
    <Modal
      open
      title={w.create}
      okText={w.create}
      confirmLoading={isBusy}
      onOk={() => void create()}
      onCancel={props.onClose}
      mask={{ closable: false }}
    >
      {error === undefined ? null : <Problem error={error} focus />}
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          mode: active.length > 0 ? 'live' : 'sandbox',
          scopes: ['data:call'],
          subscription: active[0]?.subscription_id,
        }}
      >
        <Form.Item name="name" label={w.name} rules={[{ required: true, whitespace: true }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="mode" label={w.mode}>
          <Segmented
            options={[
              { value: 'live', label: w.live, disabled: active.length === 0 },
              { value: 'sandbox', label: w.sandbox },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="scopes"
          label={w.scopes}
          hidden={mode === 'sandbox'}
          rules={[{ required: mode === 'live' }]}
        >
          <Checkbox.Group
            options={(['data:call', 'usage:read', 'bill:read'] as const).map((value) => ({
              value,
              label: w.scopeNames[value],
            }))}
          />
        </Form.Item>
        {needsSubscription ? (
          <Form.Item
            name="subscription"
            label={w.chooseSubscription}
            rules={[{ required: true, message: w.chooseSubscription }]}
          >
            <Select
              options={active.map((each) => ({
                value: each.subscription_id,
                label:
                  language === 'zh'
                    ? `${each.product_name} · ${each.scenario_name}`
                    : `${each.product_name_en} · ${each.scenario_name_en}`,
              }))}
            />
          </Form.Item>
        ) : null}
        {needsSubscription ? (
          <Form.Item name="cap" label={w.capAmount}>
            <Input inputMode="decimal" placeholder="500.00" />
          </Form.Item>
        ) : null}
        <Form.Item name="networks" label={w.networks} extra={w.networksHint}>
          <Input.TextArea rows={2} placeholder="203.0.113.0/24" />
        </Form.Item>
        <Form.Item name="expires" label={w.expires} extra={w.expiresHint}>
          <Input type="date" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
