/** @jsxImportSource react */
import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { useMay } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { dayText } from '#web/console/src/parts/format.ts'
import { EmptyState, Page, Section } from '#web/console/src/parts/page.tsx'
import { statusName, statusOptions } from '#web/console/src/parts/status-tag.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import { common } from '#web/shared/words/common.ts'
import {
  type ApiKey,
  keysQuery,
  spendingQuery,
  type Subscription,
  subscriptionsQuery,
} from './access-queries.ts'
import { KeySpending } from './cap-key.tsx'
import { CreateKey } from './create-key.tsx'
import { ActOnKey, type Intent, KeyActions, spends } from './key-actions.tsx'
import { keyMark, KeyMark, KeyStanding, pairsTogether } from './key-standing.tsx'

export function KeysPage() {
  const w = useWords(buyerWords).keys
  const may = useMay()
  const [state, change] = useUrlState()
  const keys = useQuery(keysQuery)
  const subscriptions = useQuery(subscriptionsQuery)
  const [intent, setIntent] = useState<Intent>()
  const create = may('api_key:create') ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => change({ new: '1' })}>
      {w.create}
    </Button>
  ) : null
  return (
    <Page title={w.title} lead={w.lead} actions={create}>
      <Section flush>
        <Block query={keys} page>
          {({ items }) => (
            <KeyTable
              keys={items}
              subscriptions={subscriptions.data?.items ?? []}
              intend={setIntent}
              create={create}
            />
          )}
        </Block>
      </Section>
      {state['new'] ? (
        <CreateKey
          subscriptions={subscriptions.data?.items ?? []}
          onClose={() => change({ new: undefined })}
        />
      ) : null}
      {intent ? (
        <ActOnKey
          intent={intent}
          subscriptions={subscriptions.data?.items ?? []}
          onClose={() => setIntent(undefined)}
        />
      ) : null}
    </Page>
  )
}

function KeyTable(
  props: Readonly<{
    keys: readonly ApiKey[]
    subscriptions: readonly Subscription[]
    intend: (intent: Intent) => void
    create: React.ReactNode
  }>,
) {
  const w = useWords(buyerWords).keys
  const { between } = useWords(common)
  const { language } = useLanguage()
  const boundTo = (key: ApiKey) => {
    const found = props.subscriptions.find((each) => each.subscription_id === key.subscription_id)
    if (!found) return '—'
    return language === 'zh'
      ? `${found.product_name} · ${found.scenario_name}`
      : `${found.product_name_en} · ${found.scenario_name_en}`
  }
  const spending = useQuery(spendingQuery)
  const spentBy = (key: ApiKey) =>
    spending.data?.items.find((each) => each.spend_key_id === key.spend_key_id)?.spent
  const columns: Column<ApiKey>[] = [
    {
      key: 'name',
      title: w.name,
      show: (key) => (
        <div className="cell-two wraps">
          <div className="strong">{key.name}</div>
          <KeyMark apiKey={key} />
        </div>
      ),
      text: (key) => `${key.name} ${keyMark(key)}`,
      sortable: true,
      matters: true,
    },
    {
      key: 'mode',
      title: w.mode,
      show: (key) => (
        <div className="cell-two">
          <Tag color={key.mode === 'live' ? 'processing' : 'default'}>{w[key.mode]}</Tag>
          <div className="quiet">
            {key.scopes.map((scope) => w.scopeNames[scope]).join(between)}
          </div>
        </div>
      ),
      text: (key) => `${w[key.mode]} ${key.scopes.join(' ')}`,
    },
    {
      key: 'sub',
      title: w.subscription,
      show: (key) => (
        <div className="cell-two wraps">
          <div>{boundTo(key)}</div>
          <div className="quiet">
            {w.networks} {key.networks.length === 0 ? w.any : key.networks.join(', ')}
          </div>
        </div>
      ),
      text: (key) => `${boundTo(key)} ${key.networks.join(' ')}`.trim(),
      matters: true,
    },
    {
      key: 'spent',
      title: w.spent,
      show: (key) =>
        spends(key) ? <KeySpending apiKey={key} spent={spentBy(key)} /> : <span>—</span>,
      text: (key) =>
        spends(key) ? `${spentBy(key) ?? '0.00'} / ${key.monthly_spend_max ?? ''}` : '',
    },
    {
      key: 'created',
      title: w.created,
      show: (key) => (
        <div className="cell-two">
          <div className="number">{dayText(key.created_at)}</div>
          <div className="quiet">
            {key.expires_at ? `${w.expires} ${dayText(key.expires_at)}` : w.never}
          </div>
        </div>
      ),
      text: (key) => [key.created_at, key.expires_at ?? ''].join(' ').trim(),
      sortable: true,
    },
    {
      key: 'status',
      title: w.status,
      show: (key) => <KeyStanding apiKey={key} keys={props.keys} />,
      text: (key) => statusName('key', key.standing, language),
      matters: true,
    },
    {
      key: 'act',
      title: '',
      show: (key) => <KeyActions apiKey={key} intend={props.intend} />,
      matters: true,
    },
  ]
  return (
    <DataTable
      rows={pairsTogether(props.keys)}
      columns={columns}
      rowKey={(key) => key.id}
      caption={w.title}
      exportName="api-keys"
      filters={[{ key: 'status', label: w.status, options: statusOptions('key', language) }]}
      keeps={(key, { status }) => !status || key.standing === status}
      empty={<EmptyState title={w.none} hint={w.noneHint} action={props.create} />}
    />
  )
}
