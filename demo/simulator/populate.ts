import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { addDays, addMonths, parseDay, parseMonth } from '#kernel/period.ts'
import { seededRandom } from './random.ts'
import { simulatorSchema } from './schema.ts'
import { simulatedServices } from './services.ts'
import { enterpriseAt, knownEnterprises, knownPeople, personAt } from './subjects.ts'

/** Makes the tables and fills them once. Credentials are random per installation, everything else is the same everywhere. */
export async function populate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('provider-simulator'))`)
    await client.query(simulatorSchema)
    const filled = await client.query('select 1 from service_credential limit 1')
    if (filled.rowCount === 0) await fill(client)
    await ensureReader(client)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** The platform's role in the parking database: it may read one view and nothing else. */
async function ensureReader(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ role: string; token: string | null; exists: boolean }>(
    `select quote_ident(current_database() || '_reader') as role,
       (select token from service_credential where service = 'parking-database') as token,
       exists (select from pg_roles where rolname = current_database() || '_reader') as exists`,
  )
  const { role = '', token = null, exists = false } = rows[0] ?? {}
  const password = token ?? randomBytes(24).toString('base64url')
  if (token === null)
    await client.query(`insert into service_credential values ('parking-database', $1)`, [password])
  await client.query(
    `${exists ? 'alter' : 'create'} role ${role} login password ${client.escapeLiteral(password)}`,
  )
  await client.query(`grant select on parking_now to ${role}`)
}

type Row = Record<string, unknown>

async function fill(client: pg.PoolClient): Promise<void> {
  const tables: Record<string, Row[]> = {
    housing_fund_account: peopleRows(housingFundAccount),
    medical_settlement: peopleRows(medicalSettlement),
    health_channel_month: channelMonths(),
    parking_lot: parkingLots(),
    enterprise_risk: Array.from({ length: knownEnterprises }, (_, index) => enterpriseRisk(index)),
    tourism_day: tourismDays(),
    service_credential: simulatedServices.map((service) => ({
      service,
      token: randomBytes(24).toString('base64url'),
    })),
  }
  for (const [table, rows] of Object.entries(tables))
    await client.query(
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(rows)],
    )
}

function peopleRows(make: (index: number) => Row): Row[] {
  return Array.from({ length: knownPeople }, (_, index) => {
    const { idNumber, name } = personAt(index)
    return { id_number: idNumber, name, ...make(index) }
  })
}

function housingFundAccount(index: number): Row {
  const random = seededRandom(0xf0d0 + index * 31)
  const hasLoan = random.chance(0.3)
  return {
    status: random.chance(0.93) ? 'normal' : 'sealed',
    opened_month: `${random.whole(2006, 2024)}-${String(random.whole(1, 12)).padStart(2, '0')}`,
    months_paid_in_a_row: random.whole(0, 180),
    monthly_deposit_band: random.pick(['0-500', '500-1000', '1000-2000', '2000-4000', '4000+']),
    balance_band: random.pick(['0-1万', '1-5万', '5-10万', '10-20万', '20万+']),
    has_loan: hasLoan,
    overdue_instalments: hasLoan && random.chance(0.08) ? random.whole(1, 6) : 0,
  }
}

function medicalSettlement(index: number): Row {
  const random = seededRandom(0x3ed1 + index * 37)
  const groups = ['高血压', '糖尿病', '冠心病', '慢性阻塞性肺疾病', '慢性肾病']
  return {
    insured_years: random.whole(1, 25),
    outpatient_visits_24_months: random.whole(0, 40),
    inpatient_stays_24_months: random.chance(0.2) ? random.whole(1, 4) : 0,
    chronic_disease_groups: groups.filter(() => random.chance(0.08)),
    yearly_cost_band: random.pick(['0-2千', '2千-1万', '1-5万', '5万+']),
  }
}

function channelMonths(): Row[] {
  const channels = ['搜索推广', '健康资讯', '短视频', '公众号', '在线问诊', '地图导航']
  const departments = ['口腔科', '眼科', '体检中心', '儿科', '妇产科', '骨科', '皮肤科', '中医科']
  const random = seededRandom(0xc4a1)
  const rows: Row[] = []
  let month = parseMonth('2025-01')
  for (let count = 0; count < 48; count++, month = addMonths(month, 1))
    for (const channel of channels)
      for (const department of departments) {
        const impressions = random.whole(2_000, 60_000)
        const visits = Math.round(impressions * (0.01 + random.fraction() * 0.05))
        const registrations = Math.round(visits * (0.05 + random.fraction() * 0.2))
        rows.push({
          month,
          channel,
          department,
          impressions,
          visits,
          registrations,
          completed_visits: Math.round(registrations * (0.6 + random.fraction() * 0.3)),
          value_index: (40 + random.fraction() * 60).toFixed(2),
        })
      }
  return rows
}

function parkingLots(): Row[] {
  const districts = ['咸安区', '嘉鱼县', '通城县', '崇阳县', '通山县', '赤壁市']
  const random = seededRandom(0x9a4c)
  return Array.from({ length: 120 }, (_, index) => ({
    lot_id: `P${String(index + 1).padStart(4, '0')}`,
    name: `示例停车场${index + 1}号`,
    district: districts[index % districts.length],
    spaces: random.whole(40, 800),
    charging_spaces: random.whole(0, 60),
    longitude: (113.6 + random.fraction() * 1.2).toFixed(6),
    latitude: (29.1 + random.fraction() * 1.1).toFixed(6),
    hourly_fee_yuan: random.pick(['0.00', '2.00', '3.00', '4.00', '5.00']),
  }))
}

function enterpriseRisk(index: number): Row {
  const random = seededRandom(0x4154 + index * 41)
  const { creditCode, name } = enterpriseAt(index)
  const score = random.whole(320, 880)
  return {
    credit_code: creditCode,
    name,
    score,
    grade: score >= 720 ? 'A' : score >= 600 ? 'B' : score >= 480 ? 'C' : 'D',
    signals: {
      social_security_arrears: random.chance(0.06),
      abnormal_operation: random.chance(0.04),
      administrative_penalties_24_months: random.chance(0.1) ? random.whole(1, 3) : 0,
      electricity_use_trend: random.pick(['up', 'flat', 'down']),
    },
  }
}

function tourismDays(): Row[] {
  const areas = [
    '示例温泉',
    '示例竹海',
    '示例溶洞',
    '示例古城',
    '示例湖泊',
    '示例茶山',
    '示例草原',
    '示例画廊',
  ]
  const random = seededRandom(0x70a2)
  const rows: Row[] = []
  let day = parseDay('2025-01-01')
  for (let count = 0; count < 1_460; count++, day = addDays(day, 1))
    for (const area of areas) {
      const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
      const visitors = random.whole(300, 2_500) * (weekend ? 3 : 1)
      rows.push({
        day,
        scenic_area: area,
        visitors,
        overnight_visitors: Math.round(visitors * (0.1 + random.fraction() * 0.3)),
        from_other_provinces: Math.round(visitors * (0.15 + random.fraction() * 0.25)),
        mean_stay_hours: (2 + random.fraction() * 7).toFixed(2),
      })
    }
  return rows
}
