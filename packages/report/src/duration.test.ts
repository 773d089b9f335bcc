import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

describe('a duration', () => {
  it.each([
    [0, '0s'],
    [0.9, '0s'],
    [59, '59s'],
    [60, '1m'],
    [1744, '29m 4s'],
    [3600, '1h'],
    [3661, '1h 1m'], // cut after two units, never rounded up
    [86_400 * 3 + 7200, '3d 2h'],
    [-90, '-1m 30s'],
    [Number.NaN, 'unknown'],
  ])('of %d s reads %s', (seconds, words) => expect(formatDuration(seconds)).toBe(words))

  it.each([
    ['15m', 900],
    ['1h30m', 5400],
    ['90s', 90],
    ['2d', 172_800],
    ['1d2h3m4s', 93_784],
  ])('%s is %d s', (text, seconds) => expect(parseDuration(text)).toBe(seconds))

  it.each(['', '15', 'm', '15 m', '-1m', '1.5h', '1m1h', '15min', '99999999s'])('refuses %j', text =>
    expect(parseDuration(text)).toBeUndefined(),
  )

  it('never shows more than there is, and loses less than its smaller unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8_000_000 }), seconds => {
        const shown = parseDuration(formatDuration(seconds).replaceAll(' ', ''))
        expect(shown).toBeLessThanOrEqual(seconds)
        expect(seconds - (shown ?? 0)).toBeLessThan(3600)
      }),
    )
  })

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const seconds = parseDuration(text)
        expect(seconds === undefined || Number.isSafeInteger(seconds)).toBe(true)
      }),
    )
  })
})
