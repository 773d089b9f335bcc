import { describe, expect, it } from 'vitest'
import { grantStates } from './edges.ts'
import { isExpiredAt, isShutDue, isShutOverdue, isWithinTime, shutDueSinceMs } from './time.ts'

const minute = 60_000

describe('the time of a grant', () => {
  it('is over at expiresAt, not a millisecond later', () => {
    expect(isExpiredAt({ expiresAtMs: 1000 }, 999)).toBe(false)
    expect(isExpiredAt({ expiresAtMs: 1000 }, 1000)).toBe(true)
  })

  it.each([
    { at: -minute - 1, valid: false },
    { at: -minute, valid: true },
    { at: 30 * minute - 1, valid: true },
    { at: 30 * minute, valid: false },
  ])('is valid at $at ms after grantedAt: $valid', ({ at, valid }) => {
    expect(isWithinTime({ grantedAtMs: 0, expiresAtMs: 30 * minute }, at)).toBe(valid)
  })
})

describe('shutting', () => {
  it('is due from the first end that has come', () => {
    const revoked = { state: 'revoked', expiresAtMs: 30 * minute, revokedAtMs: 5 * minute } as const
    expect(shutDueSinceMs(revoked, 4 * minute)).toBeUndefined()
    expect(shutDueSinceMs(revoked, 40 * minute)).toBe(5 * minute)
  })

  it('is due for a live grant past its expiry, though no job recorded it', () => {
    expect(isShutDue({ state: 'live', expiresAtMs: minute }, minute)).toBe(true)
    expect(isShutDue({ state: 'live', expiresAtMs: minute }, minute - 1)).toBe(false)
  })

  it('is overdue when unconfirmed for five minutes', () => {
    const exhausted = { state: 'exhausted', expiresAtMs: 30 * minute, exhaustedAtMs: minute } as const
    expect(isShutOverdue(exhausted, 6 * minute - 1)).toBe(false)
    expect(isShutOverdue(exhausted, 6 * minute)).toBe(true)
  })

  it('is never due for a grant that never opened or is shut', () => {
    const states = grantStates.filter(state => isShutDue({ state, expiresAtMs: 0 }, minute))
    expect(states).toEqual(['live', 'expired', 'revoked', 'exhausted'])
  })
})
