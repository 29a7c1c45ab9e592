import type { Egress, EgressRequest, EgressResponse } from '#kernel/egress.ts'
import {
  type Connector,
  type FailedDelivery,
  failedDelivery,
  type HeldDelivery,
  type OpenUpstream,
} from '#api/gateway/connector.ts'
import { judgeAnswer } from './judge-answer.ts'
import { onceEach } from './once-each.ts'
import { readParameters } from './parameters.ts'
import { isFailed, type ProviderLines } from './provider-line.ts'
import { composeRequest, passedOn, sendSafely, webSettings } from './web-request.ts'

/**
 * Calls a provider's web service, a model of his included: only declared parameters go out, only what
 * the result rule knows comes back.
 */
export function createHttpConnector(
  deps: Readonly<{ egress: Egress; lines: ProviderLines }>,
): Connector {
  const sending = {
    send: (wanted: EgressRequest) => deps.egress.send(wanted),
    drop: () => undefined,
  }
  return {
    deliver: async (request, upstream, signal) => {
      const values = readParameters(upstream.delivery, request)
      const settings = settingsOf(upstream)
      if (!settings.success) return failedDelivery('settings')
      const outgoing = composeRequest({ request, upstream, values, settings: settings.data })
      return deps.lines.pass(upstream.upstreamId, async () => {
        const answer = await sendSafely(sending, { ...outgoing, signal })
        return isFailed(answer) ? answer : deliveryOf(upstream, answer)
      })
    },
  }
}

const settingsOf = onceEach((upstream) => webSettings.safeParse(upstream.settings))

const shownHeaders = ['content-type', 'content-disposition', 'last-modified', 'etag']

function deliveryOf(upstream: OpenUpstream, answer: EgressResponse): HeldDelivery | FailedDelivery {
  const judgement = judgeAnswer(upstream.resultRule, answer)
  if (judgement.kind === 'unreadable') return failedDelivery(`answered ${answer.status}`)
  return {
    resultClass: judgement.kind,
    status: answer.status,
    headers: passedOn(answer.headers, shownHeaders),
    body: answer.body,
    records: judgement.records,
  }
}
