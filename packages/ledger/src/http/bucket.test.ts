import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bucket } from './bucket.ts'

describe('a bucket', () => {
  it('gives a minute at once, then evenly', () => {
    const bucket = new Bucket(60, 0)
    expect(bucket.waitMs(60, 0)).toBe(0)
    bucket.take(60)
    expect(bucket.waitMs(1, 0)).toBe(1000)
    expect(bucket.waitMs(1, 999)).toBeGreaterThan(0)
    expect(bucket.waitMs(3, 3000)).toBe(0)
    expect(bucket.waitMs(61, 1_000_000)).toBe(Number.POSITIVE_INFINITY)
  })

  it('earns nothing by a clock that goes back, and goes on from there', () => {
    const bucket = new Bucket(60, 100_000)
    bucket.take(60)
    expect(bucket.waitMs(1, 40_000)).toBe(1000)
    expect(bucket.waitMs(1, 41_000)).toBe(0)
  })

  it('gives no new minute when its bound is changed', () => {
    const bucket = new Bucket(60, 0)
    bucket.take(60)
    bucket.resize(120)
    expect(bucket.waitMs(1, 0)).toBe(500)
  })

  it('never gives more than a minute and what the time since was worth', () => {
    const asks = fc.array(fc.record({ amount: fc.integer({ min: 1, max: 100 }), afterMs: fc.nat(20_000) }))
    fc.assert(
      fc.property(asks, asks => {
        const bucket = new Bucket(100, 0)
        let [nowMs, taken] = [0, 0]
        for (const { amount, afterMs } of asks) {
          nowMs += afterMs
          if (bucket.waitMs(amount, nowMs) > 0) continue
          bucket.take(amount)
          taken += amount
        }
        expect(taken).toBeLessThanOrEqual(100 + (nowMs / 60_000) * 100 + 1e-6)
      }),
    )
  })
})
