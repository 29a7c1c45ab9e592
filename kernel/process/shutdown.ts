import { ppid } from 'node:process'

export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'parent_gone'

const PARENT_CHECK_MS = 500

/**
 * Resolves once, at the first INT, TERM or HUP, or when the parent process has disappeared. Further signals are
 * swallowed, because npm passes on a Ctrl-C that the terminal has already sent.
 */
export function untilAskedToStop(
  options: Readonly<{ watchParent: boolean }> = { watchParent: true },
): Promise<StopReason> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(signal))
    if (!options.watchParent) return
    const first = ppid
    const timer = setInterval(() => {
      if (process.ppid === first) return
      clearInterval(timer)
      resolve('parent_gone')
    }, PARENT_CHECK_MS)
    timer.unref()
  })
}
