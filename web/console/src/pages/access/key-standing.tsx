/** @jsxImportSource react */
import { useWords } from '#web/console/src/app/language.tsx'
import { Countdown } from '#web/console/src/parts/countdown.tsx'
import { StatusTag } from '#web/console/src/parts/status-tag.tsx'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'
import type { ApiKey } from './access-queries.ts'

/** What may be shown of a key: how it begins and ends. */
export function keyMark({ prefix, last_four }: ApiKey): string {
  return `${prefix}…${last_four}`
}

export function KeyMark({ apiKey }: Readonly<{ apiKey: ApiKey }>) {
  return <code className="quiet">{keyMark(apiKey)}</code>
}

/** Where a key stands, and with a pair which key follows which and how long both work. */
export function KeyStanding({
  apiKey,
  keys,
}: Readonly<{ apiKey: ApiKey; keys: readonly ApiKey[] }>) {
  const w = useWords(buyerWords).keys
  const next = keys.find((each) => each.rotates_key_id === apiKey.id && !each.revoked_at)
  const first = keys.find((each) => each.id === apiKey.rotates_key_id)
  return (
    <div className="cell-two wraps">
      <StatusTag kind="key" status={apiKey.standing} />
      {apiKey.standing === 'retiring' && apiKey.overlap_ends_at ? (
        <div className="quiet">
          {w.endsIn} <Countdown until={apiKey.overlap_ends_at} />
        </div>
      ) : null}
      {next ? <div className="quiet">{w.followedBy(keyMark(next))}</div> : null}
      {first ? <div className="quiet">{w.follows(keyMark(first))}</div> : null}
    </div>
  )
}

/** A pair stands together, the second key above the first, wherever the newest of them stands. */
export function pairsTogether(keys: readonly ApiKey[]): ApiKey[] {
  const byId = new Map(keys.map((key) => [key.id, key]))
  const placed = new Set<string>()
  return keys.flatMap((key) => {
    const chain: ApiKey[] = []
    let each: ApiKey | undefined = key
    while (each && !placed.has(each.id)) {
      placed.add(each.id)
      chain.push(each)
      each = each.rotates_key_id ? byId.get(each.rotates_key_id) : undefined
    }
    return chain
  })
}
