import { describe, expect, it } from 'vitest'
import { episodesOf } from './episodes.ts'
import { type BypassUse, bypassUse, gateDay } from './input.ts'
import { outcomes, outcomeTable } from './outcomes.ts'
import { knownOf, ratesOf } from './rates.ts'

const minute = 60_000
const use = (minutes: number, more: Partial<BypassUse> = {}): BypassUse => ({
  gate: 'g',
  at: minutes * minute,
  day: '2026-01-05',
  actor: 'p_a',
  outcome: 'opened_by_grant',
  ...more,
})

describe('episodesOf', () => {
  it('chains uses of one actor up to 60 minutes after the previous use', () => {
    expect(episodesOf([use(0), use(60), use(120), use(181)]).map(({ uses }) => uses)).toEqual([3, 1])
  })

  it('does not depend on the order uses are handed in', () => {
    expect(episodesOf([use(120), use(0), use(60)])).toHaveLength(1)
  })

  it('merges everybody in one verified incident, and lays it to nobody', () => {
    const [episode, ...more] = episodesOf([
      use(0, { incident: 'i' }),
      use(500, { incident: 'i', actor: 'p_b', outcome: 'late_use' }),
    ])
    expect(more).toEqual([])
    expect(episode).toMatchObject({ uses: 2, sanctioned: false, inPersonSignals: false })
    expect(episode?.actor).toBeUndefined()
  })

  it.each([
    ['another gate', { gate: 'h' }],
    ['another actor', { actor: 'p_b' }],
    ['an incident', { incident: 'i' }],
  ])('keeps %s apart', (_, more) => {
    expect(episodesOf([use(0), use(1, more)])).toHaveLength(2)
  })

  it('does not merge what nobody can be named for', () => {
    const { actor: _, ...unnamed } = use(0)
    expect(episodesOf([unnamed, unnamed])).toHaveLength(2)
  })

  it('never holds a disclosure against a person', () => {
    expect(episodesOf([use(0, { outcome: 'disclosed' })])[0]).toMatchObject({
      sanctioned: false,
      inPersonSignals: false,
    })
  })
})

describe('ratesOf', () => {
  const counts = {
    passed: 80,
    opened_by_grant: 4,
    late_use: 2,
    disclosed: 1,
    waived: 6,
    preapproved: 4,
    failed_open: 3,
  }
  const day = gateDay.parse({ gate: 'g', day: '2026-01-05', counts: { ...counts, unknown: 25 } })
  const episodes = episodesOf([use(0), use(10), use(100), use(300, { outcome: 'late_use' })])

  it('counts waived, pre-approved and failed-open in n, with a rate of their own, and in no numerator', () => {
    const rates = ratesOf([day], episodes)
    expect(rates).toMatchObject({ n: 100, unknown: 25, coverage: 0.8, rawUses: { sanctioned: 4, unsanctioned: 3 } })
    expect([rates.glass.rate, rates.unsanctioned.rate, rates.bypass.rate]).toEqual([0.02, 0.01, 0.03])
    expect([rates.own.waived?.x, rates.own.preapproved?.x, rates.own.failed_open?.x]).toEqual([6, 4, 3])
  })

  it.each(outcomes)('counts %s where the table says', outcome => {
    const { inN, numerator, ownRate } = outcomeTable[outcome]
    const only = gateDay.parse({ gate: 'g', day: '2026-01-05', counts: { [outcome]: 7 } })
    const rates = ratesOf([only, only], [])
    const counted = (is: boolean) => (is ? 14 : 0)
    expect(knownOf(only)).toBe(inN ? 7 : 0)
    expect([rates.n, rates.unknown]).toEqual([counted(inN), counted(!inN)])
    expect(rates.rawUses).toEqual({
      sanctioned: counted(numerator === 'sanctioned'),
      unsanctioned: counted(numerator === 'unsanctioned'),
    })
    expect(rates.own[outcome]?.x).toBe(ownRate ? 14 : undefined)
  })

  it('gives no rate of nothing', () => {
    expect(ratesOf([], []).bypass).toEqual({ x: 0, n: 0, interval: { low: 0, high: 1 } })
    expect(ratesOf([], [])).not.toHaveProperty('coverage')
  })
})

describe('input', () => {
  it('refuses what it does not know', () => {
    expect(gateDay.safeParse({ gate: 'g', day: '2026-01-05', counts: { skipped: 1 } }).success).toBe(false)
    expect(gateDay.safeParse({ gate: 'g', day: '2026-02-30', counts: {} }).success).toBe(false)
    expect(bypassUse.safeParse(use(0, { outcome: 'late_use' })).success).toBe(true)
    expect(bypassUse.safeParse({ ...use(0), outcome: 'waived' }).success).toBe(false)
  })
})
