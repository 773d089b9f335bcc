import { describe, expect, it } from 'vitest'
import { gateTime } from './clock.ts'

const t = 1_000_000_000

describe("a gate's time", () => {
  it.each([
    ['is its own clock', { ownMs: t, verifiedMs: 0 }, t],
    ['is the latest verified time when that is later', { ownMs: t, verifiedMs: t + 60_000 }, t + 60_000],
    ['is nothing when it stands further behind', { ownMs: t, verifiedMs: t + 60_001 }, undefined],
    [
      'may be a minute from the server',
      { ownMs: t, verifiedMs: 0, server: { nowMs: t + 60_000, sentMs: t, receivedMs: t } },
      t,
    ],
    [
      'may not be more behind it',
      { ownMs: t, verifiedMs: 0, server: { nowMs: t + 60_001, sentMs: t, receivedMs: t } },
      undefined,
    ],
    [
      'may not be more ahead of it',
      { ownMs: t, verifiedMs: 0, server: { nowMs: t - 60_001, sentMs: t, receivedMs: t } },
      undefined,
    ],
    [
      'forgives a slow answer',
      { ownMs: t + 90_000, verifiedMs: 0, server: { nowMs: t + 5, sentMs: t, receivedMs: t + 90_000 } },
      t + 90_000,
    ],
    [
      'is nothing when the server tells no time',
      { ownMs: t, verifiedMs: 0, server: { nowMs: Number.NaN, sentMs: t, receivedMs: t } },
      undefined,
    ],
    ['is nothing without a clock', { ownMs: Number.NaN, verifiedMs: t }, undefined],
  ])('%s', (_, readings, expected) => {
    const time = gateTime(readings)
    expect(time.ok ? time.ms : undefined).toBe(expected)
    if (!time.ok) expect(time.words).toMatch(/clock|time/)
  })
})
