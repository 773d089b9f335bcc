import { describe, expect, it } from 'vitest'
import { labelGates, settledLabel } from '../metrics/labels.ts'
import { repairEffect } from '../metrics/repair-effect.ts'
import { teamSignals } from '../metrics/teams.ts'
import { whyItHurts, whyOf } from '../metrics/why.ts'
import type { Label } from '../metrics/words.ts'
import { type Evidence, evidenceOf } from './evidence.ts'
import { beginMs, dayMs, historyOf, never, type Passage, passagesOf } from './gate.ts'
import { seeded } from './random.ts'
import type { Truth } from './truths.ts'

const weekMs = 7 * dayMs
const gate = 'payments-tests'
const thresholds = { low: 0.01, high: 0.05 }

function year(truth: Truth, holds: { from: number; to: number }, seed: number): Passage[] {
  return passagesOf({ gate, truth, weeks: 52, perWeek: 60, disturbance: never, holds }, seeded(seed))
}
/** Whole weeks, from and up to. */
const between = (passages: readonly Passage[], from: number, to: number) =>
  passages.filter(({ at }) => at >= beginMs + from * weekMs && at < beginMs + to * weekMs)
const labelAt = (passages: readonly Passage[], week: number) =>
  labelGates([historyOf(gate, between(passages, week - 26, week))], thresholds).gates[0]
/** What is said of the last quarter. */
function whyAt(passages: readonly Passage[], week: number, seed: number): string | undefined {
  const evidence: Evidence = evidenceOf(between(passages, week - 13, week), seeded(seed))
  return whyItHurts(whyOf(evidence, beginMs + week * weekMs))
}

describe('a Friday habit', () => {
  it.each([1, 2, 3, 4, 5])(
    'is named within a quarter of its start, with reviewers as the thing to fix (seed %i)',
    seed => {
      const passages = year('friday', { from: 30, to: 52 }, seed)
      const runs = [30, 34, 39, 43, 47].map(week => labelAt(passages, week))
      const shown = runs.reduce<Label[]>((all, run, i) => {
        const label = run?.label ?? 'insufficient'
        return [...all, settledLabel(all.at(-1), runs[i - 1]?.label, label)]
      }, [])
      expect(shown[0]).toBe('near_zero')
      expect(shown.at(-1)).toBe('weekday')
      const named = runs[3]
      expect(named).toMatchObject({ label: 'weekday', reason: expect.stringContaining('Fridays') as unknown })
      expect(named?.action).toContain('who is there to review on that day')
      expect(whyAt(passages, 43, seed)).toMatch(/^On Fridays a review takes .* arrange reviewers for Fridays\.$/)
    },
  )
})

describe('a gate whose check fails 35 % of runs on good code', () => {
  it.each([1, 2, 3, 4, 5])('is a gate problem and no team’s, and is left alone once repaired (seed %i)', seed => {
    const passages = year('flaky', { from: 0, to: 26 }, seed)
    const before = historyOf(gate, between(passages, 0, 26))
    const cause = whyAt(passages, 26, seed) ?? ''
    expect(labelAt(passages, 26)).toMatchObject({ label: 'high', fired: ['high'] })
    expect(cause).toMatch(/^Its check fails 1 run in 3 on unchanged code \(\d+ of \d+ commits\): repair the test\.$/)
    expect(teamSignals([{ history: before, teams: before.teams, cause }])).toEqual([])

    const share = (from: number, to: number) => {
      const part = between(passages, from, to)
      return { x: historyOf(gate, part).episodes.length, n: part.length }
    }
    expect(repairEffect(share(0, 26), share(26, 27)).verdict).not.toBe('no_effect')
    expect(repairEffect(share(0, 26), share(26, 30)).verdict).toBe('worked')
    expect(labelAt(passages, 52)).toMatchObject({ label: 'near_zero', action: 'Leave it.' })
    expect(whyAt(passages, 52, seed)).toBeUndefined()
  })
})
