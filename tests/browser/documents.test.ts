import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { composeStatement, getStatement, signStatement, statementMoves } from '#billing/index.ts'
import type { StatementDocument } from '#billing/index.ts'
import { approveSampleRule, settleAugust } from '#tests/builders/statement-sample.ts'
import { insertPeople, makeStatementCity } from '#tests/builders/statement-city.ts'
import { processEnvironment } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { parseMonth } from '#kernel/period.ts'
import { openPdfRenderer, type PdfRenderer } from '#kernel/process/pdf-renderer.ts'
import type { Role } from '#kernel/permissions.ts'
import { statementHtml, statementXlsx } from '#web/documents/index.ts'
import { useBrowser, useDatabase } from '#tests/harness/index.ts'

const database = useDatabase('file')
const browser = useBrowser()
const keyDir = mkdtempSync(join(tmpdir(), 'document-keys-'))
let statement: StatementDocument
let renderer: PdfRenderer

beforeAll(async () => {
  renderer = openPdfRenderer({
    configured: processEnvironment['CHROMIUM_PATH'],
    toolsFolder: inject('services').toolsFolder,
  })
  const city = await makeStatementCity(database.db)
  await approveSampleRule(city)
  await settleAugust(city)
  city.clock.set(new Date('2026-10-03T10:00:00+08:00'))
  const input = { operatorId: city.operatorId, month: parseMonth('2026-09') }
  const composed = await composeStatement(city.as('operator_maker'), input)
  if (composed.kind === 'not_ready') throw new Error('the sample statement is ready')
  const roles: Role[] = [
    'operator_maker',
    'operator_checker',
    'operator_head',
    'data_bureau',
    'finance_bureau',
  ]
  for (const [index, { step }] of statementMoves.entries()) {
    const ctx = city.as(roles[index] ?? 'auditor')
    await insertPeople(city.db, [ctx])
    await signStatement(
      { ...ctx, keys: loadKeyRing(keyDir) },
      { ...composed, step, opinion: '同意', reauthenticatedAt: city.clock.now() },
    )
  }
  statement = await getStatement(city.as('finance_bureau'), { statementId: composed.statementId })
}, 120_000)
afterAll(async () => {
  await renderer.close()
  rmSync(keyDir, { recursive: true })
})

test('screen, spreadsheet and JSON carry equal totals', async () => {
  const { content } = statement
  const totals = [
    content.receivables.total.amountYuan,
    content.receipts.received.amountYuan,
    content.split.baseYuan,
    content.split.governmentYuan,
    content.split.operatorYuan,
  ]
  expect(totals).toEqual(['159.00', '127.20', '120.00', '38.00', '82.00'])
  const page = await browser.newPage({ javaScriptEnabled: false })
  await page.setContent(await statementHtml(statement))
  const text = await page.innerText('body')
  for (const total of totals) expect(text).toContain(total)
  expect(text).toContain('人民币叁拾捌元整')
  expect(text).toContain('示例，非政策口径')
  for (const part of 'ABCDEFGHIJ') expect(text).toMatch(new RegExp(`^${part}　`, 'm'))
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(Buffer.from(await statementXlsx(statement)) as never)
  const cells = new Map<unknown, unknown>()
  workbook.getWorksheet('概要')?.eachRow((row) => {
    cells.set(row.getCell(1).value, row.getCell(2).value)
  })
  expect(cells.get('本期应收（含税）')).toBe(159)
  expect(cells.get('本期到账（含税）')).toBe(127.2)
  expect(cells.get('政府分成')).toBe(38)
  expect(cells.get('运营机构分成')).toBe(82)
})

test('the PDF has the Chinese font inside, several pages, and asks nobody outside', async () => {
  const pdf = Buffer.from(await renderer.render(await statementHtml(statement)))
  if (processEnvironment['PDF_OUT']) writeFileSync(processEnvironment['PDF_OUT'], pdf)
  const raw = pdf.toString('latin1')
  expect(raw.startsWith('%PDF-')).toBe(true)
  expect(raw).toContain('NotoSansSC')
  expect(raw.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(1)
})

test('script in a document does nothing and requests are cut', async () => {
  const started = Date.now()
  const pdf = await renderer.render(
    `<!doctype html><title>x</title><script>document.title = 'changed'</script>
     <img src="http://127.0.0.1:9/x.png"><link rel="stylesheet" href="https://example.com/x.css"><p>文`,
  )
  expect(Buffer.from(pdf).toString('latin1')).not.toContain('changed')
  expect(Date.now() - started).toBeLessThan(20_000)
})

test('four hundred rows fit in a few seconds, with the head of the table on each page', async () => {
  const [row] = statement.content.receipts.receipts
  if (row === undefined) throw new Error('the sample has receipts')
  const receipts = Array.from({ length: 400 }, () => row)
  const long = {
    ...statement,
    content: { ...statement.content, receipts: { ...statement.content.receipts, receipts } },
  }
  const started = Date.now()
  const pdf = Buffer.from(await renderer.render(await statementHtml(long)))
  expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(8)
  expect(Date.now() - started).toBeLessThan(15_000)
})
