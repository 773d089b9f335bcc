import { rateOf } from '../../metrics/rates.ts'
import { actions, type Label } from '../../metrics/words.ts'
import type { ForumGate, ForumInput } from '../input.ts'

/** For tests: a period in which nothing happened, everything measured. */
export function inputOf(given: Partial<ForumInput>): ForumInput {
  return {
    organization: 'acme',
    period: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' },
    at: '2026-12-01T08:00:00.000Z',
    gates: { measured: true, value: [] },
    repairs: { measured: true, value: [] },
    waivers: { measured: true, value: [] },
    reviews: { measured: true, value: { due: 0, signed: 0, onTime: 0, overdue: [] } },
    followUps: { measured: true, value: { due: 0, done: 0, overdue: [] } },
    disclosures: { measured: true, value: { x: 0, n: 0, taught: [] } },
    findings: { measured: true, value: { found: 0, open: 0 } },
    drift: { measured: true, value: [] },
    drills: { measured: true, value: { held: 1, overdue: false } },
    coverage: { measured: true, value: { known: 100, all: 100 } },
    cannotSee: [],
    ...given,
  }
}

export const notMeasured = { measured: false as const, why: 'nothing counts it yet' }

interface Given extends Partial<Pick<ForumGate, 'labelBefore' | 'highRuns' | 'shift' | 'onPaperOnly' | 'weeks'>> {
  label: Label
  x: number
  n: number
}

/** A gate three quarters of whose episodes were sanctioned. */
export function gateOf(gate: string, { label, x, n, ...rest }: Given): ForumGate {
  const unsanctioned = Math.floor(x / 4)
  const rate = (of: number) => {
    const { interval } = rateOf(of, n)
    return { x: of, n, interval }
  }
  return {
    gate,
    owner: 'oncall',
    class: 'quality',
    label,
    highRuns: 0,
    window: { from: '2026-06-01', to: '2026-11-30' },
    bypass: rate(x),
    glass: rate(x - unsanctioned),
    unsanctioned: rate(unsanctioned),
    unknown: 0,
    reason: `${x} episodes in ${n} passages.`,
    action: actions[label],
    shift: 'none',
    onPaperOnly: false,
    ...rest,
  }
}
