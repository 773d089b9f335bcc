import { expect, it } from 'vitest'
import { spark } from './spark.ts'

it('draws from zero to the largest, and a small value never as none', () => {
  expect(spark([0, 1, 4, 8])).toBe('▁▂▅█')
  expect(spark([0, 0.001, 8])).toBe('▁▂█')
})

it('leaves what is not known empty', () => {
  expect(spark([1, undefined, Number.NaN, 1])).toBe('█  █')
})

it('draws nothing but zeros as the lowest line', () => {
  expect(spark([0, 0])).toBe('▁▁')
  expect(spark([])).toBe('')
})
