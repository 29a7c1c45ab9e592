import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let project: string
let reported: string

const forbidden: readonly (readonly [file: string, line: string])[] = [
  ['kernel/money-extra.ts', `import '#governance/index.ts'`],
  ['kernel/deep/clock-extra.ts', `import '#billing/bill/issue.ts'`],
  ['governance/scenario/a.ts', `import '#metering/index.ts'`],
  ['metering/stream/b.ts', `import '#billing/index.ts'`],
  ['metering/stream/c.ts', `import '#governance/keys/find-key.ts'`],
  ['billing/bill/d.ts', `import '#oversight/index.ts'`],
  ['billing/bill/e.ts', `import '#metering/writer/write.ts'`],
  ['oversight/trace/f.ts', `import '#api/app.ts'`],
  ['oversight/trace/g.ts', `import '#billing/ledger/post.ts'`],
  ['api/routes/h.ts', `import '#jobs/catalogue.ts'`],
  ['api/gateway/i.ts', `import '#metering/stream/append.ts'`],
  ['jobs/j.ts', `import '#api/app.ts'`],
  ['jobs/k.ts', `import '#oversight/monitors/watch.ts'`],
  ['migrations/versions/l.ts', `import '#kernel/money.ts'`],
  ['web/public/m.tsx', `import { price } from '#billing/index.ts'`],
  ['web/documents/n.tsx', `import { bill } from '#api/app.ts'`],
  ['web/console/o.tsx', `import { app } from '#api/app.ts'`],
  ['billing/bill/p.ts', `import '../rating/rate.ts'`],
  ['api/q.ts', `import '#scripts/commands.ts'`],
  ['governance/r.ts', `import '#tests/harness/index.ts'`],
  ['kernel/s.ts', `import '#migrations/migrate.ts'`],
  ['billing/bill/t.test.ts', `import '#oversight/index.ts'`],
]

const allowed: readonly (readonly [file: string, line: string])[] = [
  ['governance/scenario/aa.ts', `import '#kernel/money.ts'`],
  ['metering/bb.ts', `import '#governance/index.ts'`],
  ['billing/bill/cc.ts', `import '#billing/rating/rate.ts'`],
  ['api/routes/dd.ts', `import '#billing/index.ts'`],
  ['api/routes/ee.ts', `import '#web/public/page.tsx'`],
  ['web/console/ff.tsx', `import type { App } from '#api/app.ts'`],
  ['billing/bill/gg.test.ts', `import '#tests/harness/index.ts'`],
  ['kernel/hh.ts', `import type { Tables } from '#migrations/tables.ts'`],
]

const others: readonly (readonly [file: string, line: string, rule: string])[] = [
  ['kernel/ba.ts', `export const all = process.env`, 'no-restricted-properties'],
  ['metering/bb2.ts', `export const at = Date.now()`, 'no-restricted-properties'],
  ['billing/bc.ts', `export const fen = Number('1')`, 'no-restricted-globals'],
  ['api/bd.ts', `export default 1`, 'no-default-export'],
  ['jobs/be.ts', `export const f = () => { Promise.resolve(1) }`, 'no-floating-promises'],
]

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'xn-lint-'))
  for (const name of ['.oxlintrc.json', '.gitignore', 'tsconfig.json', 'package.json'])
    cpSync(resolve(name), join(project, name))
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
  for (const [file, line] of [...forbidden, ...allowed, ...others]) {
    mkdirSync(dirname(join(project, file)), { recursive: true })
    writeFileSync(join(project, file), `${line}\n`)
  }
  const linted = spawnSync(resolve('node_modules/.bin/oxlint'), ['--format', 'unix'], {
    cwd: project,
    encoding: 'utf8',
  })
  reported = linted.stdout + linted.stderr
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

const complaintsAbout = (file: string): string =>
  reported
    .split('\n')
    .filter((line) => line.includes(`${file}:`))
    .join('\n')

describe('the linter', () => {
  test.each(forbidden)('reports in %s: %s', (file) => {
    expect(complaintsAbout(file)).toContain('no-restricted-imports')
  })

  test.each(allowed)('accepts in %s: %s', (file) => {
    expect(complaintsAbout(file)).not.toContain('no-restricted-imports')
  })

  test.each(others)('reports in %s: %s', (file, _line, rule) => {
    expect(complaintsAbout(file)).toContain(rule)
  })
})
