import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/*
 * Noto Sans SC comes in a hundred files by character. Naming them all takes 100 KB of CSS, so a page links a
 * style sheet that names the files of its own characters only. The address holds the characters themselves
 * (base64url of their sorted code points, as differences), so any process can answer it at any time.
 */
const packageFolder = new URL('./', import.meta.resolve('@fontsource-variable/noto-sans-sc'))
export const fontFolder = fileURLToPath(new URL('files/', packageFolder))

type Subset = Readonly<{ file: string; ranges: readonly (readonly [number, number])[] }>

let known: readonly Subset[] | undefined

function subsets(): readonly Subset[] {
  known ??= readSubsets()
  return known
}

function readSubsets(): Subset[] {
  const json: unknown = JSON.parse(readFileSync(new URL('unicode.json', packageFolder), 'utf8'))
  return Object.entries(z.record(z.string(), z.string()).parse(json)).map(([key, ranges]) => ({
    file: `noto-sans-sc-${key.replaceAll(/[[\]]/g, '')}-wght-normal.woff2`,
    ranges: ranges.split(',').map((range) => {
      const [from = '', to = from] = range.trim().slice(2).split('-')
      return [Number.parseInt(from, 16), Number.parseInt(to, 16)]
    }),
  }))
}

export function isFontFile(name: string): boolean {
  return subsets().some((subset) => subset.file === name)
}

/** The characters of a text as an address holds them. */
export function encodeCharacters(text: string): string {
  const bytes: number[] = []
  let last = 0
  for (const point of codePointsOf(text)) {
    let rest = point - last
    last = point
    for (; rest > 127; rest >>= 7) bytes.push((rest & 127) | 128)
    bytes.push(rest)
  }
  return Buffer.from(bytes).toString('base64url')
}

function codePointsOf(text: string): number[] {
  const points = new Set(Array.from(text, (character) => character.codePointAt(0) ?? 0))
  return [...points].filter((point) => point > 32).sort((a, b) => a - b)
}

/** Back again; a made-up address gives whatever characters it happens to mean. */
export function decodeCharacters(encoded: string): number[] {
  const points: number[] = []
  let last = 0
  let value = 0
  let shift = 0
  for (const byte of Buffer.from(encoded, 'base64url')) {
    value += (byte & 127) * 2 ** shift
    shift += 7
    if (byte > 127) continue
    last += value
    points.push(last)
    value = 0
    shift = 0
  }
  return points
}

/** Font faces for these characters and no others; `folder` is where the files are served. */
export function fontFaces(points: readonly number[], folder: string): string {
  const wanted = subsets().map((subset) => ({
    file: subset.file,
    points: points.filter((point) =>
      subset.ranges.some(([from, to]) => from <= point && point <= to),
    ),
  }))
  return wanted
    .filter((subset) => subset.points.length > 0)
    .map(
      (subset) =>
        `@font-face{font-family:'Noto Sans SC Variable';font-display:swap;font-weight:100 900;` +
        `src:url(${folder}${subset.file}) format('woff2');unicode-range:${rangesOf(subset.points)}}`,
    )
    .join('\n')
}

/** `4e00,4e01,4e02,4e09` as `U+4e00-4e02,U+4e09`. */
function rangesOf(points: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const point of points) {
    const last = ranges.at(-1)
    if (last && last[1] === point - 1) last[1] = point
    else ranges.push([point, point])
  }
  return ranges
    .map(([from, to]) =>
      from === to ? `U+${from.toString(16)}` : `U+${from.toString(16)}-${to.toString(16)}`,
    )
    .join(',')
}
