import { describe, expect, it } from 'vitest'
import { askedPeriod } from './period.ts'

const nowMs = Date.parse('2026-11-24T07:00:00Z')

describe('the period that is asked for', () => {
  it.each([
    ['nothing', {}, {}],
    [
      'a quarter that is over',
      { period: '2026-Q3' },
      { from: '2026-07-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' },
    ],
    ['the one that is running, up to now', { period: '2026-Q4' }, { from: '2026-10-01T00:00:00.000Z' }],
    ['a beginning', { from: '2026-11-01' }, { from: '2026-11-01T00:00:00.000Z' }],
    ['an end that is to come', { from: '2026-11-01', to: '2027-01-01' }, { from: '2026-11-01T00:00:00.000Z' }],
  ])('is %s', (_, asked, period) => {
    expect(askedPeriod(asked, nowMs)).toEqual(period)
  })

  it.each([
    ['two things', { period: '2026-Q3', from: '2026-07-01' }],
    ['an end alone', { to: '2026-07-01' }],
    ['no period', { period: '2026-Q5' }],
    ['no day', { from: '2026-02-31' }],
  ])('is refused when it says %s', (_, asked) => {
    expect(() => askedPeriod(asked, nowMs)).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
