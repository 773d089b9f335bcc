import { describe, expect, it } from 'vitest'
import { durationWords, instantWords } from './words.ts'

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [1800, '30 min'],
    [5400, '1 h 30 min'],
    [90_061, '1 d 1 h 1 min 1 s'],
    [-90, '-1 min 30 s'],
    [0.4, '0 s'],
    [Number.NaN, 'an unknown time'],
    [Infinity, 'an unknown time'],
  ])('%s seconds: %s', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words)
  })
})

describe('instants', () => {
  it('are words even where no date is', () => {
    expect(instantWords(0)).toBe('1970-01-01T00:00:00.000Z')
    expect(instantWords(8.64e15 + 1)).toBe('an unknown time')
    expect(instantWords(Number.NaN)).toBe('an unknown time')
  })
})
