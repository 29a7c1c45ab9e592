/** No answer is older than this, so whatever was revoked or stopped reaches the gateway within it. */
const oldestMs = 1_000
/** An answer in use is asked for anew in good time, so that callers seldom wait for it. */
const renewAfterMs = 500
const entriesMax = 50_000

type Entry<T> = {
  value: T | undefined
  readAt: number
  renewing: Promise<T | undefined> | undefined
}

export type FreshCache<T> = Readonly<{
  /** What is fresh enough is there at once. Errors: those of `read`, when nothing is. */
  get: (key: string) => Readonly<{ value: T | undefined }> | Promise<T | undefined>
  forget: () => void
}>

/** Remembers what was read for at most a second; concurrent askers share one reading. Absence is an answer too. */
export function createFreshCache<T>(
  read: (key: string) => Promise<T | undefined>,
  now: () => number = () => performance.now(),
): FreshCache<T> {
  let entries = new Map<string, Entry<T>>()
  const renew = (key: string): Promise<T | undefined> => {
    const askedAt = now()
    const into = entries
    const reading = read(key)
      .then((value) => {
        // An answer is as old as its question: what changed meanwhile may not be in it.
        into.set(key, { value, readAt: askedAt, renewing: undefined })
        return value
      })
      .catch((error: unknown) => {
        const entry = into.get(key)
        if (entry) entry.renewing = undefined
        throw error
      })
    const entry = into.get(key)
    if (entry) entry.renewing = reading
    else into.set(key, { value: undefined, readAt: Number.NEGATIVE_INFINITY, renewing: reading })
    return reading
  }
  return {
    get: (key) => {
      const entry = entries.get(key)
      const age = entry ? now() - entry.readAt : Number.POSITIVE_INFINITY
      if (entry && age < oldestMs) {
        // A renewal that fails is tried again by the next caller; this one has its answer.
        if (age >= renewAfterMs && !entry.renewing) renew(key).catch(() => undefined)
        return entry
      }
      if (entries.size >= entriesMax) entries = new Map()
      return entry?.renewing ?? renew(key)
    },
    forget: () => {
      entries = new Map()
    },
  }
}
