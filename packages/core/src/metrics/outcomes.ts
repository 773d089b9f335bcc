/** What became of one landing at one gate in force. */
export const outcomes = [
  'passed',
  'opened_by_grant',
  'waived',
  'failed_open',
  'preapproved',
  'late_use',
  'grant_mismatch',
  'bypassed_while_grant_open',
  'bypassed_unsanctioned',
  'disclosed',
  'landed_while_off',
  'unknown',
] as const
export type Outcome = (typeof outcomes)[number]

export interface OutcomeRule {
  /** Counts in n, the denominator of every rate. */
  inN: boolean
  /** The numerator it counts in, if any. */
  numerator: 'sanctioned' | 'unsanctioned' | 'none'
  /** Shown as a rate of its own over the same n. */
  ownRate: boolean
  /** May be held against a person's pattern at a gate; telling of a bypass first never is. */
  inPersonSignals: boolean
}

const passed: OutcomeRule = { inN: true, numerator: 'none', ownRate: false, inPersonSignals: false }
const allowed: OutcomeRule = { ...passed, ownRate: true }
const unsanctioned: OutcomeRule = { inN: true, numerator: 'unsanctioned', ownRate: false, inPersonSignals: true }

/**
 * The one table of which outcome counts where. A grant that was late, for another change, or merely open at the time
 * sanctioned nothing, so these three are unsanctioned; `unknown` is in no number but coverage, because unknown is not zero.
 */
export const outcomeTable: Readonly<Record<Outcome, OutcomeRule>> = {
  passed,
  opened_by_grant: { inN: true, numerator: 'sanctioned', ownRate: false, inPersonSignals: true },
  waived: allowed,
  failed_open: allowed,
  preapproved: allowed,
  late_use: unsanctioned,
  grant_mismatch: unsanctioned,
  bypassed_while_grant_open: unsanctioned,
  bypassed_unsanctioned: unsanctioned,
  disclosed: { ...unsanctioned, inPersonSignals: false },
  landed_while_off: unsanctioned,
  unknown: { inN: false, numerator: 'none', ownRate: false, inPersonSignals: false },
}

/** Those that are in n: of a passage with any other nobody knows what became of it. */
export const knownOutcomes: readonly Outcome[] = outcomes.filter(outcome => outcomeTable[outcome].inN)
