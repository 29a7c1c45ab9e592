import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isAnnouncedKind } from '#governance/index.ts'
import { jobs } from './catalogue.ts'
import { jobOfEvent } from './events.ts'

/** Every kind that the domain announces, as its source says it. */
function announcedKinds(): string[] {
  const files = globSync('{governance,billing,metering,oversight}/**/*.ts', {
    exclude: (path) => path.endsWith('.test.ts'),
  })
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/announce\(tx.{0,60}?kind: ['`]([^'`]+)['`]/gs)].map(
      (match) => match[1] ?? '',
    ),
  )
}

test('whatever the domain announces has a job, and somebody to tell', () => {
  const kinds = announcedKinds()
  expect(kinds.length).toBeGreaterThan(10)
  const steps = ['prepared', 'checked', 'submitted', 'confirmed', 'locked']
  const all = kinds.flatMap((kind) =>
    kind.includes('${') ? steps.map((step) => `statement.${step}`) : [kind],
  )
  for (const kind of all) {
    const { job } = jobOfEvent({ kind, payload: {} })
    expect(Object.keys(jobs)).toContain(job)
    expect([kind, job !== 'deliver-notice' || isAnnouncedKind(kind)]).toEqual([kind, true])
  }
})
