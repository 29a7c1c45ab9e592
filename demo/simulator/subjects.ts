import { makeCreditCode } from '#kernel/credit-code.ts'
import { seededRandom } from './random.ts'

/**
 * The made-up people and enterprises the simulator knows. Each is a function of its index, so whoever
 * calls (seed, tests, demo.json) can name one without reading the simulator's database.
 */

/** Known to the services: found. Above, up to 9,000, well formed and unknown: not found. */
export const knownPeople = 3_000
export const knownEnterprises = 1_200
/** Whoever asks for these meets a service that fails, or takes long. */
export const failingIndex = 9_001
export const slowIndex = 9_002

/** How long the slow one takes: longer than any upstream's time-out of the demo city. */
export const slowMs = 4_000

const surnames =
  '王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余'.split('')
const givenNames = '安宁嘉泽文轩思远若溪子涵雨桐一诺梓晨书瑶浩然清越景行明哲知夏予怀星河沐阳'.split(
  '',
)

// 421299 is a division that has never been assigned: no real person's number begins with it.
const unassignedDivision = '421299'
const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const idChecks = '10X98765432'

export type Person = Readonly<{ index: number; name: string; idNumber: string }>
export type Enterprise = Readonly<{ index: number; name: string; creditCode: string }>

export function personAt(index: number): Person {
  const random = seededRandom(0x5eed_0001 + index * 7919)
  const name = `${random.pick(surnames)}${random.pick(givenNames)}${random.pick(givenNames)}`
  // The sequence has three digits; the last digit of the year carries the thousands, so none comes twice.
  const year = 1950 + 10 * random.whole(0, 4) + Math.floor(index / 1000)
  const day = `${year}${twoDigits(random.whole(1, 12))}${twoDigits(random.whole(1, 28))}`
  const first17 = `${unassignedDivision}${day}${String(index % 1000).padStart(3, '0')}`
  return { index, name, idNumber: `${first17}${idCheck(first17)}` }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** GB 11643: weights 2^(18-i) mod 11. */
export function idCheck(first17: string): string {
  const sum = idWeights.reduce(
    (total, weight, place) => total + weight * Number(first17.charAt(place)),
    0,
  )
  return idChecks.charAt(sum % 11)
}

const trades = ['农产品', '机电', '新材料', '纺织', '食品', '物流', '建材', '文旅', '医药', '电子']
const places = ['甲湖', '乙泉', '丙桂', '丁竹', '戊茶', '己山', '庚江', '辛桥']

export function enterpriseAt(index: number): Enterprise {
  const random = seededRandom(0x5eed_0002 + index * 104_729)
  const name = `${random.pick(places)}示例${random.pick(trades)}第${index + 1}有限公司`
  // Division 421299 again, so that no real enterprise has the code.
  const creditCode = makeCreditCode({
    head: '91421299',
    organization: `MX${String(index).padStart(6, '0')}`,
  })
  return { index, name, creditCode }
}
