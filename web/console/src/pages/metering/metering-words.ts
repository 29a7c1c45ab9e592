/** A span of time in the largest unit that says something. */
export function ageText(ms: number | null): string {
  if (ms === null) return '—'
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} 秒`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} 分`
  return `${(ms / 3_600_000).toFixed(1)} 小时`
}

const unreadable: Readonly<Record<string, string>> = {
  'not a stream entry of ours': '不是本平台的流条目',
  'its events cannot be read': '条目中的调用记录无法读取',
  'it holds no event': '不含调用记录',
  'not an event': '不是调用记录',
  'the event id is of another time': '记录编号与调用时间不符',
  'a repeated call names its first, and only a repeated one': '重复请求与其首次调用不相符',
  'only refusals are counted together': '只有被拒绝的调用可以合并计数',
  'an opening record charges nothing and ends after it begins':
    '开始记录不得计费，且须晚于开始时间结束',
  'nothing may charge this call': '该调用不得计费',
  'only a delivered call is billable': '只有已交付的调用可以计费',
  'a billable call names subscription, product version and price':
    '计费调用缺少订购、产品版本或价格',
}

/** Why an entry is parked: the writer says it in English, and names the field where one cannot be read. */
export function unreadableText(reason: string): string {
  const [, field] = /^([\w.]*): /.exec(reason) ?? []
  if (field === undefined) return unreadable[reason] ?? reason
  return field === '' ? '不是调用记录' : `字段 ${field} 无法读取`
}
