import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'

/** What a caller got back; nothing says so when the line was cut. */
export type Answer = Readonly<{
  status: number
  requestId: string
  billed: boolean
  /** A call that is recorded as an event of its own has a receipt. */
  hasReceipt: boolean
}>

export type Attempt = Readonly<{
  body: string
  /** The caller's own key; a further attempt with it says the same again. */
  idempotencyKey: string | null
  answer: Answer | undefined
}>

/** What callers keep for themselves: the independent count everything is held against. */
export type CallerCount = Readonly<{
  attempts: readonly Attempt[]
  /** Answered, with a receipt. */
  answered: readonly Answer[]
  /** Refused without a receipt, because the call could not be recorded: gap records. */
  unrecorded: number
  /** Refused for their rate or concurrency: counted together. */
  counted: number
  unanswered: readonly Attempt[]
}>

export type Burst = Readonly<{
  /** Read before each call: a restarted gateway has another address. */
  address: () => string
  keys: Readonly<{ live: string; sandbox: string }>
  /** So many are answered; what was refused for want of a store comes on top. */
  calls: number
  /** Whether callers go on beyond that, at their leisure. */
  goesOn: () => boolean
  callers: number
  onCall: (number: number) => void
}>

const outcomes = ['', '', '', '', 'none-', '', '', 'break-', '', 'late-']
const repeatsMax = 6
const patienceMs = 200
const leisureMs = 50

/** Sends calls from so many callers at once, each its next when it has an answer or lost its line. */
export async function callMany(burst: Burst): Promise<CallerCount> {
  const attempts: Attempt[] = []
  const lines = openLines(burst)
  let answered = 0
  const attempt = async (call: Omit<Attempt, 'answer'>, apiKey: string) => {
    const answer = await lines.send({ ...call, apiKey })
    attempts.push({ ...call, answer })
    if (answer && answer.status !== 503) answered += 1
    // A caller that was refused or cut off takes a breath.
    else await pause(patienceMs)
    return answer
  }
  let begun = 0
  const caller = async (): Promise<void> => {
    while (answered < burst.calls || burst.goesOn()) {
      if (answered >= burst.calls) await pause(leisureMs)
      begun += 1
      const number = begun
      burst.onCall(answered)
      const isSandbox = number % 20 === 13
      const call = {
        body: JSON.stringify({ no: `${outcomes[number % outcomes.length]}${number}` }),
        idempotencyKey: number % 10 === 2 ? `call-${number}` : null,
      }
      const apiKey = isSandbox ? burst.keys.sandbox : burst.keys.live
      let answer = await attempt(call, apiKey)
      if (call.idempotencyKey === null) continue
      // Some ask again although they have their answer; whoever has none must.
      if (number % 40 === 2) await attempt(call, apiKey)
      for (let again = 0; !isSettled(answer) && again < repeatsMax; again++)
        answer = await attempt(call, apiKey)
    }
  }
  await Promise.all(Array.from({ length: burst.callers }, caller))
  await lines.close()
  return countOf(attempts)
}

/** Whether a caller with a key of its own knows how its call ended: 409 says that the first is still under way. */
function isSettled(answer: Answer | undefined): boolean {
  return answer !== undefined && answer.status !== 503 && answer.status !== 409
}

function countOf(attempts: readonly Attempt[]): CallerCount {
  const answers = attempts.flatMap(({ answer }) => (answer ? [answer] : []))
  return {
    attempts,
    answered: answers.filter((answer) => answer.hasReceipt),
    unrecorded: answers.filter((answer) => !answer.hasReceipt && answer.status === 503).length,
    counted: answers.filter((answer) => !answer.hasReceipt && answer.status === 429).length,
    unanswered: attempts.filter(({ answer }) => answer === undefined),
  }
}

type Call = Omit<Attempt, 'answer'> & Readonly<{ apiKey: string }>

function openLines({ address, callers }: Pick<Burst, 'address' | 'callers'>) {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string): Pool => {
    const pool = pools.get(origin) ?? new Pool(origin, { connections: callers })
    pools.set(origin, pool)
    return pool
  }
  const send = async ({ body, idempotencyKey, apiKey }: Call): Promise<Answer | undefined> => {
    try {
      const answer = await poolOf(address()).request({
        method: 'POST',
        path: '/data/v1/housing-fund-credit/query',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body,
      })
      await answer.body.dump()
      return {
        status: answer.statusCode,
        requestId: String(answer.headers['x-request-id']),
        billed: answer.headers['x-billed'] === 'true',
        hasReceipt: answer.headers['x-usage-receipt'] !== undefined,
      }
    } catch {
      return undefined // no answer
    }
  }
  return {
    send,
    close: () => Promise.all([...pools.values()].map((pool) => pool.destroy())),
  }
}
