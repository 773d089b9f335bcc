import { expect, it } from 'vitest'
import { backoffMs } from './runner.ts'

it('doubles the wait from half a second to five minutes, each between half and the whole of it', () => {
  expect([1, 2, 3, 4].map(tries => backoffMs(tries, 0))).toEqual([250, 500, 1000, 2000])
  expect([1, 2, 3, 4].map(tries => backoffMs(tries, 1))).toEqual([500, 1000, 2000, 4000])
  expect(backoffMs(40, 1)).toBe(300_000)
})
