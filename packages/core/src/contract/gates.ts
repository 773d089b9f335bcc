import { z } from 'zod'
import { idOf } from '../ids.ts'
import { labels, outcomes } from '../metrics/index.ts'
import { unusableReasons } from '../review/index.ts'
import { endpoint } from './endpoint.ts'
import { digest, gateName, instant, personRef, repositoryRef, text } from './shapes.ts'

const count = z.int().min(0)
const day = z.iso.date()
const share = z.number().min(0).max(1)
const interval = z.strictObject({ low: share, high: share })
const label = z.enum(labels)
const outcome = z.enum(outcomes)
const month = z.string().regex(/^\d{4}-\d\d$/)

/** Never without what it was computed from; `rate` is absent where n is 0. */
export const rateView = z.strictObject({ x: count, n: count, rate: share.optional(), interval })

/** What could not be seen, beside every rate (docs/landings.md "What is not known"). */
export const coverageView = z.strictObject({
  /** Passages whose outcome is known, and all; absent where there were none. */
  known: share.optional(),
  unknown: count,
  /** For what share of the time somebody was in contact with a hook of each repository. */
  watched: share.optional(),
  /** Outcomes that were changed by what came late. */
  corrections: count,
  words: z.array(z.string()),
})

/** One gate's numbers: the label of 26 weeks, the rates of 90 days. */
export const gateNumbersView = z.strictObject({
  gate: gateName,
  class: z.enum(['control', 'quality', 'advisory']),
  boundary: z.enum(['merge', 'deploy', 'operate']),
  owner: z.string(),
  /** What is shown: of the monthly runs, or of now before the first of them. */
  label,
  labelledOn: month.optional(),
  reason: z.string(),
  action: z.string(),
  /** What the label would be now, by itself. */
  now: z.strictObject({
    label,
    fired: z.array(label),
    x: count,
    n: count,
    window: z.strictObject({ from: day, to: day }),
    interval,
    shift: z.enum(['adoption', 'displacement', 'none']),
    minimumDetectable: share.optional(),
    withoutPerson: z.enum(['high', 'near_zero', 'watch', 'insufficient']).optional(),
  }),
  days90: z.strictObject({
    from: day,
    to: day,
    n: count,
    glass: rateView,
    unsanctioned: rateView,
    bypass: rateView,
    rawUses: z.strictObject({ sanctioned: count, unsanctioned: count }),
    own: z.partialRecord(outcome, rateView),
    /** Fewer than half of these episodes were sanctioned. */
    onPaperOnly: z.boolean(),
  }),
  coverage: coverageView,
})
export type GateNumbersView = z.infer<typeof gateNumbersView>

export const listGates = endpoint({
  id: 'listGates',
  method: 'get',
  path: '/gates',
  summary: 'Every gate in force with its label, its rates, and what could not be seen.',
  tag: 'numbers',
  access: 'person',
  reply: z.strictObject({ at: instant, program: digest, gates: z.array(gateNumbersView) }),
  errors: ['no_program'],
})

export const landingView = z.strictObject({
  id: idOf('landing'),
  at: instant,
  day,
  repository: repositoryRef,
  ref: z.string(),
  /** Absent where the ref was made, or where nobody saw from where it moved. */
  before: z.string().optional(),
  /** Absent where the ref was deleted. */
  after: z.string().optional(),
  /** Who told: the hook, its watcher, both, a run in CI, or nobody. */
  seen: z.enum(['hook', 'watcher', 'both', 'ci', 'inferred']),
  outcome,
  /** What it was taken for before something late was told. */
  was: z.enum([...outcomes, 'none']).optional(),
  grant: idOf('grant').optional(),
})
export type LandingView = z.infer<typeof landingView>

/** Whoever did it: a person to the gate's owners, to all others a number that holds within one answer. */
const somebody = z.union([personRef, z.strictObject({ pseudonym: z.string() })])

export const showGateNumbers = endpoint({
  id: 'showGateNumbers',
  method: 'get',
  path: '/gates/{gate}/numbers',
  summary: 'What is behind the numbers of one gate: weeks, weekdays and hours, episodes, labels by month, landings.',
  tag: 'numbers',
  access: 'person',
  params: z.strictObject({ gate: gateName }),
  query: z.strictObject({
    /** Of the landings: these alone, of these days; at most 500, the newest first. */
    outcome: outcome.optional(),
    from: day.optional(),
    to: day.optional(),
  }),
  reply: z.strictObject({
    at: instant,
    numbers: gateNumbersView,
    weeks: z.array(
      z.strictObject({
        from: day,
        to: day,
        passages: count,
        unknown: count,
        sanctioned: count,
        unsanctioned: count,
        during: count,
      }),
    ),
    /** Monday is 1; local hours of the gate's zone. */
    hours: z.array(
      z.strictObject({
        weekday: z.int().min(1).max(7),
        hour: z.int().min(0).max(23),
        passages: count,
        bypassed: count,
      }),
    ),
    episodes: z.array(
      z.strictObject({
        id: idOf('episode'),
        at: instant,
        day,
        sanctioned: z.boolean(),
        uses: count,
        incident: idOf('incident').optional(),
        actor: somebody.optional(),
      }),
    ),
    /** To the gate's owners alone: who stands out, and by how much. */
    people: z.array(z.strictObject({ person: personRef, x: count, n: count })).optional(),
    months: z.array(
      z.strictObject({
        month,
        found: label,
        shown: label,
        fired: z.array(label),
        x: count,
        n: count,
        reason: z.string(),
        ranAt: instant,
      }),
    ),
    /** Of the last 90 days: why the gate hurts, in a sentence, where its runs show it; and what reviews said made it unusable. */
    why: z.strictObject({
      sentence: z.string().optional(),
      /** Commits that the check passed unchanged at some time, and of them those it had failed first. */
      flake: rateView,
      /** Of runs that said how long they took. */
      durations: z.strictObject({
        n: count,
        p50Ms: count.optional(),
        p95Ms: count.optional(),
        trend: z.enum(['longer', 'shorter', 'level']).optional(),
      }),
      /** How long a change waits for its review, where a forge tells; 0 is Sunday. */
      waiting: z.strictObject({
        n: count,
        p50Ms: count.optional(),
        p90Ms: count.optional(),
        slowWeekday: z
          .strictObject({ weekday: z.int().min(0).max(6), n: count, p50Ms: count, othersMs: count })
          .optional(),
      }),
      /** What the check said when it was run after all on what had gone around it; `stopped`: of what it had failed before. */
      later: z.strictObject({ passed: rateView, stopped: rateView, unknown: count }),
      /** What became of its landings within seven days, by how they landed: what the gate buys. */
      harm: z.strictObject({
        passed: rateView,
        around: rateView,
        buys: z.string(),
        /** Too young to say, or nobody watched the week after. */
        notFollowed: count,
        outcomes: z.array(z.strictObject({ outcome: z.enum(outcomes), harmed: rateView })),
      }),
      /** Teams that go around it far more than the others, a sentence each, with the gate's own cause. */
      teams: z.array(z.strictObject({ team: z.string(), x: count, n: count, words: z.string() })),
      /** Hours that have far more episodes than their passages explain, a sentence each; nobody is named. */
      habits: z.array(z.string()),
      reasons: z.array(z.strictObject({ reason: z.enum(unusableReasons), x: count })),
      reviews: count,
    }),
    landings: z.array(landingView),
    /** More than are listed. */
    landingsCut: z.boolean(),
    /** From before the program was adopted; in none of the numbers above. */
    derived: z.array(
      z.strictObject({
        digest,
        name: z.string(),
        from: day,
        to: day,
        passages: count,
        bypassed: count,
        rollbacks: count,
      }),
    ),
  }),
  errors: ['no_program', 'not_found'],
})

/** Counts of days before the program, derived from a history; the same ones again change nothing. */
export const importDays = endpoint({
  id: 'importDays',
  method: 'post',
  path: '/imports',
  summary: 'Bring in day counts of a baseline, marked as derived and kept apart from what was observed.',
  tag: 'numbers',
  access: 'person',
  body: z.strictObject({
    name: text(200),
    /** What they were counted from: a repository and its head, a log. */
    derivedFrom: text(500),
    days: z
      .array(
        z
          .strictObject({ gate: gateName, day, passages: count, bypassed: count, rollbacks: count })
          .refine(({ passages, bypassed }) => bypassed <= passages, 'no more bypassed than passages')
          .refine(({ bypassed, rollbacks }) => rollbacks <= bypassed, 'no more rollbacks than bypassed'),
      )
      .min(1)
      .max(5000),
  }),
  reply: z.strictObject({ digest, days: count, already: z.boolean() }),
  errors: ['not_allowed', 'admin_may_not', 'bad_input'],
})
