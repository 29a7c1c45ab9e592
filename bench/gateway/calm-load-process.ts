import { Agent, request } from 'node:http'

/**
 * Calls an address at an even rate and tells how long each answer took, finer than a millisecond:
 * `<url> <body> <headers as JSON> <calls a second> <seconds>`. Every answer must be a delivery. Those of a first second
 * more are not counted: this process is cold then, stalls, and makes up for it in bursts.
 */
const [url = '', body = '', headers = '{}', rate = '0', seconds = '0'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
const options = {
  method: 'POST',
  agent,
  headers: { ...(JSON.parse(headers) as Record<string, string>), 'content-length': body.length },
}
const warmUpMs = 1_000
const times: number[] = []
let broken = 0

function callOnce(): Promise<void> {
  return new Promise((resolve) => {
    const begun = performance.now()
    const end = (isGood: boolean): void => {
      if (!isGood) broken += 1
      else if (begun >= startedAt + warmUpMs) times.push(performance.now() - begun)
      resolve()
    }
    request(url, options, (answer) =>
      answer
        .resume()
        .on('end', () => end(answer.statusCode === 200))
        .on('error', () => end(false)),
    )
      .on('error', () => end(false))
      .end(body)
  })
}

const startedAt = performance.now()
const wanted = Number(rate) * (Number(seconds) + warmUpMs / 1_000)
const calls: Promise<void>[] = []
while (calls.length < wanted) {
  const due = Math.min(wanted, ((performance.now() - startedAt) / 1000) * Number(rate))
  while (calls.length < due) calls.push(callOnce())
  await new Promise((resolve) => setTimeout(resolve, 1))
}
await Promise.all(calls)
times.sort((a, b) => a - b)
const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN
process.stdout.write(
  `${JSON.stringify({ calls: times.length, broken, p50Ms: at(0.5), p99Ms: at(0.99) })}\n`,
)
agent.destroy()
