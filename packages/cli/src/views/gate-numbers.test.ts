import type { GateNumbersView } from '@breakglass/core/contract'
import { table } from '@breakglass/report'
import { describe, expect, it } from 'vitest'
import { blindLines, gateColumns, gateLines } from './gate-numbers.ts'

const rate = (x: number, n: number) => ({
  x,
  n,
  ...(n > 0 && { rate: x / n }),
  interval: n > 0 ? { low: 0.01, high: 0.2 } : { low: 0, high: 1 },
})
const gate = (name: string, n: number, words: string[]): GateNumbersView => ({
  gate: name,
  class: 'quality',
  boundary: 'merge',
  owner: 'team',
  label: 'watch',
  reason: 'Nothing stands out.',
  action: 'Keep looking.',
  now: {
    label: 'watch',
    fired: ['watch'],
    x: 0,
    n,
    window: { from: '2026-05-25', to: '2026-11-23' },
    interval: { low: 0, high: 1 },
    shift: 'none',
  },
  days90: {
    from: '2026-08-26',
    to: '2026-11-23',
    n,
    glass: rate(Math.min(1, n), n),
    unsanctioned: rate(0, n),
    bypass: rate(Math.min(1, n), n),
    rawUses: { sanctioned: 1, unsanctioned: 0 },
    own: { waived: rate(Math.min(2, n), n) },
    onPaperOnly: false,
  },
  coverage: { unknown: 3, corrections: 0, words },
})

describe('a list of gates', () => {
  it('shows a rate with what it was counted from, and none where nothing landed', () => {
    const [, known, empty] = table(gateColumns, [gate('a', 20, []), gate('b', 0, [])])
    expect(known).toContain('1 of 20 (5 %)')
    expect(known).toContain('1 % to 20 %')
    expect(empty).not.toContain('%')
    expect(empty).toContain('–')
  })

  it('says what was not seen once, with the gates it is said of', () => {
    const lines = blindLines([gate('a', 1, ['Nobody looked.', 'It was dark.']), gate('b', 1, ['It was dark.'])])
    expect(lines.slice(2)).toEqual(['  a: Nobody looked.', '  It was dark.'])
    expect(blindLines([gate('a', 1, [])])).toEqual([])
  })
})

describe('one gate', () => {
  const week = { during: 0, unknown: 0, sanctioned: 0, unsanctioned: 0 }
  const interval = { low: 0, high: 1 }
  const shown = {
    at: '2026-11-23T00:00:00.000Z',
    numbers: gate('a', 20, ['It was dark.']),
    weeks: [
      { from: '2026-11-09', to: '2026-11-15', ...week, passages: 10, unsanctioned: 1 },
      { from: '2026-11-16', to: '2026-11-22', ...week, passages: 0 },
      { from: '2026-11-23', to: '2026-11-23', ...week, passages: 10 },
    ],
    hours: [],
    episodes: [],
    months: [],
    why: {
      sentence: 'It is slow.',
      flake: { x: 1, n: 4, rate: 0.25, interval },
      durations: { n: 30, p50Ms: 1_200_000, p95Ms: 2_400_000, trend: 'longer' as const },
      waiting: { n: 12, p50Ms: 7_200_000, p90Ms: 86_400_000 },
      later: { passed: { x: 2, n: 4, rate: 0.5, interval }, stopped: { x: 0, n: 0, interval }, unknown: 3 },
      harm: {
        passed: { x: 1, n: 100, rate: 0.01, interval },
        around: { x: 6, n: 21, rate: 6 / 21, interval },
        buys: 'It keeps harm out.',
        notFollowed: 4,
        outcomes: [],
      },
      teams: [{ team: 'web', x: 8, n: 20, words: 'web went around it 8 times in 20 passages.' }],
      habits: ['9 episodes fell at night, far more than its passages explain.'],
      reasons: [{ reason: 'too_slow' as const, x: 3 }],
      reviews: 4,
    },
    landings: [],
    landingsCut: true,
    derived: [],
  }

  it('leaves a gap for a week in which nothing known landed, where zero is the lowest block', () => {
    const line = gateLines(shown, undefined).find(words => words.includes('by week')) ?? ''
    expect(line).toContain('█ ▁ up to 10 %')
  })

  it('shows what has a rate of its own, what was not seen, and that there is more', () => {
    const text = gateLines(shown, undefined).join('\n')
    expect(text).toContain('waived: 2 of 20 (10 %)')
    expect(text).toContain('It was dark.')
    expect(text).toContain('There are more')
    expect(text).toContain('why it hurts: It is slow.')
    expect(text).toContain('failed first on code that then passed unchanged: 1 of 4 (25 %) commits')
    expect(text).toContain('its check takes 20m, one time in twenty 40m or more, of 30 runs, longer than before')
    expect(text).toContain('checked after all, passed: 2 of 4 (50 %); never checked: 3')
    expect(text).toContain('what it buys: It keeps harm out. (4 more are too young, or were not watched)')
    expect(text).toContain('web went around it 8 times')
    expect(text).toContain('a review takes 2h at the median, one time in ten 1d or more, of 12 changes')
    expect(text).toContain('9 episodes fell at night')
    expect(text).toContain('what 4 reviews of 90 days said made it unusable: too slow 3')
  })
})
