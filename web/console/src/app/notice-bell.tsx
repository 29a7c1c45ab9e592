/** @jsxImportSource react */
import { BellOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Badge, Button, Popover } from 'antd'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import { minuteText } from '#web/console/src/parts/format.ts'
import { Go } from '#web/console/src/parts/go.tsx'
import { useAction } from '#web/console/src/parts/use-action.ts'
import { notices as noticeWords } from '#web/shared/words/notices.ts'
import { useWords } from './language.tsx'

type Notice = AnswerOf<Awaited<ReturnType<typeof api.v1.notices.$get>>>['items'][number]

export const noticesQuery = {
  queryKey: ['notices'],
  queryFn: () => ask(api.v1.notices.$get({ query: { limit: '30' } })),
  refetchInterval: 30_000,
}

/** What happened that concerns the reader's organization. */
export function NoticeBell() {
  const w = useWords(noticeWords)
  const notices = useQuery(noticesQuery)
  const { act } = useAction()
  const items = notices.data?.items ?? []
  const unread = items.filter((notice) => notice.read_at === null).length
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={
        <div className="notice-head">
          <span>{w.title}</span>
          {unread > 0 ? (
            <Button
              type="link"
              size="small"
              onClick={() => void act(w.allRead, () => ask(api.v1.notices.read.$post()))}
            >
              {w.markRead}
            </Button>
          ) : null}
        </div>
      }
      content={
        <ul className="notices">
          {items.length === 0 ? <li className="quiet">{w.none}</li> : null}
          {items.map((notice) => (
            <li key={notice.notice_id} className={notice.read_at ? 'read' : ''}>
              <NoticeText notice={notice} />
              <div className="quiet">{minuteText(notice.occurred_at)}</div>
            </li>
          ))}
        </ul>
      }
    >
      <Badge count={unread} size="small" offset={[0, 6]}>
        <Button type="text" icon={<BellOutlined />} aria-label={`${w.title} ${unread}`} />
      </Badge>
    </Popover>
  )
}

export function NoticeText({ notice }: Readonly<{ notice: Notice }>) {
  const w = useWords(noticeWords)
  const kinds: Readonly<Record<string, string>> = w.kinds
  const { number, month, incidentId, name, reason } = notice.payload
  const about = incidentId ? [name, number, reason] : [number ?? month]
  const text = [kinds[notice.kind] ?? notice.kind, ...about].filter(Boolean).join(' · ')
  const to = addressOf(notice)
  return to ? <Go to={to}>{text}</Go> : <span>{text}</span>
}

/** Where what a notice tells of is dealt with. */
function addressOf({ kind, payload }: Notice): string | undefined {
  const { statementId, billId, incidentId } = payload
  if (statementId) return `/statements/${statementId}`
  if (billId) return `/bills/${billId}`
  if (incidentId) return `/stops/${incidentId}`
  return kind.startsWith('subscription') ? '/subscriptions' : undefined
}
