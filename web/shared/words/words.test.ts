import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { areas } from './index.ts'

/** Every string of a dictionary with its path; sentences are said with stand-in facts. */
function stringsOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') {
    const sentence: unknown = (value as (...facts: unknown[]) => unknown)('1', '1', '1', '1')
    return [[path, String(sentence)]]
  }
  return Object.entries(value ?? {}).flatMap(([key, each]) => stringsOf(each, `${path}.${key}`))
}

test('every file of words is read here', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => !file.endsWith('.test.ts'))
  const areaFiles = Object.keys(areas).map((name) => `${name}.ts`)
  expect(files.toSorted()).toEqual([...areaFiles, 'index.ts', 'words.ts'].toSorted())
})

for (const [name, area] of Object.entries(areas)) {
  test(`the words of ${name} are there in both languages`, () => {
    const zh = stringsOf(area.zh, name)
    const en = stringsOf(area.en, name)
    expect(en.map(([path]) => path)).toEqual(zh.map(([path]) => path))
    expect([...zh, ...en].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  test(`the English words of ${name} hold no Chinese`, () => {
    const offered = new Set(['common.language'])
    const chinese = stringsOf(area.en, name).filter(
      ([path, text]) => /\p{Script=Han}/u.test(text) && !offered.has(path),
    )
    expect(chinese).toEqual([])
  })
}
