import { timingSafeEqual } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Hono, type Context } from 'hono'
import type pg from 'pg'
import { sendFile, tourismFiles } from './files.ts'
import type { SimulatedService } from './services.ts'
import { enterpriseAt, failingIndex, personAt, slowIndex, slowMs } from './subjects.ts'

export type SimulatorDeps = Readonly<{
  pool: pg.Pool
  credentials: ReadonlyMap<SimulatedService, string>
}>

const failing = [personAt(failingIndex).idNumber, enterpriseAt(failingIndex).creditCode]
const slow = [personAt(slowIndex).idNumber, enterpriseAt(slowIndex).creditCode]

/** What a department's data service looks like from outside: an envelope, `data` null when nothing was found. */
export function createSimulator(deps: SimulatorDeps): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  addPeopleServices(app, deps)
  addDatasets(app, deps)
  return app
}

function guard(deps: SimulatorDeps, service: SimulatedService, c: Context): boolean {
  const given = Buffer.from(c.req.header('authorization') ?? '')
  const wanted = Buffer.from(`Bearer ${deps.credentials.get(service) ?? ''}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const refused = { code: 401, message: 'credential missing or wrong', data: null }

/** Bad days, on request: the answer of a service that is broken, or one that keeps its caller waiting. */
async function misbehave(c: Context, subject: string): Promise<Response | undefined> {
  if (failing.includes(subject)) return c.json({ code: 500, message: 'internal error' }, 500)
  if (slow.includes(subject))
    await pause(slowMs, undefined, { signal: c.req.raw.signal }).catch(() => undefined) // it hung up
  return undefined
}

type Lookup = Readonly<{ service: SimulatedService; path: string; key: string; sql: string }>

const lookups: readonly Lookup[] = [
  {
    service: 'housing-fund',
    path: '/housing-fund/credit',
    key: 'id_number',
    sql: `select status, opened_month, months_paid_in_a_row, monthly_deposit_band, balance_band, has_loan,
      overdue_instalments from housing_fund_account where id_number = $1 and name = $2`,
  },
  {
    service: 'medical-insurance',
    path: '/medical-insurance/underwriting',
    key: 'id_number',
    sql: `select insured_years, outpatient_visits_24_months, inpatient_stays_24_months, chronic_disease_groups,
      yearly_cost_band from medical_settlement where id_number = $1 and name = $2`,
  },
  {
    service: 'enterprise-risk',
    path: '/enterprise-risk/score',
    key: 'credit_code',
    sql: `select score, grade, signals from enterprise_risk where credit_code = $1 and ($2::text is null or true)`,
  },
]

function addPeopleServices(app: Hono, deps: SimulatorDeps): void {
  for (const { service, path, key, sql } of lookups)
    app.post(path, async (c) => {
      if (!guard(deps, service, c)) return c.json(refused, 401)
      const body: unknown = await c.req.json().catch(() => ({}))
      const subject = textOf(body, key)
      const bad = await misbehave(c, subject)
      if (bad) return bad
      const { rows } = await deps.pool.query<object>(sql, [subject, textOf(body, 'name')])
      return c.json({ code: 0, message: 'ok', data: rows[0] ?? null })
    })
}

function textOf(body: unknown, key: string): string {
  const value: unknown =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : ''
}

function addDatasets(app: Hono, deps: SimulatorDeps): void {
  app.get('/health-channels/months/:month', async (c) => {
    if (!guard(deps, 'health-channels', c)) return c.json(refused, 401)
    const { rows } = await deps.pool.query<object>(
      `select channel, department, impressions, visits, registrations, completed_visits, value_index::float8
       from health_channel_month where month = $1 and ($2 = '' or department = $2) order by 1, 2`,
      [c.req.param('month'), c.req.query('department') ?? ''],
    )
    return c.json({ code: 0, message: 'ok', data: rows })
  })
  const fileOf = tourismFiles(deps.pool)
  app.get('/tourism/files/:name', async (c) => {
    if (!guard(deps, 'tourism', c)) return c.json(refused, 401)
    const month = /^visitors-(\d{4}-\d{2})\.csv$/.exec(c.req.param('name'))?.[1]
    const file = month === undefined ? undefined : await fileOf(month)
    return file ? sendFile(c, file, 'text/csv; charset=utf-8') : c.text('no such file', 404)
  })
}
