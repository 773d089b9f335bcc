import { z } from 'zod'
import { labels } from '../metrics/words.ts'

/**
 * What the forum's report is made from: plain data, gathered by whoever has a store, or simulated. What nobody measured is
 * handed in as `{ measured: false, why }` and is printed so; it never becomes a zero. Nobody is named in it who went around
 * a gate: the report goes to everybody.
 */
const count = z.int().min(0)
const words = z.string().max(4000)
const id = z.string().min(1).max(300)
const instant = z.iso.datetime()
const day = z.iso.date()
const share = z.number().min(0).max(1)
const interval = z.strictObject({ low: share, high: share })

/** x of n, with the 95 % interval of the share. */
const rate = z.strictObject({ x: count, n: count, interval })
export type ForumRate = z.infer<typeof rate>

const window = z.strictObject({ from: day, to: day })

const measured = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('measured', [
    z.strictObject({ measured: z.literal(true), value }),
    z.strictObject({ measured: z.literal(false), why: words }),
  ])
export type Measured<T> = { measured: true; value: T } | { measured: false; why: string }

const effect = z.strictObject({
  verdict: z.enum(['worked', 'no_effect', 'too_early']),
  before: rate.optional(),
  after: rate.optional(),
})

const forumGate = z.strictObject({
  gate: id,
  /** A group or account of the program that answers for the gate. */
  owner: id,
  class: z.enum(['control', 'quality', 'advisory']),
  label: z.enum(labels),
  /** At the end of the period before; absent when there was no such run. */
  labelBefore: z.enum(labels).optional(),
  /** Monthly runs in a row, the newest included, that said `high`. */
  highRuns: count,
  window,
  /** Of sanctioned and unsanctioned episodes together, and each. */
  bypass: rate,
  glass: rate,
  unsanctioned: rate,
  /** Passages whose outcome nobody could see. */
  unknown: count,
  /** One sentence each, naming nobody. */
  reason: words,
  action: words,
  whyItHurts: words.optional(),
  /** What the gate buys, where landings around it and through it were followed. */
  buys: words.optional(),
  /** What reviews say made the safe path unusable, the most frequent first; n is all answers. */
  tally: z.strictObject({ n: count, reasons: z.array(z.strictObject({ reason: id, x: count })).max(20) }).optional(),
  shift: z.enum(['adoption', 'displacement', 'none']),
  onPaperOnly: z.boolean(),
  /** Bypass rates of the weeks of the window; a gap where no passage was seen. */
  weeks: z.array(share.nullable()).max(60).optional(),
})
export type ForumGate = z.infer<typeof forumGate>

const decisionState = ['kept', 'not_kept', 'open', 'unknown'] as const

const lastForum = z.strictObject({
  id,
  at: instant,
  decisions: z
    .array(
      z.strictObject({
        gate: id,
        question: words,
        decision: words,
        /** Whoever took it on, as said in the meeting. */
        owner: id,
        due: day,
        /** `kept`: what was promised is there, by the records. `unknown`: no record could tell. */
        state: z.enum(decisionState),
        /** By what that was judged. */
        why: words,
      }),
    )
    .max(200),
  /** Gates that its report asked about and it decided nothing on. */
  undecided: z.array(id).max(200).default([]),
})

const repair = z.strictObject({
  id,
  gate: id,
  cause: words,
  due: day,
  state: z.enum(['open', 'done', 'abandoned']),
  overdue: z.boolean(),
  effect: effect.optional(),
})

const waiver = z.strictObject({
  id,
  gate: id,
  repositories: count,
  /** Since the first waiver of that gate and scope, re-filed ones included. */
  ageDays: count,
  renewals: count,
  until: instant,
  live: z.boolean(),
})

const reviews = z.strictObject({
  /** Reviews that fell due in the period, those signed of them, and those signed in time. */
  due: count,
  signed: count,
  onTime: count,
  /** Of the period before, for the trend. */
  before: z.strictObject({ due: count, signed: count, onTime: count }).optional(),
  /** Median hours from opening to signature; open ones counted as at least their age. */
  medianHours: z.number().min(0).optional(),
  overdue: z.array(z.strictObject({ id, gate: id, dueAt: instant })).max(1000),
})

const followUps = z.strictObject({
  due: count,
  done: count,
  overdue: z.array(z.strictObject({ id, gate: id.optional(), dueOn: day })).max(1000),
})

const disclosures = z.strictObject({
  /** Of n unsanctioned bypasses of the period, x were told of before they were found. */
  x: count,
  n: count,
  before: z.strictObject({ x: count, n: count }).optional(),
  taught: z.array(z.strictObject({ gate: id, lesson: words, x: count })).max(100),
})

const drift = z.strictObject({
  point: id,
  name: words,
  what: words,
  since: instant,
  until: instant.optional(),
  landings: count,
})

export const forumInput = z.strictObject({
  organization: words,
  period: z.strictObject({ from: instant, to: instant }),
  /** The report is of what was known then. */
  at: instant,
  last: lastForum.optional(),
  gates: measured(z.array(forumGate).max(10_000)),
  repairs: measured(z.array(repair).max(10_000)),
  waivers: measured(z.array(waiver).max(10_000)),
  reviews: measured(reviews),
  followUps: measured(followUps),
  disclosures: measured(disclosures),
  /** Bypasses that were found in the period, those nobody has explained, and landings that were looked at, if known. */
  findings: measured(z.strictObject({ found: count, open: count, landings: count.optional() })),
  drift: measured(z.array(drift).max(10_000)),
  /** Rehearsals held, and whether one is overdue by the program's own word. */
  drills: measured(z.strictObject({ held: count, overdue: z.boolean() })),
  /** Passages whose outcome is known, of all; and in words what no part of the system could see. */
  coverage: measured(z.strictObject({ known: count, all: count })),
  cannotSee: z.array(words).max(1000),
})
export type ForumInput = z.infer<typeof forumInput>
