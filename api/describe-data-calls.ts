import { type ProblemCode, problemOf } from '#kernel/problems.ts'
import { magicEndings, sandboxLimits } from './gateway/sandbox.ts'

/** What a data call can be told, by the gateway's own order; each says whether it is charged. */
const codes = [
  'UNAUTHENTICATED',
  'KEY_REVOKED',
  'KEY_EXPIRED',
  'KEY_SUSPENDED',
  'KEY_WRONG_SCOPE',
  'KEY_WRONG_MODE',
  'BUYER_NOT_ACTIVE',
  'BUYER_SUSPENDED',
  'NETWORK_NOT_ALLOWED',
  'PURPOSE_NOT_ALLOWED',
  'SUBSCRIPTION_SUSPENDED',
  'SUBSCRIPTION_EXPIRED',
  'PRODUCT_NOT_LISTED',
  'PRODUCT_SUSPENDED',
  'DATA_PROHIBITED',
  'NO_POSTED_PRICE',
  'NOT_FOUND',
  'RATE_LIMITED',
  'CONCURRENCY_EXCEEDED',
  'QUOTA_EXCEEDED',
  'INSUFFICIENT_BALANCE',
  'CREDIT_LIMIT_EXCEEDED',
  'KEY_SPEND_CAP_REACHED',
  'VALIDATION_FAILED',
  'CONSENT_REFERENCE_REQUIRED',
  'RANGE_NOT_SATISFIABLE',
  'BODY_TOO_LARGE',
  'IDEMPOTENCY_IN_FLIGHT',
  'IDEMPOTENCY_BODY_CONFLICT',
  'IDEMPOTENCY_KEY_TOO_OLD',
  'UPSTREAM_FAILED',
  'UPSTREAM_TIMEOUT',
  'METERING_UNAVAILABLE',
] as const satisfies readonly ProblemCode[]

const headers = [
  ['x-request-id', 'names the attempt, in the call log and in its usage receipt'],
  ['x-billed', '`true` or `false`; `pending` while a long delivery runs'],
  ['x-billing-reason', 'why it was charged or was not'],
  ['x-price-version', 'the posted price it was held against'],
  ['x-usage-receipt', 'signed proof of what was metered; keys at `/data/keys`'],
  [
    'x-usage-event',
    'with `pending`: ask `/v1/calls/{id}/receipt` for the receipt once it has ended',
  ],
  ['x-repeats', 'the first call, where this one repeats its Idempotency-Key'],
  ['RateLimit-Policy, RateLimit', 'limits and what is left of them (IETF draft -11)'],
  ['Retry-After', 'with 429 and 503: seconds until it is worth another try'],
] as const

/** How data calls work, for the reference: keys, sandbox, headers and refusals, from the tables the gateway reads. */
export function describeDataCalls(): string {
  const { callsPerSecond, concurrentCalls, callsPerDay } = sandboxLimits
  return [
    '## Data calls',
    'Data is delivered under `/data/v1/{product}` with `Authorization: Bearer KEY`. A live key is bound to one ' +
      'subscription. To change it without a break, rotate it: a second key is made, and both work until the overlap ends.',
    '### Sandbox',
    'Keys that begin with `xn_test_` are free to any registered organization, without approval. They are answered with ' +
      'made-up samples in the shape of live answers, never charged, and read no live data, usage or bills. A live call ' +
      'that carries `x-sandbox-outcome` is refused. ' +
      `Limits of each key: ${callsPerSecond} a second, ${concurrentCalls} at once, ${callsPerDay} a day. The first ` +
      'required text parameter asks for an outcome by its ending; the header `x-sandbox-outcome` does so outright.',
    table(
      ['ending', 'x-sandbox-outcome', 'answer'],
      [
        ['anything else', '`found`', 'a sample'],
        ...magicEndings.map(({ ending, outcome }) => [
          `\`${ending}\``,
          `\`${outcome}\``,
          sandboxAnswers[outcome],
        ]),
      ],
    ),
    '### Headers of an answer',
    table(
      ['header', 'what it says'],
      headers.map(([name, says]) => [`\`${name}\``, says]),
    ),
    '### Refusals and failures',
    table(
      ['code', 'status', 'charged', 'what it means'],
      codes.map((code) => {
        const { status, charged, title } = problemOf(code)
        return [`\`${code}\``, String(status), charged === 'yes' ? 'yes' : 'no', title.en]
      }),
    ),
  ].join('\n\n')
}

const sandboxAnswers: Readonly<Record<(typeof magicEndings)[number]['outcome'], string>> = {
  not_found: 'nothing found',
  upstream_timeout: '504 `UPSTREAM_TIMEOUT`',
  upstream_failed: '502 `UPSTREAM_FAILED`',
  rate_limited: '429 `RATE_LIMITED`',
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
