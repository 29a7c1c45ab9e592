import { mkdtempSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { serve, type ServerType } from '@hono/node-server'
import type { Page } from 'playwright-core'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createApp } from '#api/app.ts'
import { startGateway } from '#api/gateway/start-gateway.ts'
import { openDoors } from '#api/open-doors.ts'
import { seedDemoCity } from '#demo/seed.ts'
import type { DemoFile } from '#demo/seed/demo-file.ts'
import { systemClock } from '#kernel/clock.ts'
import { type Config, readConfig, redisOptions } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { shardCount, startUsageWriter } from '#metering/index.ts'
import { sayNothing } from '#scripts/services/say.ts'
import { buildConsole } from '#scripts/start/console.ts'
import { callInALoop } from '#tests/builders/call-in-a-loop.ts'
import { useBrowser, useDatabase, useRedisServer } from '#tests/harness/index.ts'
import { useSimulator } from '#tests/scenarios/use-simulator.ts'

const database = useDatabase('file')
const redis = useRedisServer()
const simulator = useSimulator()
const browser = useBrowser()
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

let config: Config
let demo: DemoFile
let base: string
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  await buildConsole(sayNothing)
  const [port, gatewayPort] = await Promise.all([freePort(), freePort()])
  base = `http://127.0.0.1:${port}`
  const dataFolder = mkdtempSync(join(inject('services').runFolder, 'console-'))
  config = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: 'of-this-test-only-and-long-enough-for-it',
    EGRESS_ORIGINS: simulator.egressOrigins,
    DATA_DIR: dataFolder,
    PORT: String(port),
    PUBLIC_URL: base,
    GATEWAY_PORT: String(gatewayPort),
    GATEWAY_URL: `http://127.0.0.1:${gatewayPort}`,
  })
  const { origin, databaseUrl } = simulator
  await seedDemoCity({
    config,
    simulator: { port: Number(new URL(origin).port), origin, databaseUrl },
    onProgress: () => undefined,
    volume: 0.02,
  })
  demo = JSON.parse(readFileSync(join(dataFolder, 'demo.json'), 'utf8')) as DemoFile
  await open(port, gatewayPort)
}, 300_000)

afterAll(async () => {
  for (const close of closing.toReversed()) await close()
})

/** The three processes in this one, on the system's clock. */
async function open(port: number, gatewayPort: number): Promise<void> {
  const log = pino({ level: 'silent' })
  const pool = openPool({ connectionString: config.databaseUrl, poolSize: shardCount + 2 })
  const writer = startUsageWriter({
    pool,
    redis: redisOptions(config),
    clock: systemClock,
    onError: () => undefined,
  })
  const gateway = await startGateway({
    db: database.db,
    redis: redisOptions(config),
    clock: systemClock,
    keys: loadKeyRing(config.keyFolder),
    log,
    egressOrigins: config.egressOrigins,
  })
  const doors = openDoors(config, { clock: systemClock, log })
  closing.push(
    () => pool.end(),
    () => writer.stop(),
    () => gateway.close(),
    () => doors.close(),
    closer(serve({ fetch: gateway.app.fetch, hostname: '127.0.0.1', port: gatewayPort })),
    closer(serve({ fetch: createApp(doors.deps).fetch, hostname: '127.0.0.1', port })),
  )
}

function closer(server: ServerType): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

type Account = keyof DemoFile['accounts']

/** A page of somebody signed in through the form, as people do it. */
async function pageOf(account: Account, size?: { width: number; height: number }): Promise<Page> {
  const page = await browser.newPage({ viewport: size ?? { width: 1360, height: 900 } })
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('data:'))
      foreign.push(request.url())
  })
  page.on('pageerror', (error) => {
    throw error
  })
  const { email, password } = accountOf(account)
  await page.goto(`${base}/console/`)
  await page.fill('#email', email)
  await page.fill('#password', password)
  await page.press('#password', 'Enter')
  await page.waitForSelector('h1:has-text("工作台")')
  expect(foreign).toEqual([])
  return page
}

function accountOf(account: Account) {
  const found = demo.accounts[account]
  if (!found) throw new Error(`the city has no ${account}`)
  return found
}

/** The call that `demo.json` shows as one line of curl: found, charged, live. */
async function callOfCurl(key?: string): Promise<Response> {
  const part = (pattern: RegExp): string => pattern.exec(demo.curl)?.[1] ?? ''
  const { pathname } = new URL(part(/'(http[^']+)'/))
  return fetch(`${base}${pathname}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key ?? part(/Bearer (\w+)/)}`,
      'content-type': 'application/json',
    },
    body: part(/-d '([^']+)'/),
  })
}

/** What fades in has less contrast on its way. What turns for ever, as a spinner does, is not waited for. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const moving = () =>
      document
        .getAnimations()
        .filter((each) => each.effect?.getComputedTiming().iterations !== Infinity)
    // What has just appeared begins to move with one of the next frames.
    for (let still = 0; still < 3; still += 1) {
      await frame()
      if (moving().length === 0) continue
      still = -1
      await Promise.allSettled(moving().map((each) => each.finished))
    }
  })
}

async function violations(page: Page): Promise<string[]> {
  await untilStill(page)
  await page.evaluate(axe)
  return page.evaluate(async () => {
    type Result = { violations: { id: string; nodes: { html: string }[] }[] }
    const runner = (window as unknown as { axe: { run: (...of: unknown[]) => Promise<Result> } })
      .axe
    const found = await runner.run(document, { runOnly: ['wcag2a', 'wcag2aa'] })
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
  })
}

/** A button by its words; antd draws a space between two characters. */
function button(words: string): string {
  const spaced = words.replace(/^(.)(.)$/u, '$1 $2')
  return `button:has-text("${words}"), button:has-text("${spaced}")`
}

/** Goes through the dialog as people do: what is checked is right, why, and submit. */
async function checkAndSubmit(page: Page, why: string, submit: string): Promise<void> {
  const dialog = page.locator('.check-and-submit')
  await dialog.locator(button('核对无误')).click()
  await page.fill('#opinion', why)
  await dialog.locator(button(submit)).last().click()
}

/** What the curl call hears. */
async function hearCurl() {
  const answer = await callOfCurl()
  await answer.text()
  const { headers, status } = answer
  return { status, billed: headers.get('x-billed'), reason: headers.get('x-billing-reason') }
}

test('a wrong password is told, and what was typed of it is gone', async () => {
  const page = await browser.newPage()
  await page.goto(`${base}/console/bills`)
  await page.fill('#email', accountOf('finance_bureau').email)
  await page.fill('#password', 'not the password')
  await page.press('#password', 'Enter')
  await page.waitForSelector('text=邮箱或密码不正确')
  expect(await page.inputValue('#password')).toBe('')
  expect(await violations(page)).toEqual([])
})

test('a buyer sees a new call on the usage page within two seconds, and what it costs', async () => {
  const page = await pageOf('buyer_admin')
  await page.goto(`${base}/console/usage?span=today`)
  const total = page.locator('.tile .number').first()
  await total.waitFor()
  const before = Number(((await total.textContent()) ?? '').replace(/\D/g, ''))
  const answer = await callOfCurl()
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-billed')).toBe('true')
  const answeredAt = performance.now()
  await page.waitForFunction(
    (least) =>
      Number(document.querySelector('.tile .number')?.textContent?.replace(/\D/g, '')) >= least,
    before + 1,
    { polling: 50, timeout: 10_000 },
  )
  expect(performance.now() - answeredAt).toBeLessThan(2_000)
  expect(await violations(page)).toEqual([])
})

test('the finance bureau returns a statement with a reason, the operator answers, all five sign', async () => {
  const finance = await pageOf('finance_bureau')
  await finance.click('.todo-list >> text=去办理 >> nth=0')
  await finance.waitForSelector('h1:has-text("结算单")')
  expect(await violations(finance)).toEqual([])
  await finance.click('button:has-text("退回")')
  await checkAndSubmit(finance, '请补充补记明细的说明', '退回')
  await finance.waitForSelector('text=已退回运营机构')
  const address = finance.url()
  const maker = await pageOf('operator_maker')
  await maker.goto(address)
  await maker.waitForSelector('text=请补充补记明细的说明')
  await maker.goto(`${base}/console/statements`)
  await maker.click('text=编制结算单')
  await maker.locator('.ant-modal').locator(button('编制')).click()
  await maker.waitForSelector('text=第 2 版')
  const signers: readonly (readonly [Account, string])[] = [
    ['operator_maker', '制单签署'],
    ['operator_checker', '复核签署'],
    ['operator_head', '签署并报送'],
    ['data_bureau', '确认签署'],
    ['finance_bureau', '审核签署'],
  ]
  for (const [account, verb] of signers) {
    const page = account === 'operator_maker' ? maker : await pageOf(account)
    await page.goto(address)
    await page.click(`button:has-text("${verb}")`)
    await page.click('text=核对无误')
    await page.fill('.ant-modal input[type=password]', accountOf(account).password)
    await page.click('.ant-modal button:has-text("签署") >> nth=-1')
    await page.waitForSelector('.done h3')
  }
  await finance.goto(address)
  await finance.waitForSelector('h1:has-text("已锁定")')
})

test('a figure of the statement opens its bill lines, and a line its calls', async () => {
  const page = await pageOf('data_bureau')
  await page.goto(`${base}/console/statements`)
  await page.click('tbody a >> nth=0')
  await page.click('text=结算内容 A–J')
  const figure = page.locator('#part-b button.figure').first()
  const amount = await figure.textContent()
  await figure.click()
  await page.waitForSelector('.ant-drawer .formula')
  expect(await page.textContent('.ant-drawer .formula strong')).toBe(amount)
  await page.click('.ant-drawer >> text=调用 >> nth=-1')
  await page.waitForSelector('.ant-drawer tbody tr')
})

test('on a phone the statement is read and signed without scrolling sideways', async () => {
  const page = await pageOf('finance_bureau', { width: 360, height: 740 })
  for (const path of ['/', '/statements', '/usage', '/bills']) {
    await page.goto(`${base}/console${path}`)
    await page.waitForSelector('h1')
    await page.waitForLoadState('networkidle')
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect([path, wider]).toEqual([path, 0])
  }
})

test('who lacks the permission is told so, not shown an empty page', async () => {
  const page = await pageOf('provider')
  await page.goto(`${base}/console/statements`)
  await page.waitForSelector('text=无权查看此内容')
  expect(await page.locator('table').count()).toBe(0)
})

test('the page of the metering shows each shard, and a parked entry until it is discarded by two people', async () => {
  await database.ownerDb
    .insertInto('metering.parked_entry')
    .values({
      shard: 1,
      stream_id: '1-1',
      position: 0,
      body: '["of","nobody"]',
      reason: 'not a stream entry of ours',
      parked_at: systemClock.now(),
    })
    .execute()
  const admin = await pageOf('system_admin')
  await admin.goto(`${base}/console/metering`)
  await admin.waitForSelector('h1:has-text("计量运行")')
  await admin.waitForSelector('td:has-text("不是本平台的流条目")')
  expect(await admin.locator('table:has(caption:text-is("分片")) tbody tr').count()).toBe(
    shardCount,
  )
  expect(await violations(admin)).toEqual([])
  await admin.click(button('废弃'))
  await checkAndSubmit(admin, '测试写入', '提交申请')
  const head = await pageOf('operator_head')
  await head.goto(`${base}/console/metering`)
  await head.waitForSelector('td:has-text("废弃")')
  await head.click(button('审批'))
  await checkAndSubmit(head, '确非本平台记录', '提交')
  await head.waitForSelector('text=没有滞留记录')
})

test('a maker asks that a call be replaced by what it really was; the head decides, and it counts so', async () => {
  const requestId = (await callOfCurl()).headers.get('x-request-id') ?? ''
  const eventsOf = () =>
    database.db
      .selectFrom('metering.usage_event')
      .select(['buyer_id', 'event_id', 'result_class', 'records', 'billable'])
      .where('request_id', '=', requestId)
      .orderBy('recorded_at')
      .execute()
  await expect.poll(async () => (await eventsOf()).length, { timeout: 10_000 }).toBe(1)
  const [event] = await eventsOf()
  const maker = await pageOf('operator_maker')
  await maker.goto(`${base}/console/calls?buyer=${event?.buyer_id}&request=${requestId}`)
  await maker.click('.ant-table-row-expand-icon')
  await maker.click('button:has-text("申请替代")')
  await maker.waitForSelector('.check-and-submit >> text=原记录不变')
  expect(await violations(maker)).toEqual([])
  await maker.fill('.check-and-submit input[aria-label="实际返回条数"]', '0')
  await maker.click('.check-and-submit .ant-select')
  await maker.click('.ant-select-item-option:has-text("查无")')
  await maker.fill('.check-and-submit input[aria-label="依据（文件或投诉编号）"]', '示例投诉 1 号')
  await checkAndSubmit(maker, '数据提供单位确认查无', '提交申请')
  await maker.waitForSelector('.done h3:has-text("已提交")')
  // Who asked does not decide.
  await maker.goto(`${base}/console/metering`)
  expect(await maker.locator(button('审批')).count()).toBe(0)
  const head = await pageOf('operator_head')
  await head.goto(`${base}/console/metering`)
  await head.click(button('审批'))
  await head.waitForSelector('.check-and-submit >> text=示例投诉 1 号')
  await checkAndSubmit(head, '同意', '提交')
  await expect.poll(async () => (await eventsOf()).length, { timeout: 10_000 }).toBe(2)
  expect((await eventsOf())[1]).toMatchObject({ result_class: 'not_found', records: 0n })
})

test('the data bureau stops a product while a caller runs: refused within five seconds, not charged; then calls go on', async () => {
  const caller = callInALoop(hearCurl, 100)
  await expect.poll(() => caller.heard.length, { timeout: 10_000 }).toBeGreaterThan(3)
  expect(new Set(caller.heard.map((each) => each.status))).toEqual(new Set([200]))
  const bureau = await pageOf('data_bureau')
  await bureau.goto(`${base}/console/stops`)
  await bureau.waitForSelector('h1:has-text("应急与停用")')
  expect(await violations(bureau)).toEqual([])
  await bureau.click('button[aria-label="停用 住房公积金信贷"]')
  await bureau.waitForSelector('text=5 秒内网关拒绝该产品的全部调用')
  await checkAndSubmit(bureau, '疑似接口泄露，先行停用核查', '立即停用')
  await bureau.waitForSelector('.done h3:has-text("已停用")')
  const stoppedAt = performance.now()
  const refusal = () => caller.heard.find((each) => each.status !== 200)
  await expect.poll(refusal, { timeout: 7_000, interval: 20 }).toBeDefined()
  expect((refusal()?.atMs ?? Infinity) - stoppedAt).toBeLessThan(5_000)
  expect(refusal()).toMatchObject({ status: 403, billed: 'false', reason: 'product_suspended' })

  const buyer = await pageOf('buyer_admin')
  await buyer.goto(`${base}/console/calls?result=refused`)
  await buyer.waitForSelector('tbody >> text=产品已暂停服务')
  await buyer.goto(`${base}/console/stops`)
  await buyer.click('tbody a >> nth=0')
  await buyer.waitForSelector('text=疑似接口泄露，先行停用核查')
  expect(await buyer.locator('button:has-text("恢复使用")').count()).toBe(0)
  expect(await violations(buyer)).toEqual([])
  const { status, html } = await publicPage('/products/housing-fund-credit')
  expect([status, html.includes('起暂停服务'), html.includes('先行停用核查')]).toEqual([
    200,
    true,
    true,
  ])

  await bureau.click('.done a')
  await bureau.click('button:has-text("恢复使用")')
  await checkAndSubmit(bureau, '核查完毕，未发现泄露', '恢复使用')
  await bureau.waitForSelector('.done h3:has-text("已恢复使用")')
  const resumedAt = performance.now()
  const goesOn = () => caller.heard.find((each) => each.atMs > resumedAt && each.status === 200)
  await expect.poll(goesOn, { timeout: 7_000, interval: 20 }).toMatchObject({ billed: 'true' })
  await caller.end()
  await bureau.locator('.ant-modal').locator(button('完成')).click()
  await bureau.click(button('结案'))
  await checkAndSubmit(bureau, '误报', '结案')
  await bureau.waitForSelector('text=结论：误报')
  expect(caller.heard.filter((each) => each.status !== 200 && each.billed !== 'false')).toEqual([])
})

async function publicPage(path: string): Promise<{ status: number; html: string }> {
  const response = await fetch(`${base}${path}`)
  return { status: response.status, html: await response.text() }
}

test('a buyer rotates a key: the secret once, the pair with its countdown, both calling', async () => {
  const page = await pageOf('buyer_admin')
  await page.goto(`${base}/console/keys`)
  const row = page.locator('tbody tr', { hasText: '住房公积金信贷' })
  await row.locator(button('轮换')).first().click()
  await page.waitForSelector('text=两个密钥共用同一订购的额度')
  await page.click('.ant-modal .ant-btn-primary')
  const secret = ((await page.textContent('.ant-modal .secret code')) ?? '').trim()
  expect(secret).toMatch(/^xn_live_/)
  await page.click('text=我已保存，关闭')
  await page.waitForSelector('text=轮换中，即将失效')
  expect(await page.textContent('tbody')).toMatch(/剩余 (?:23:59:\d\d|1 天 00:00:00)/)
  expect(await violations(page)).toEqual([])
  const answers = await Promise.all([callOfCurl(), callOfCurl(secret)])
  expect(answers.map((answer) => answer.status)).toEqual([200, 200])
})

test('every action on a key is on the screen, and the keyboard reaches those behind the dots', async () => {
  const page = await pageOf('buyer_admin')
  for (const language of ['en', 'zh']) {
    await page.context().addCookies([{ name: 'xn_lang', value: language, url: base }])
    await page.goto(`${base}/console/keys`)
    await page.waitForSelector('tbody button')
    const beyond = await page.locator('.ant-table-content').evaluate((table) => {
      const edge = Math.min(table.getBoundingClientRect().right, window.innerWidth)
      const buttons = [...table.querySelectorAll('tbody button')]
      return buttons.filter((each) => each.getBoundingClientRect().right > edge).length
    })
    expect([language, beyond]).toEqual([language, 0])
  }
  const row = page.locator('tbody tr', { hasText: '住房公积金信贷' })
  await row.locator('button[aria-label^="更多操作"]').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=menuitem]:has-text("消费上限"):focus')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page.waitForSelector('.check-and-submit >> text=月度消费上限')
  expect(await staysOpen(page)).toBe(true)
})

test('a person is suspended with the keyboard alone', async () => {
  const page = await pageOf('system_admin')
  await page.goto(`${base}/console/people`)
  await page.locator('tbody button[aria-label^="操作"]').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=menuitem]:has-text("停用账号"):focus')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.check-and-submit >> text=停用账号')
  expect(await staysOpen(page)).toBe(true)
  await page.keyboard.press('Escape')
  await page.waitForSelector('.check-and-submit', { state: 'hidden' })
})

/** Whether the press that opened a dialog was not also one of its first button, which closes it. */
async function staysOpen(page: Page): Promise<boolean> {
  await untilStill(page)
  return page.locator('.check-and-submit').isVisible()
}
