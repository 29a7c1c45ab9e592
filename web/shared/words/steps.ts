import { words } from './words.ts'

/** Checking, signing, submitting. */
export const steps = words({
  zh: {
    check: '核对',
    sign: '签署',
    explain: '填写说明',
    done: '完成',
    pleaseCheck: '请核对以下内容后再提交',
    password: '登录密码',
    passwordHint: '签署前需再次输入您的登录密码，以确认由本人办理。',
    missing: '此项必填',
    next: '核对无误，下一步',
    backToCheck: '返回核对',
    cancel: '取消',
    close: '完成',
    whatNext: '接下来会发生什么',
  },
  en: {
    check: 'Check',
    sign: 'Sign',
    explain: 'Explain',
    done: 'Done',
    pleaseCheck: 'Please check this before you submit it',
    password: 'Your password',
    passwordHint: 'Signing asks for your password again, so that nobody else signs in your name.',
    missing: 'This is required',
    next: 'This is right, go on',
    backToCheck: 'Back to the check',
    cancel: 'Cancel',
    close: 'Close',
    whatNext: 'What happens next',
  },
})
