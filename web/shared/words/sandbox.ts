import { words } from './words.ts'

/** What the sandbox of a product answers to what. */
export const sandbox = words({
  zh: {
    title: '沙箱：想要什么结果就给什么结果',
    who: '任何已注册的单位都可以免费创建沙箱密钥，无需审批。沙箱只返回虚构的样例数据，结构与正式接口一致，不访问数据提供单位，不计费；沙箱密钥不能取得正式数据，也不能读取用量和账单。参数格式相符即可，不核对真实性。',
    limits: (second: string, atOnce: string, day: string) =>
      `每个沙箱密钥：每秒 ${second} 次，并发 ${atOnce}，每日 ${day} 次；剩余额度见响应头 RateLimit。`,
    caption: '用输入指定结果',
    input: (name: string) => `参数 ${name} 的结尾`,
    header: '或请求头 x-sandbox-outcome',
    answer: '返回',
    anyOther: '其他任何值',
    outcomes: {
      found: '200，查得一条样例',
      not_found: '查无，结构与正式接口的查无一致',
      upstream_timeout: '504 UPSTREAM_TIMEOUT，数据源超时',
      upstream_failed: '502 UPSTREAM_FAILED，数据源失败',
      rate_limited: '429 RATE_LIMITED，带 Retry-After',
    },
  },
  en: {
    title: 'The sandbox answers what you ask it to',
    who: 'Any registered organization makes sandbox keys for free, without approval. The sandbox answers with made-up samples in the shape of live answers, asks no provider and charges nothing; a sandbox key never gets live data, and reads neither usage nor bills. Parameters need the right format, not a real value.',
    limits: (second, atOnce, day) =>
      `Each sandbox key: ${second} calls a second, ${atOnce} at once, ${day} a day; the RateLimit header says what is left.`,
    caption: 'Inputs that ask for an outcome',
    input: (name) => `Ending of ${name}`,
    header: 'Or the header x-sandbox-outcome',
    answer: 'Answer',
    anyOther: 'Anything else',
    outcomes: {
      found: '200 with a sample found',
      not_found: 'Nothing found, in the shape of the live answer',
      upstream_timeout: '504 UPSTREAM_TIMEOUT: the source timed out',
      upstream_failed: '502 UPSTREAM_FAILED: the source failed',
      rate_limited: '429 RATE_LIMITED with Retry-After',
    },
  },
})
