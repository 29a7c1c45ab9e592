import { EgressError } from '#kernel/egress.ts'
import type { Ticket } from '#metering/index.ts'
import type { ProductAccess } from './access.ts'
import { openedAnswer } from './answer.ts'
import { costOfEvent } from './budgets.ts'
import { type Call, type CutShort, openingRecordOf, usageEventOf } from './call.ts'
import type { StreamedDelivery } from './connector.ts'
import { defaultStreamSeconds } from './connectors/file.ts'
import type { GatewayDeps } from './gateway.ts'
import type { QuotaUse } from './quota-headers.ts'

export type OpenDelivery = Readonly<{
  call: Call
  delivery: StreamedDelivery
  ticket: Ticket
  use: QuotaUse | null
  repeats: string | null
  /** Not closed by then, it is a failed call. */
  untilMs: number
}>

/** How long handing over may take; nothing where the product is read from no file. */
export function streamMsOf({
  content,
  upstream,
}: Pick<ProductAccess, 'content' | 'upstream'>): number {
  if (upstream?.connector !== 'file' && upstream?.connector !== 'report') return 0
  return 1_000 * (content?.delivery.streamSecondsMax ?? defaultStreamSeconds)
}

/**
 * Hands a file over in pieces (design: Metering 4): an opening record is durable before the first byte;
 * the event that closes it has the same id and is durable before the last one leaves. Whoever hangs up
 * before is charged, if at all, for the bytes the network had taken.
 */
export async function streamDelivery(deps: GatewayDeps, open: OpenDelivery): Promise<Response> {
  const { call, delivery, use } = open
  const closing = closingOf(deps, open)
  try {
    const opening = openingRecordOf(call, { status: delivery.status, untilMs: open.untilMs })
    await deps.recorder.record(opening, null)
  } catch (error) {
    // Nothing was sent and perhaps something recorded: what was taken is given back, when that is possible.
    delivery.discard()
    void closing.end({ bytes: 0, cutShort: 'caller_gone' }).catch(() => undefined)
    throw error
  }
  const handOver = new HandOver(deps, open, closing)
  return openedAnswer(call, { delivery, body: handOver.body, use })
}

/** Cuts the line: a caller that knows the length, or waits for the last piece, sees that it is not whole. */
class DeliveryCut extends Error {
  override readonly name = 'DeliveryCut'
}

type Ending = Readonly<{ bytes: number; cutShort: CutShort | null }>
type Closing = Readonly<{
  isClosed: () => boolean
  /** Records the closing event, once. Errors: those of the recorder. */
  end: (ending: Ending) => Promise<void>
}>

function closingOf(deps: GatewayDeps, { call, delivery, ticket, repeats }: OpenDelivery): Closing {
  const ended = deps.metrics.deliveryOpened()
  let closed = false
  return {
    isClosed: () => closed,
    end: async (ending) => {
      if (closed) return
      closed = true
      ended()
      const event = usageEventOf(call, {
        kind: 'streamed',
        status: delivery.status,
        repeats,
        ...ending,
      })
      const cost = costOfEvent(call, event)
      await deps.recorder.record({ ...event, closesOpening: true }, ticket, cost)
    },
  }
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/** The body of the answer: a piece at a time, as the network takes them, one piece ahead of the provider's end. */
class HandOver {
  readonly body: ReadableStream<Uint8Array>
  readonly #deps: GatewayDeps
  readonly #open: OpenDelivery
  readonly #closing: Closing
  readonly #pieces: AsyncIterator<Buffer>
  readonly #timer: NodeJS.Timeout
  #ahead: Buffer | undefined
  /** Bytes the network has taken, and those of the piece it was given last. */
  #handed = 0
  #underWay = 0

  constructor(deps: GatewayDeps, open: OpenDelivery, closing: Closing) {
    this.#deps = deps
    this.#open = open
    this.#closing = closing
    this.#pieces = open.delivery.chunks[Symbol.asyncIterator]()
    let ours: Controller | undefined
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          ours = controller
        },
        pull: (controller) => this.#pull(controller),
        cancel: () => this.#cut('caller_gone'),
      },
      { highWaterMark: 0 },
    )
    const { content, upstream } = open.call.product ?? { content: null, upstream: null }
    this.#timer = setTimeout(() => {
      if (closing.isClosed()) return
      void this.#cut('delivery_too_slow')
      ours?.error(new DeliveryCut('delivery_too_slow'))
    }, streamMsOf({ content, upstream }))
  }

  async #pull(controller: Controller): Promise<void> {
    // The network has taken the piece before, else nobody would ask for this one.
    this.#handed += this.#underWay
    this.#underWay = 0
    try {
      const piece = this.#ahead ?? (await this.#next())
      this.#ahead = await this.#next()
      if (this.#closing.isClosed()) return
      const isLast = this.#ahead === undefined
      if (isLast) await this.#close(this.#handed + (piece?.length ?? 0))
      if (piece) {
        this.#underWay = piece.length
        controller.enqueue(piece)
      }
      if (isLast) controller.close()
    } catch (error) {
      const cutShort = cutBy(error)
      await this.#cut(cutShort)
      controller.error(new DeliveryCut(cutShort))
    }
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#pieces.next()
    return done === true ? undefined : value
  }

  async #close(bytes: number): Promise<void> {
    this.#stop()
    await this.#closing.end({ bytes, cutShort: null })
  }

  /** Ends it before its end. Where that cannot be recorded, the deadline will say that it failed. */
  async #cut(cutShort: CutShort): Promise<void> {
    this.#stop()
    try {
      await this.#closing.end({ bytes: this.#handed, cutShort })
    } catch (error) {
      const { eventId } = this.#open.call
      this.#deps.log.error({ err: error, eventId }, 'a delivery was not closed')
    }
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#open.delivery.discard()
  }
}

/** A caller that hangs up aborts the reading too. */
function cutBy(error: unknown): CutShort {
  const failure = error instanceof EgressError ? error.failure : undefined
  if (failure === 'aborted') return 'caller_gone'
  return failure === 'timed_out' ? 'upstream_timeout' : 'upstream_failed'
}
