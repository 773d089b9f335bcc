import { describe, expect, it } from 'vitest'
import { relativeTime, secondsLeft, shortInstant } from './relative-time.ts'

const now = Date.parse('2026-11-23T12:00:00.000Z')

describe('a time as seen from now', () => {
  it.each([
    ['2026-11-23T12:29:04.000Z', 'in 29m 4s'],
    ['2026-11-23T12:00:00.400Z', 'now'],
    ['2026-11-23T11:59:00.000Z', '1m ago'],
    ['2026-11-21T11:00:00.000Z', '2d 1h ago'],
    ['nonsense', 'at an unknown time'],
  ])('%s is %s', (instant, words) => expect(relativeTime(instant, now)).toBe(words))

  it('counts down to zero and stays there', () => {
    expect(secondsLeft('2026-11-23T12:00:00.001Z', now)).toBe(1)
    expect(secondsLeft('2026-11-23T12:00:00.000Z', now)).toBe(0)
    expect(secondsLeft('2026-11-23T11:00:00.000Z', now)).toBe(0)
  })

  it('always says its zone', () => {
    expect(shortInstant('2026-11-25T16:00:00.000Z')).toBe('2026-11-25 16:00 UTC')
  })
})
