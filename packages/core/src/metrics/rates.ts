import type { Episode } from './episodes.ts'
import { type Interval, jeffreys } from './exact.ts'
import type { GateDay } from './input.ts'
import { type Outcome, outcomes, outcomeTable } from './outcomes.ts'

/** One rate, never without what it was computed from. `rate` is absent when n is 0: unknown is not zero. */
export interface Rate {
  x: number
  n: number
  rate?: number
  /** 95 %, Jeffreys. */
  interval: Interval
}

export interface Rates {
  /** Passages whose outcome is known, and those whose is not. */
  n: number
  unknown: number
  /** Known ÷ all; absent when there were none. */
  coverage?: number
  /** Episodes ÷ n, always shown together; the bypass rate is their sum. */
  glass: Rate
  unsanctioned: Rate
  bypass: Rate
  /** Uses before they were merged into episodes, by numerator. */
  rawUses: { sanctioned: number; unsanctioned: number }
  /** Outcomes that are in n and in no numerator, each with its own rate. */
  own: Partial<Record<Outcome, Rate>>
}

/** The rates of whatever days and episodes are handed in: one gate, a team's gates, a window. */
export function ratesOf(days: readonly GateDay[], episodes: readonly Episode[]): Rates {
  const counts = totals(days)
  const sum = (wanted: (outcome: Outcome) => boolean) =>
    outcomes.reduce((total, outcome) => (wanted(outcome) ? total + counts[outcome] : total), 0)
  const n = sum(outcome => outcomeTable[outcome].inN)
  const s = episodes.filter(({ sanctioned }) => sanctioned).length
  const u = episodes.length - s
  const own = outcomes.filter(outcome => outcomeTable[outcome].ownRate)
  const rates = new Map<number, Rate>()
  // Most are of none at all, and an interval is the costly part.
  const rate = (x: number): Rate => {
    const known = rates.get(x) ?? rateOf(x, n)
    rates.set(x, known)
    return known
  }
  return {
    n,
    unknown: counts.unknown,
    ...(n + counts.unknown === 0 ? {} : { coverage: n / (n + counts.unknown) }),
    glass: rate(s),
    unsanctioned: rate(u),
    bypass: rate(s + u),
    rawUses: {
      sanctioned: sum(outcome => outcomeTable[outcome].numerator === 'sanctioned'),
      unsanctioned: sum(outcome => outcomeTable[outcome].numerator === 'unsanctioned'),
    },
    own: Object.fromEntries(own.map(outcome => [outcome, rate(counts[outcome])])),
  }
}

/** A rate with its interval. Episodes beyond n, which late evidence can cause for a while, are shown as all of n. */
export function rateOf(x: number, n: number): Rate {
  if (n === 0) return { x, n, interval: { low: 0, high: 1 } }
  const inside = Math.min(x, n)
  return { x, n, rate: inside / n, interval: jeffreys({ x: inside, n }) }
}

/** Written out, because it runs for every day of every gate, and a name known beforehand is ten times as fast. */
function totals(days: readonly GateDay[]): Record<Outcome, number> {
  const sums = Object.fromEntries(outcomes.map(outcome => [outcome, 0])) as Record<Outcome, number>
  for (const { counts } of days) {
    sums.passed += counts.passed ?? 0
    sums.opened_by_grant += counts.opened_by_grant ?? 0
    sums.waived += counts.waived ?? 0
    sums.failed_open += counts.failed_open ?? 0
    sums.preapproved += counts.preapproved ?? 0
    sums.late_use += counts.late_use ?? 0
    sums.grant_mismatch += counts.grant_mismatch ?? 0
    sums.bypassed_while_grant_open += counts.bypassed_while_grant_open ?? 0
    sums.bypassed_unsanctioned += counts.bypassed_unsanctioned ?? 0
    sums.disclosed += counts.disclosed ?? 0
    sums.landed_while_off += counts.landed_while_off ?? 0
    sums.unknown += counts.unknown ?? 0
  }
  return sums
}

/** Known passages of one day: every outcome that is in n. Written out as above; a test holds it to the table. */
export const knownOf = ({ counts }: GateDay): number =>
  (counts.passed ?? 0) +
  (counts.opened_by_grant ?? 0) +
  (counts.waived ?? 0) +
  (counts.failed_open ?? 0) +
  (counts.preapproved ?? 0) +
  (counts.late_use ?? 0) +
  (counts.grant_mismatch ?? 0) +
  (counts.bypassed_while_grant_open ?? 0) +
  (counts.bypassed_unsanctioned ?? 0) +
  (counts.disclosed ?? 0) +
  (counts.landed_while_off ?? 0)
