import type { CatalogueDifference, CatalogueItem } from './contract.ts'

/** What a new version adds, changes and removes, by resource (R14). Pure; the lists keep code order. */
export function compareCatalogues(
  before: readonly CatalogueItem[],
  after: readonly CatalogueItem[],
): CatalogueDifference {
  const old = new Map(before.map((item) => [item.resourceId, item]))
  const kept = new Set(after.map((item) => item.resourceId))
  const added = after.filter((item) => !old.has(item.resourceId))
  const removed = before.filter((item) => !kept.has(item.resourceId))
  const changed = after.flatMap((item) => {
    const earlier = old.get(item.resourceId)
    const fields = earlier ? changedFields(earlier, item) : []
    return fields.length > 0 ? [{ ...nameOf(item), fields }] : []
  })
  return { added: added.map(nameOf), changed, removed: removed.map(nameOf) }
}

export function isEmptyDifference(difference: CatalogueDifference): boolean {
  return Object.values(difference).every((list) => list.length === 0)
}

function changedFields(before: CatalogueItem, after: CatalogueItem): string[] {
  const names = Object.keys(after) as (keyof CatalogueItem)[]
  // One side comes from jsonb, which reorders keys, so values are compared by a sorted form.
  return names.filter((name) => sortedText(before[name]) !== sortedText(after[name]))
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function nameOf(item: CatalogueItem): Readonly<{ code: string; name: string }> {
  return { code: item.code, name: item.name }
}
