import { writeFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { resolve } from 'node:path'
import { describeFault, type PlannedFault } from './plan.ts'
import { isFlawless, type Verdict } from './verdict.ts'

export type PlayedRound = Readonly<{
  plan: readonly PlannedFault[]
  verdict: Verdict
  seconds: number
}>

export type FaultRun = Readonly<{
  command: string
  startedAt: Date
  played: readonly PlayedRound[]
}>

const columns: readonly (readonly [string, (round: PlayedRound, index: number) => string])[] = [
  ['round', (_round, index) => String(index + 1)],
  ['sent', ({ verdict }) => String(verdict.sent)],
  ['answered', ({ verdict }) => String(verdict.answered)],
  ['refused, counted together', ({ verdict }) => String(verdict.counted)],
  ['refused, not recorded', ({ verdict }) => String(verdict.unrecorded)],
  ['without an answer', ({ verdict }) => String(verdict.unanswered)],
  ['stored', ({ verdict }) => String(verdict.stored)],
  ['in gap records', ({ verdict }) => String(verdict.gaps)],
  ['lost', ({ verdict }) => `**${verdict.faults.lost}**`],
  ['charged twice', ({ verdict }) => `**${verdict.faults.chargedTwice}**`],
  ['seconds', ({ seconds }) => seconds.toFixed(0)],
]

/** Writes what a run has shown to docs/faults.md. */
export function writeReport(run: FaultRun): void {
  writeFileSync(resolve('docs/faults.md'), `${reportOf(run).join('\n')}\n`)
}

function reportOf({ command, startedAt, played }: FaultRun): string[] {
  return [
    '# A run of faults',
    '',
    'Written by `npm run faults`. Fifty callers call a gateway, with PostgreSQL, Redis (synced always) and a writer beside it,',
    'while faults happen as the seed has planned them; then everything is back and what is stored is held against the',
    "callers' own count. What each number means: `tests/faults/verdict.ts`; what could be lost and when: `durability.md`.",
    '',
    `- \`${command}\``,
    `- ${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${machine()}`,
    '',
    ...tableOf(played),
    '',
    ...played.flatMap(({ plan, verdict }, index) => [
      `**Round ${index + 1}**`,
      '',
      ...plan.map(({ atCall, fault }) => `- at call ${atCall}: ${describeFault(fault)}`),
      '',
      isFlawless(verdict)
        ? 'Every other count was as it must be.'
        : `Amiss: \`${JSON.stringify(verdict.faults)}\`.`,
      '',
    ]),
  ].slice(0, -1)
}

/** Columns as wide as the formatter of the repository makes them. */
function tableOf(played: readonly PlayedRound[]): string[] {
  const filled = columns.map(([name, of]) => [name, ...played.map(of)])
  const padded = filled.map((cells) => {
    const width = Math.max(...cells.map((cell) => cell.length))
    const [head = '', ...rest] = cells.map((cell) => cell.padEnd(width))
    return [head, '-'.repeat(width), ...rest]
  })
  return Array.from({ length: played.length + 2 }, (_, row) => {
    const cells = padded.map((column) => column[row] ?? '')
    return `| ${cells.join(' | ')} |`
  })
}

function machine(): string {
  const gigabytes = Math.round(totalmem() / 1024 ** 3)
  const processors = cpus()
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'processor'}, ${gigabytes} GB, ${type()} ${release()}, Node ${process.version}`
}
