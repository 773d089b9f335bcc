import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainOf, gapMsMax, type PastWaiver } from './chain.ts'
import { waiverStanding, waiverStates } from './standing.ts'

describe('how a waiver stands', () => {
  it('holds up to the instant it ends at, and not at it', () => {
    expect(waiverStanding({ state: 'live', expiresAtMs: 1000 }, 999)).toBe('live')
    expect(waiverStanding({ state: 'live', expiresAtMs: 1000 }, 1000)).toBe('expired')
  })

  it('is never live again once its time is over, whatever is stored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...waiverStates), fc.nat(), fc.nat(), (state, expiresAtMs, nowMs) => {
        const standing = waiverStanding({ state, expiresAtMs }, nowMs)
        expect(standing === 'live').toBe(state === 'live' && nowMs < expiresAtMs)
        if (standing !== state) expect(standing).toBe('expired')
      }),
    )
  })
})

const day = 86_400_000

describe('the age of a waiver', () => {
  const past = (from: number, to: number): PastWaiver => ({ grantedAtMs: from * day, endedAtMs: to * day })

  it('counts from the first of a row, renewed or filed anew after a while', () => {
    expect(chainOf([past(0, 14), past(14, 28), past(40, 50)], 60 * day)).toEqual({ sinceMs: 0, renewals: 3 })
  })

  it('begins anew after longer than any waiver could have lasted', () => {
    expect(chainOf([past(0, 10)], 10 * day + gapMsMax)).toEqual({ sinceMs: 0, renewals: 1 })
    const start = 10 * day + gapMsMax + 1
    expect(chainOf([past(0, 10)], start)).toEqual({ sinceMs: start, renewals: 0 })
  })

  it('follows overlapping ones, and none that came later', () => {
    expect(chainOf([past(0, 30), past(5, 10), past(100, 110)], 20 * day)).toEqual({ sinceMs: 0, renewals: 2 })
  })

  it('is the same in any order, and never younger for another waiver', () => {
    const waivers = fc.array(
      fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 90 })).map(([from, length]) => past(from, from + length)),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(waivers, fc.nat(500), (all, at) => {
        const chain = chainOf(all, at * day)
        expect(chainOf(all.toReversed(), at * day)).toEqual(chain)
        expect(chain.sinceMs).toBeLessThanOrEqual(at * day)
        const more = chainOf([...all, past(at, at + 1)], at * day)
        expect(more.sinceMs).toBeLessThanOrEqual(chain.sinceMs)
      }),
    )
  })
})
