import { z } from 'zod'
import { labels } from '../metrics/index.ts'

/**
 * What `breakglass baseline --json` prints: the numbers of a history from before the program was adopted. Kept as
 * docs/formats/baseline.md says; a changed meaning is a new `format`.
 */
const count = z.int().min(0)
const day = z.iso.date()
const interval = z.strictObject({ low: z.number().min(0).max(1), high: z.number().min(0).max(1) })

/** `rollbacks` are those of the bypassed; what a rollback passed counts nowhere but in `passages`. */
const counted = {
  passages: count,
  bypassed: count,
  rollbacks: count,
}

const year = z.strictObject({
  /** UTC. */
  year: z.int(),
  ...counted,
  /** Bypasses that were no rollback, those of one person within an hour of one another counted once. */
  episodes: count,
  /** episodes ÷ passages; absent without passages. */
  rate: z.number().min(0).max(1).optional(),
  /** Of that rate: 95 %, Jeffreys. */
  interval,
})

const quarter = z.strictObject({ quarter: z.string().regex(/^\d{4,6}-Q[1-4]$/), ...counted, episodes: count, interval })

const weekday = z.strictObject({
  weekday: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
  ...counted,
})

const person = z.strictObject({
  /** `person-17`: the seventeenth to land, and nobody's name. */
  person: z.string().regex(/^person-\d+$/),
  passages: count,
  bypassed: count,
  rollbacks: count,
})

export const baselineGate = z.strictObject({
  name: z.string(),
  /** Of the window, as docs/metrics.md says; `fired` are all that fired, the headline among them. */
  label: z.enum(labels),
  fired: z.array(z.enum(labels)),
  reason: z.string(),
  action: z.string(),
  /** What the label is of. `x` episodes in `n` passages. */
  window: z.strictObject({
    from: day,
    to: day,
    x: count,
    n: count,
    interval,
    /** The least steady rate that would be labelled high in four such windows of five. */
    minimumDetectable: z.number().min(0).max(1).optional(),
  }),
  ...counted,
  /** Of the rollbacks, those whose tree had been there before: proven, whatever the subject says. */
  rollbacksProven: count,
  episodes: count,
  years: z.array(year),
  quarters: z.array(quarter),
  weekdays: z.array(weekday),
  people: z.strictObject({
    /** How many have bypassed it, rollbacks left out. */
    bypassers: count,
    /** Among how many the episodes are spread, if each had as many; absent under eight episodes. */
    effective: z.number().optional(),
    /** Those with the most, at most ten. */
    most: z.array(person).max(10),
  }),
  remarks: z.array(z.string()),
})
export type BaselineGate = z.infer<typeof baselineGate>

export const baselineReport = z.strictObject({
  format: z.literal('breakglass-baseline/1'),
  source: z.strictObject({
    kind: z.enum(['git', 'audit-log', 'rule-suites']),
    /** The last part of the path or address; absent when there is none. */
    repository: z.string().optional(),
    branch: z.string().optional(),
    head: z.string().optional(),
    shallow: z.boolean(),
  }),
  mapping: z.strictObject({
    name: z.string(),
    /** Found in the history, asked for by name, or read from a file. */
    how: z.enum(['detected', 'named', 'file', 'given']),
    /** Why that one, in a sentence. */
    reason: z.string(),
  }),
  /** The zone of days and weekdays; years and quarters are UTC. */
  zone: z.string(),
  landings: count,
  /** Those that stand in no year, because no date can be read. */
  undated: count,
  people: count,
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  gates: z.array(baselineGate),
  /** What was met on the way and how it was counted. */
  odd: z.array(z.strictObject({ kind: z.string(), count, words: z.string() })),
  remarks: z.array(z.string()),
})
export type BaselineReport = z.infer<typeof baselineReport>
