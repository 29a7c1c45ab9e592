import { describe, expect, test } from 'vitest'
import { chineseMoney, grouped, percent, percentOfBasisPoints } from './chinese.ts'

describe('amounts on paper', () => {
  test.each([
    ['1234567.08', '壹佰贰拾叁万肆仟伍佰陆拾柒元零捌分'],
    ['0.00', '零元整'],
    ['100.00', '壹佰元整'],
    ['107.50', '壹佰零柒元伍角整'],
    ['0.05', '伍分'],
    ['-12.30', '负壹拾贰元叁角整'],
  ])('%s is %s in words', (yuan, words) => {
    expect(chineseMoney(yuan)).toBe(words)
  })
  test('grouping and percentages work on the text', () => {
    expect(grouped('1234567.80')).toBe('1,234,567.80')
    expect(grouped('-123456.7891')).toBe('-123,456.7891')
    expect(grouped('999')).toBe('999')
    expect(percent('0.06')).toBe('6%')
    expect(percent('0.135')).toBe('13.5%')
    expect(percentOfBasisPoints('3050')).toBe('30.5%')
    expect(percentOfBasisPoints('5')).toBe('0.05%')
  })
})
