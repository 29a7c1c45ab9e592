import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useState } from 'react'
import { problemOf } from '#web/console/src/api/problem.ts'

/**
 * Does one thing, says what came of it, and asks again for everything that may have changed by it. For
 * small steps; what is signed or cannot be undone goes through CheckAndSubmit.
 */
export function useAction(): Readonly<{
  isBusy: boolean
  act: (done: string, work: () => Promise<unknown>) => Promise<void>
}> {
  const { message, notification } = App.useApp()
  const queries = useQueryClient()
  const [isBusy, setBusy] = useState(false)
  const act = async (done: string, work: () => Promise<unknown>) => {
    setBusy(true)
    try {
      await work()
      void message.success(done)
      await queries.invalidateQueries()
    } catch (error) {
      const { title, detail, requestId } = problemOf(error)
      notification.error({
        title: title || '操作未完成',
        description: `${detail} ${requestId ?? ''}`,
        duration: 0,
      })
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, act }
}
