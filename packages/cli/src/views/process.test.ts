import { expect, it } from 'vitest'
import { processLines } from './process.ts'

const interval = { low: 0, high: 1 }
const none = { x: 0, n: 0, interval }
const some = { x: 9, n: 10, rate: 0.9, interval }

it('says how the program is run, in words, and what has no number has none', () => {
  const shown = {
    from: '2026-10-01T00:00:00.000Z',
    to: '2026-11-01T00:00:00.000Z',
    reviews: {
      signed: some,
      onTime: some,
      onTimeBefore: some,
      trend: 'worse' as const,
      open: 2,
      overdue: 1,
      oldestOpenMs: 3 * 86_400_000,
      median: { ms: 7_200_000, atLeast: true },
      attention: { atOnce: some, copied: none, reciprocalPairs: none, leaveOnHigh: none },
    },
    waivers: { live: 1, oldestMs: 86_400_000, pastBound: 0, bounded: 1 },
    followUps: { due: 3, kept: 1, late: 1, missing: 1 },
    path: { n: 4, median: { ms: 20_000, atLeast: false }, gate: { ms: 1_200_000, atLeast: false }, times: 60 },
    disclosures: none,
    notRecorded: ['Drills are not recorded by this version.'],
  }
  const text = processLines(shown).join('\n')
  for (const words of [
    '9 of 10 (90 %) of those that fell due',
    ', worse than before',
    'at least 2h',
    '3: 1 kept, 1 late, 1 missing',
    '60 times as fast as the gate',
    '9 of 10 (90 %) were signed within a minute',
    'none of what nothing sanctioned',
    'Drills are not recorded',
  ]) {
    expect(text).toContain(words)
  }
  expect(processLines({ ...shown, path: { n: 0 } }).join('\n')).not.toContain('times as fast')
})
