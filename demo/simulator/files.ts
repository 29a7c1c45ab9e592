import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type pg from 'pg'

export type ProviderFile = Readonly<{ content: Buffer; etag: string }>

/** The month's visitors as the file the tourism bureau publishes; undefined for a month without any. */
export function tourismFiles(pool: pg.Pool): (month: string) => Promise<ProviderFile | undefined> {
  const written = new Map<string, ProviderFile>()
  return async (month) => {
    const known = written.get(month)
    if (known) return known
    const { rows } = await pool.query<{ line: string }>(
      `select concat_ws(',', to_char(day, 'YYYY-MM-DD'), scenic_area, visitors, overnight_visitors,
         from_other_provinces, mean_stay_hours) as line
       from tourism_day where to_char(day, 'YYYY-MM') = $1 order by day, scenic_area`,
      [month],
    )
    if (rows.length === 0) return undefined
    const head = 'day,scenic_area,visitors,overnight_visitors,from_other_provinces,mean_stay_hours'
    const content = Buffer.from([head, ...rows.map((row) => row.line), ''].join('\r\n'))
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 20)
    const file = { content, etag: `"${digest}"` }
    written.set(month, file)
    return file
  }
}

/** Answers as a file service does: whole, or the one byte range asked for, while the file is the same. */
export function sendFile(c: Context, file: ProviderFile, contentType: string): Response {
  const { content, etag } = file
  const headers = { 'content-type': contentType, etag, 'accept-ranges': 'bytes' }
  const ifRange = c.req.header('if-range')
  const range = /^bytes=(\d*)-(\d*)$/.exec(c.req.header('range') ?? '')
  const [, from = '', to = ''] = range ?? []
  if (!range || from + to === '' || (ifRange !== undefined && ifRange !== etag))
    return c.body(new Uint8Array(content), 200, {
      ...headers,
      'content-length': String(content.length),
    })
  const end = content.length - 1
  const first = from === '' ? Math.max(0, content.length - Number(to)) : Number(from)
  const last = from === '' || to === '' ? end : Math.min(Number(to), end)
  if (first > last) return c.body(null, 416, { 'content-range': `bytes */${content.length}` })
  return c.body(new Uint8Array(content.subarray(first, last + 1)), 206, {
    ...headers,
    'content-range': `bytes ${first}-${last}/${content.length}`,
    'content-length': String(last - first + 1),
  })
}
