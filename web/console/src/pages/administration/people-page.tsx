/** @jsxImportSource react */
import { UserAddOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal, Select, Tag } from 'antd'
import { useState } from 'react'
import type { OrganizationKind } from '#kernel/context.ts'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { organizationNameOf, roleNames, useMay, useMe } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { CopyButton } from '#web/console/src/parts/copy-text.tsx'
import { type Column, DataTable } from '#web/console/src/parts/data-table.tsx'
import { dayText, minuteText } from '#web/console/src/parts/format.ts'
import { Page, Section } from '#web/console/src/parts/page.tsx'
import { Problem } from '#web/console/src/parts/problem.tsx'
import { StatusTag, statusName } from '#web/console/src/parts/status-tag.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { people as peopleWords } from '#web/shared/words/people.ts'
import {
  ChangeStatus,
  organizationsOf,
  type Person,
  PersonActions,
  type PersonChange,
  stateOf,
} from './person-actions.tsx'

type Role = Person['memberships'][number]['role']

const peopleQuery = {
  queryKey: ['people'],
  queryFn: () => ask(api.v1.people.$get({ query: { limit: '200' } })),
}

/** Roles a person of an organization of each kind can be given. */
const rolesOfKind: Record<OrganizationKind, readonly Role[]> = {
  buyer: ['buyer_admin', 'buyer_member', 'organization_admin'],
  operator: ['operator_maker', 'operator_checker', 'operator_head', 'organization_admin'],
  data_bureau: ['data_bureau', 'organization_admin'],
  finance_bureau: ['finance_bureau', 'organization_admin'],
  provider: ['provider', 'organization_admin'],
  price_authority: ['price_authority', 'organization_admin'],
  market_regulator: ['market_regulator', 'organization_admin'],
  state_asset_regulator: ['state_asset_regulator', 'organization_admin'],
  security_supervisor: ['security_supervisor', 'organization_admin'],
  auditor: ['auditor', 'organization_admin'],
  platform: ['system_admin', 'security_admin', 'audit_admin', 'organization_admin'],
}

export function PeoplePage() {
  const w = useWords(peopleWords)
  const may = useMay()
  const people = useQuery(peopleQuery)
  const [isInviting, setInviting] = useState(false)
  const [change, setChange] = useState<PersonChange>()
  return (
    <Page
      title={w.title}
      lead={w.lead}
      actions={
        may('person:invite') ? (
          <Button type="primary" icon={<UserAddOutlined />} onClick={() => setInviting(true)}>
            {w.invite}
          </Button>
        ) : null
      }
    >
      <Section flush>
        <Block query={people} page>
          {({ items }) => <PeopleTable people={items} change={setChange} />}
        </Block>
      </Section>
      {isInviting ? <Invite onClose={() => setInviting(false)} /> : null}
      {change ? <ChangeStatus change={change} onClose={() => setChange(undefined)} /> : null}
    </Page>
  )
}

function PeopleTable(
  props: Readonly<{ people: readonly Person[]; change: (change: PersonChange) => void }>,
) {
  const w = useWords(peopleWords)
  const { language } = useLanguage()
  const [state] = useUrlState()
  const columns: Column<Person>[] = [
    {
      key: 'name',
      title: w.name,
      show: (person) => (
        <div className="cell-two">
          <div className="strong">{person.name}</div>
          <div className="quiet">{person.email}</div>
        </div>
      ),
      text: (person) => `${person.name} ${person.email}`,
      sortable: true,
      matters: true,
    },
    {
      key: 'organization',
      title: w.organization,
      show: (person) => organizationsOf(person),
      text: organizationsOf,
      sortable: true,
    },
    {
      key: 'roles',
      title: w.roles,
      show: (person) =>
        person.memberships.map(({ id, role }) => <Tag key={id}>{roleNames[role][language]}</Tag>),
      text: (person) => person.memberships.map(({ role }) => roleNames[role][language]).join(' '),
      matters: true,
    },
    {
      key: 'status',
      title: w.status,
      show: (person) => <StatusTag kind="person" status={stateOf(person)} />,
      text: (person) => statusName('person', stateOf(person), language),
      matters: true,
    },
    {
      key: 'since',
      title: w.since,
      show: (person) => <span className="number">{dayText(person.registered_at)}</span>,
      text: (person) => dayText(person.registered_at),
      sortable: true,
    },
    {
      key: 'actions',
      title: '',
      show: (person) => <PersonActions person={person} change={props.change} />,
      matters: true,
    },
  ]
  return (
    <DataTable
      rows={props.people}
      columns={columns}
      rowKey={(person) => person.id}
      caption={w.title}
      exportName="people"
      filters={[
        { key: 'q', label: w.search },
        {
          key: 'status',
          label: w.status,
          options: ['active', 'locked', 'suspended', 'removed'].map((value) => ({
            value,
            label: statusName('person', value, language),
          })),
        },
      ]}
      keeps={(person, { q, status }) =>
        (!q || `${person.name} ${person.email} ${organizationsOf(person)}`.includes(q)) &&
        (!status || stateOf(person) === status)
      }
      key={state['status'] ?? ''}
    />
  )
}

type Invited = AnswerOf<Awaited<ReturnType<typeof api.v1.invitations.$post>>>
type Given = Readonly<{ name: string; email: string; organization_id: string; roles: Role[] }>

function Invite({ onClose }: Readonly<{ onClose: () => void }>) {
  const w = useWords(peopleWords)
  const { language } = useLanguage()
  const me = useMe()
  const may = useMay()
  const [form] = Form.useForm<Given>()
  const [invited, setInvited] = useState<Invited>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const reachesAll = me.roles.includes('system_admin') && may('organization:read')
  const organizations = useQuery({
    queryKey: ['organizations'],
    queryFn: () => ask(api.v1.organizations.$get({ query: { limit: '200' } })),
    enabled: reachesAll,
  })
  const choices = reachesAll
    ? (organizations.data?.items ?? []).map(({ id, name, kind }) => ({ id, name, kind }))
    : [{ id: me.organization_id, name: organizationNameOf(me), kind: me.organization_kind }]
  const chosen = Form.useWatch('organization_id', form) ?? me.organization_id
  const kind = (choices.find(({ id }) => id === chosen)?.kind ??
    me.organization_kind) as OrganizationKind

  const invite = async () => {
    const given = await form.validateFields().catch(() => undefined)
    if (!given) return
    setBusy(true)
    setError(undefined)
    try {
      setInvited(await ask(api.v1.invitations.$post({ json: given })))
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title={w.invite}
      onCancel={onClose}
      mask={{ closable: false }}
      okText={invited ? w.close : w.makeLink}
      cancelButtonProps={{ hidden: invited !== undefined }}
      confirmLoading={isBusy}
      onOk={() => (invited ? onClose() : void invite())}
    >
      {error === undefined ? null : <Problem error={error} focus />}
      {invited ? (
        <>
          <Alert type="warning" showIcon title={w.linkOnce} className="gap-below" />
          <div className="secret">
            <code>{invited.link}</code>
          </div>
          <div className="gap-above page-actions">
            <CopyButton text={invited.link} label={w.copyLink} />
            <span className="quiet">{w.validUntil(minuteText(invited.expires_at))}</span>
          </div>
        </>
      ) : (
        <Form
          form={form}
          layout="vertical"
          requiredMark="optional"
          initialValues={{ organization_id: me.organization_id, roles: [] }}
        >
          <Form.Item name="name" label={w.name} rules={[{ required: true, whitespace: true }]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="email" label={w.email} rules={[{ required: true, type: 'email' }]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="organization_id" label={w.organization} rules={[{ required: true }]}>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              options={choices.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={() => form.setFieldValue('roles', [])}
            />
          </Form.Item>
          <Form.Item
            name="roles"
            label={w.roles}
            extra={w.rolesHint}
            rules={[{ required: true, type: 'array', min: 1 }]}
          >
            <Select
              mode="multiple"
              options={rolesOfKind[kind].map((role) => ({
                value: role,
                label: roleNames[role][language],
              }))}
            />
          </Form.Item>
        </Form>
      )}
    </Modal>
  )
}
