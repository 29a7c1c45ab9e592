/** @jsxImportSource react */
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, type InputRef } from 'antd'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { api, tell } from '#web/console/src/api/client.ts'
import { problemOf } from '#web/console/src/api/problem.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { Entrance } from '#web/console/src/parts/entrance.tsx'
import { Problem } from '#web/console/src/parts/problem.tsx'
import { useUrlState } from '#web/console/src/parts/url-state.ts'
import { session } from '#web/shared/words/session.ts'

type Credentials = Readonly<{ email: string; password: string }>

export function SignInPage() {
  const w = useWords(session)
  const [{ to }] = useUrlState()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const [hasCapsLock, setCapsLock] = useState(false)
  const [form] = Form.useForm<Credentials>()
  const email = useRef<InputRef>(null)
  useEffect(() => email.current?.focus(), [])

  const signIn = async (credentials: Credentials) => {
    setBusy(true)
    setError(undefined)
    try {
      await tell(api.v1.session.$post({ json: credentials }))
      queries.clear()
      await navigate({ href: `/console${within(to)}`, replace: true })
    } catch (refusal) {
      setError(refusal)
      form.setFieldValue('password', '')
      document.getElementById('password')?.focus()
    } finally {
      setBusy(false)
    }
  }
  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'))

  return (
    <Entrance title={w.title} lead={w.lead}>
      {error === undefined ? (
        to && to !== '/' && to !== '/console/' ? (
          <Alert type="info" showIcon title={w.expired} className="gap-below" />
        ) : null
      ) : problemOf(error).code === 'LOCKED_OUT' ? (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={w.locked}
          description={w.lockedHint}
          className="gap-below"
        />
      ) : (
        <Problem error={error} />
      )}
      <Form<Credentials>
        form={form}
        layout="vertical"
        size="large"
        requiredMark={false}
        onFinish={(credentials) => void signIn(credentials)}
      >
        <Form.Item
          name="email"
          label={w.email}
          rules={[{ required: true, message: w.emailMissing }]}
        >
          <Input ref={email} type="email" autoComplete="username" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="password"
          label={w.password}
          extra={hasCapsLock ? w.capsLock : undefined}
          rules={[{ required: true, message: w.passwordMissing }]}
        >
          <Input.Password autoComplete="current-password" maxLength={200} onKeyUp={watchCapsLock} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={isBusy}>
          {w.signIn}
        </Button>
      </Form>
      <p className="quiet gap-above">{w.noAccount}</p>
      <p>
        <a href="/">{w.publicSite}</a>
      </p>
    </Entrance>
  )
}

/** Where the reader was, only if that is within the console: nobody's link sends people elsewhere. */
function within(to: string | undefined): string {
  const path = (to ?? '/').replace(/^\/console(?=\/|$)/, '') || '/'
  return /^\/(?![/\\])/.test(path) && !path.startsWith('/sign-in') ? path : '/'
}
