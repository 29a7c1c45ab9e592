/** @jsxImportSource react */
import { CheckCircleFilled } from '@ant-design/icons'
import { Alert, Button, Form, Input, Modal, Steps } from 'antd'
import { useState, type ReactNode } from 'react'
import { steps as stepWords } from '#web/shared/words/steps.ts'
import { useWords } from '#web/console/src/app/language.tsx'
import { Problem } from './problem.tsx'

type CheckAndSubmitProps<R> = Readonly<{
  title: string
  /** What is about to be done, figure by figure, for the person to check. */
  check: ReactNode
  /** Asks for the password again before it is done (signatures). */
  password?: boolean
  /** Text the person must give, such as an opinion or a reason. */
  opinion?: Readonly<{ label: string; required: boolean; hint?: string; initial?: string }>
  submitLabel: string
  danger?: boolean
  submit: (given: Readonly<{ password: string; opinion: string }>) => Promise<R>
  /** What was done and what comes next; without it the dialog closes by itself. */
  done?: (result: R) => Readonly<{ title: string; next: ReactNode }>
  onClose: () => void
}>

/**
 * Check page, password, confirmation with what happens next (ux.md A0-9). It is mounted when opened, so
 * nothing of an earlier signature, least of all a password, is left in it.
 */
export function CheckAndSubmit<R>(props: CheckAndSubmitProps<R>) {
  const w = useWords(stepWords)
  const [step, setStep] = useState<'check' | 'sign' | 'done'>('check')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const [result, setResult] = useState<R>()
  const [form] = Form.useForm<{ password?: string; opinion?: string }>()
  const needsForm = props.password === true || props.opinion !== undefined

  const submit = async () => {
    const given = needsForm ? await form.validateFields().catch(() => undefined) : {}
    if (!given) return
    setBusy(true)
    setError(undefined)
    try {
      const answer = await props.submit({
        password: given.password ?? '',
        opinion: given.opinion?.trim() ?? '',
      })
      setResult(() => answer)
      if (props.done) setStep('done')
      else props.onClose()
    } catch (refusal) {
      setError(refusal)
      form.setFieldValue('password', '')
    } finally {
      setBusy(false)
    }
  }
  const forward = () => (step === 'check' && needsForm ? setStep('sign') : void submit())
  const told = step === 'done' && result !== undefined ? props.done?.(result) : undefined

  return (
    <Modal
      open
      title={props.title}
      width={640}
      mask={{ closable: false }}
      onCancel={props.onClose}
      className="check-and-submit"
      footer={
        step === 'done' ? (
          <Button type="primary" onClick={props.onClose}>
            {w.close}
          </Button>
        ) : (
          <>
            {step === 'sign' ? (
              <Button onClick={() => setStep('check')} disabled={isBusy}>
                {w.backToCheck}
              </Button>
            ) : (
              <Button onClick={props.onClose}>{w.cancel}</Button>
            )}
            <Button
              type="primary"
              danger={props.danger ?? false}
              loading={isBusy}
              onClick={forward}
            >
              {step === 'check' && needsForm ? w.next : props.submitLabel}
            </Button>
          </>
        )
      }
    >
      {needsForm ? (
        <Steps
          size="small"
          className="steps"
          current={step === 'check' ? 0 : step === 'sign' ? 1 : 2}
          items={[
            { title: w.check },
            { title: props.password ? w.sign : w.explain },
            { title: w.done },
          ]}
        />
      ) : null}
      {step === 'check' ? (
        <>
          <Alert type="info" showIcon title={w.pleaseCheck} className="gap-below" />
          {props.check}
        </>
      ) : null}
      {error !== undefined && step !== 'done' ? <Problem error={error} focus /> : null}
      <Form
        form={form}
        layout="vertical"
        hidden={step !== 'sign'}
        requiredMark="optional"
        initialValues={{ opinion: props.opinion?.initial ?? '' }}
        onFinish={() => void submit()}
        // Enter that ends the typing of a Chinese word is not a submission.
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.nativeEvent.isComposing) event.preventDefault()
        }}
      >
        {props.opinion ? (
          <Form.Item
            name="opinion"
            label={props.opinion.label}
            extra={props.opinion.hint}
            rules={[{ required: props.opinion.required, whitespace: true, message: w.missing }]}
          >
            <Input.TextArea rows={3} maxLength={2000} showCount />
          </Form.Item>
        ) : null}
        {props.password ? (
          <Form.Item
            name="password"
            label={w.password}
            extra={w.passwordHint}
            rules={[{ required: true, message: w.missing }]}
          >
            <Input.Password autoComplete="current-password" maxLength={200} />
          </Form.Item>
        ) : null}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </Form>
      {told ? (
        <div className="done" role="status">
          <CheckCircleFilled className="done-icon" aria-hidden />
          <h3>{told.title}</h3>
          <div className="done-next">
            <strong>{w.whatNext}</strong>
            <div>{told.next}</div>
          </div>
        </div>
      ) : null}
    </Modal>
  )
}
