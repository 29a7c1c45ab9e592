/** @jsxImportSource react */
import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Result } from 'antd'
import { useState } from 'react'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { roleNames } from '#web/console/src/app/session.ts'
import { Block } from '#web/console/src/parts/block.tsx'
import { Entrance } from '#web/console/src/parts/entrance.tsx'
import { minuteText } from '#web/console/src/parts/format.ts'
import { Problem } from '#web/console/src/parts/problem.tsx'
import { session } from '#web/shared/words/session.ts'

const lookUp = api.v1.invitations['look-up']
type Invitation = AnswerOf<Awaited<ReturnType<typeof lookUp.$post>>>
type Given = Readonly<{
  password: string
  repeated: string
  name?: string
  email?: string
  organizationName?: string
  creditCode?: string
}>

/** The link carries its token in the fragment, which reaches no server log. */
function tokenOfAddress(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('token') ?? ''
}

export function InvitationPage() {
  const w = useWords(session)
  const [token] = useState(tokenOfAddress)
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => ask(lookUp.$post({ json: { token } })),
    retry: false,
    staleTime: Infinity,
  })
  return (
    <Entrance title={w.invitation} lead={w.invitationLead}>
      <Block query={invitation}>{(found) => <Acceptance invitation={found} token={token} />}</Block>
    </Entrance>
  )
}

function Acceptance({ invitation, token }: Readonly<{ invitation: Invitation; token: string }>) {
  const w = useWords(session)
  const { language } = useLanguage()
  const [isAccepted, setAccepted] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const isFirst = invitation.kind === 'first_administrator'

  const accept = async (given: Given) => {
    setBusy(true)
    setError(undefined)
    try {
      const first = {
        name: given.name ?? '',
        email: given.email ?? '',
        organization_name: given.organizationName ?? '',
        credit_code: given.creditCode ?? '',
      }
      const json = { token, password: given.password, ...(isFirst ? { first } : {}) }
      await ask(api.v1.invitations.accept.$post({ json }))
      setAccepted(true)
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }

  if (isAccepted)
    return (
      <Result
        status="success"
        title={w.accepted}
        subTitle={w.acceptedHint}
        extra={
          <Button type="primary" href="/console/sign-in">
            {w.goToSignIn}
          </Button>
        }
      />
    )
  return (
    <>
      {isFirst ? null : (
        <div className="gap-below">
          <strong>
            {w.invitationFor(invitation.name ?? '', invitation.organization_name ?? '')}
          </strong>
          <div className="quiet">
            {invitation.email} ·{' '}
            {invitation.roles.map((each) => roleNames[each][language]).join('、')}
          </div>
          <div className="quiet">{w.validUntil(minuteText(invitation.expires_at))}</div>
        </div>
      )}
      {error === undefined ? null : <Problem error={error} focus />}
      <Form<Given>
        layout="vertical"
        size="large"
        requiredMark={false}
        onFinish={(given) => void accept(given)}
      >
        {isFirst ? <FirstAdministrator /> : null}
        <Form.Item
          name="password"
          label={w.newPassword}
          extra={w.passwordRule}
          rules={[{ required: true, min: 12, message: w.passwordShort }]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="repeated"
          label={w.repeatPassword}
          dependencies={['password']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_rule, value) =>
                value === getFieldValue('password')
                  ? Promise.resolve()
                  : Promise.reject(new Error(w.passwordsDiffer)),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={isBusy}>
          {w.accept}
        </Button>
      </Form>
    </>
  )
}

function FirstAdministrator() {
  const w = useWords(session)
  const fields = [
    ['name', w.yourName],
    ['email', w.email],
    ['organizationName', w.organizationName],
    ['creditCode', w.creditCode],
  ] as const
  return fields.map(([name, label]) => (
    <Form.Item key={name} name={name} label={label} rules={[{ required: true, message: label }]}>
      <Input maxLength={200} type={name === 'email' ? 'email' : 'text'} />
    </Form.Item>
  ))
}
