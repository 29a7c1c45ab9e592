/** @jsxImportSource react */
import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  EditOutlined,
  ExclamationCircleOutlined,
  LockOutlined,
  MinusCircleOutlined,
  SendOutlined,
} from '@ant-design/icons'
import { Tag } from 'antd'
import type { ReactNode } from 'react'
import { useLanguage } from '#web/console/src/app/language.tsx'

type Tone = 'good' | 'waiting' | 'moving' | 'bad' | 'calm' | 'locked' | 'draft'
type Row = readonly [zh: string, en: string, tone: Tone]

const tones: Record<Tone, Readonly<{ color: string; icon: ReactNode }>> = {
  good: { color: 'success', icon: <CheckCircleOutlined /> },
  waiting: { color: 'warning', icon: <ClockCircleOutlined /> },
  moving: { color: 'processing', icon: <SendOutlined /> },
  bad: { color: 'error', icon: <CloseCircleOutlined /> },
  calm: { color: 'default', icon: <MinusCircleOutlined /> },
  locked: { color: 'success', icon: <LockOutlined /> },
  draft: { color: 'default', icon: <EditOutlined /> },
}

/** What each status is called, and how it looks: words, icon and colour, never colour alone. */
const statuses = {
  bill: {
    draft: ['草稿', 'Draft', 'draft'],
    discarded: ['已废弃', 'Discarded', 'calm'],
    operator_confirmed: ['已复核，待签发', 'Checked', 'moving'],
    issued: ['已签发，待确认', 'Issued', 'waiting'],
    confirmed: ['已确认', 'Confirmed', 'moving'],
    objected: ['异议处理中', 'Under objection', 'bad'],
    decided: ['异议已处理', 'Objection decided', 'moving'],
    due: ['待付款', 'Due', 'waiting'],
    part_paid: ['部分付款', 'Partly paid', 'waiting'],
    paid: ['已付清', 'Paid', 'good'],
    written_off: ['已核销', 'Written off', 'calm'],
    overdue: ['已逾期', 'Overdue', 'bad'],
  },
  statement: {
    draft: ['草稿，待编制', 'Draft', 'draft'],
    prepared: ['待运营机构复核', 'Prepared', 'waiting'],
    checked: ['待运营机构报送', 'Checked', 'waiting'],
    submitted: ['待政数局确认', 'Submitted', 'waiting'],
    confirmed: ['待财政局审核', 'Confirmed', 'waiting'],
    locked: ['已锁定', 'Locked', 'locked'],
    treasury_paid: ['已缴入国库', 'Paid to treasury', 'good'],
    returned: ['已退回', 'Returned', 'bad'],
  },
  subscription: {
    active: ['使用中', 'Active', 'good'],
    suspended: ['已暂停', 'Suspended', 'waiting'],
    ended: ['已结束', 'Ended', 'calm'],
  },
  application: {
    submitted: ['审核中', 'Under review', 'waiting'],
    approved: ['已通过', 'Approved', 'good'],
    rejected: ['未通过', 'Rejected', 'bad'],
  },
  key: {
    active: ['有效', 'Active', 'good'],
    retiring: ['轮换中，即将失效', 'Being replaced', 'waiting'],
    suspended: ['已停用', 'Suspended', 'bad'],
    revoked: ['已撤销', 'Revoked', 'calm'],
    expired: ['已过期', 'Expired', 'waiting'],
  },
  running: {
    running: ['正常', 'Running', 'good'],
    stopped: ['已停用', 'Stopped', 'bad'],
  },
  incident: {
    stopped: ['停用中', 'Stopped', 'bad'],
    lifted: ['已解除，待结案', 'Lifted, to be closed', 'waiting'],
    closed: ['已结案', 'Closed', 'calm'],
  },
  result: {
    found: ['查得', 'Found', 'good'],
    not_found: ['查无', 'Not found', 'calm'],
    invalid_request: ['请求有误', 'Invalid request', 'waiting'],
    refused: ['已拒绝', 'Refused', 'waiting'],
    repeated: ['重复请求', 'Repeated', 'calm'],
    failed: ['失败', 'Failed', 'bad'],
  },
  bankEntry: {
    unmatched: ['待匹配', 'Unmatched', 'waiting'],
    matched: ['已匹配', 'Matched', 'good'],
    set_aside: ['已搁置', 'Set aside', 'calm'],
  },
  person: {
    active: ['正常', 'Active', 'good'],
    invited: ['待接受邀请', 'Invited', 'waiting'],
    locked: ['已锁定', 'Locked', 'bad'],
    suspended: ['已停用', 'Suspended', 'waiting'],
    removed: ['已移除', 'Removed', 'calm'],
  },
  proof: {
    holds: ['一致', 'Holds', 'good'],
    differs: ['不一致', 'Differs', 'bad'],
  },
  source: {
    registered: ['待批准', 'Registered', 'waiting'],
    active: ['可上报', 'Active', 'good'],
    revoked: ['已撤销', 'Revoked', 'calm'],
  },
  batch: {
    accepted: ['已受理，待转送', 'Accepted', 'waiting'],
    forwarded: ['已转送，待入账', 'Forwarded', 'moving'],
    stored: ['已全部入账', 'Stored', 'good'],
    parked: ['有滞留记录', 'Parked in part', 'bad'],
  },
  boot: {
    live: ['运行中', 'Live', 'good'],
    finished: ['已结束', 'Finished', 'calm'],
  },
  refund: {
    requested: ['待审核', 'Waiting', 'waiting'],
    approved: ['已退款', 'Refunded', 'good'],
    refused: ['未批准', 'Refused', 'bad'],
  },
  decision: {
    proposed: ['待审批', 'Proposed', 'waiting'],
    approved: ['已批准', 'Approved', 'good'],
    refused: ['未批准', 'Refused', 'bad'],
  },
  job: {
    waiting: ['排队中', 'Waiting', 'waiting'],
    delayed: ['已定时', 'Scheduled', 'calm'],
    running: ['进行中', 'Running', 'moving'],
    active: ['进行中', 'Running', 'moving'],
    done: ['已完成', 'Done', 'good'],
    completed: ['已完成', 'Done', 'good'],
    failed: ['失败', 'Failed', 'bad'],
  },
} as const satisfies Record<string, Record<string, Row>>

export type StatusKind = keyof typeof statuses

function rowOf(kind: StatusKind, status: string): Row {
  const rows: Partial<Record<string, Row>> = statuses[kind]
  return rows[status] ?? [status, status, 'calm']
}

export function StatusTag({ kind, status }: Readonly<{ kind: StatusKind; status: string }>) {
  const { language } = useLanguage()
  const [zh, en, tone] = rowOf(kind, status)
  return (
    <Tag {...tones[tone]} className="status">
      {language === 'zh' ? zh : en}
    </Tag>
  )
}

/** The word alone, for filters and exports. */
export function statusName(kind: StatusKind, status: string, language: 'zh' | 'en'): string {
  const [zh, en] = rowOf(kind, status)
  return language === 'zh' ? zh : en
}

export function statusOptions(
  kind: StatusKind,
  language: 'zh' | 'en',
): { value: string; label: string }[] {
  return Object.keys(statuses[kind]).map((value) => ({
    value,
    label: statusName(kind, value, language),
  }))
}

/** Something that is not as it should be, said beside a number. */
export function WarningTag({ children }: Readonly<{ children: ReactNode }>) {
  return (
    <Tag icon={<ExclamationCircleOutlined />} color="warning">
      {children}
    </Tag>
  )
}
