import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

test('a page written as .tsx runs on the server and escapes what it is given', () => {
  // Inside the project, so that hono/jsx is found.
  const folder = mkdtempSync(resolve('node_modules/.tsx-loader-test-'))
  const file = join(folder, 'page.tsx')
  writeFileSync(
    file,
    `const Page = ({ name }: { name: string }) => <h1 class="t">{name}</h1>
console.log(String(<Page name="<公共>" />))`,
  )
  const ran = spawnSync(process.execPath, ['--import', resolve('scripts/tsx-loader.mjs'), file], {
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  expect(ran.stderr).toBe('')
  expect(ran.stdout.trim()).toBe('<h1 class="t">&lt;公共&gt;</h1>')
})
