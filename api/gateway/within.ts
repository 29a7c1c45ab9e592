/** A store did not answer while a call could wait for it. */
class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime'
}

/** What is read, if it comes within so long; what comes later is nobody's. Errors: NoAnswerInTime. */
export async function within<T>(limitMs: number, reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswerInTime(`not within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([reading, late])
  } finally {
    clearTimeout(timer)
  }
}

/** How long a call waits for what PostgreSQL knows of its key, its product or its Idempotency-Key. */
export const storePatienceMs = 3_000
