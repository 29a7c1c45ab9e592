import { useSyncExternalStore } from 'react'

const narrow = window.matchMedia('(max-width: 767px)')

function subscribe(told: () => void): () => void {
  narrow.addEventListener('change', told)
  return () => narrow.removeEventListener('change', told)
}

/** Whether tables become cards (ux.md A8). */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches)
}
