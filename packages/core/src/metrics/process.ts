import { type Quantile, quantileOf, spanOf } from './durations.ts'
import { fisherTest, type Share } from './exact.ts'
import type { GateDay } from './input.ts'
import type { FollowUpRecord, GateWait, OpeningRecord, ReviewRecord, WaiverRecord } from './input-process.ts'
import { type Attention, attentionOf } from './attention.ts'
import { outcomes, outcomeTable } from './outcomes.ts'
import { type Rate, rateOf } from './rates.ts'

/** Half open: from `fromMs`, up to and without `toMs`, which is also the instant the numbers are of. */
export interface Period {
  fromMs: number
  toMs: number
}

/**
 * What the process is measured by. A list that is absent was not recorded, and has no number; an empty one was, and says
 * that nothing happened.
 */
export interface ProcessInput {
  reviews?: readonly ReviewRecord[]
  waivers?: readonly WaiverRecord[]
  followUps?: readonly FollowUpRecord[]
  /** Instants at which drills were held. */
  drills?: readonly number[]
  openings?: readonly OpeningRecord[]
  waits?: readonly GateWait[]
  days?: readonly GateDay[]
}

export interface ProcessNumbers {
  reviews?: ReviewNumbers
  waivers?: WaiverNumbers
  followUps?: FollowUpNumbers
  drills?: DrillQuarter[]
  path?: PathTime
  disclosures?: Rate
}

export function processOf(input: ProcessInput, period: Period): ProcessNumbers {
  const { reviews, waivers, followUps, drills, openings, waits, days } = input
  return {
    ...(reviews && { reviews: reviewsOf(reviews, period) }),
    ...(waivers && { waivers: waiversOf(waivers, period.toMs) }),
    ...(followUps && { followUps: followUpsOf(followUps, period) }),
    ...(drills && { drills: drillsOf(drills, period) }),
    ...(openings && { path: pathTimeOf(openings, waits ?? [], period) }),
    ...(days && { disclosures: disclosureShare(days) }),
  }
}

export interface ReviewNumbers {
  /** Of those that fell due in the period, how many are signed: anything under all of them is a defect. */
  signed: Rate
  /** … and were signed by then. One that was late stays late. */
  onTime: Rate
  /** Of the period of the same length before; the trend compares shares on time (mid-p, 5 %). */
  onTimeBefore: Rate
  trend: 'better' | 'worse' | 'level'
  open: number
  overdue: number
  /** Age of the longest open one. */
  oldestOpenMs?: number
  /** Of those opened in the period, from opening to signature. */
  median?: Quantile
  p90?: Quantile
  /** Absent where so few people sign that a count would point at one of them. */
  attention?: Attention
}

export function reviewsOf(reviews: readonly ReviewRecord[], period: Period): ReviewNumbers {
  const { fromMs, toMs } = period
  const known = reviews.filter(({ openedAt }) => openedAt < toMs).map(review => asOf(review, toMs))
  const due = dueIn(known, period)
  const before = dueIn(known, { fromMs: 2 * fromMs - toMs, toMs: fromMs })
  const open = known.filter(({ signedAt }) => signedAt === undefined)
  const oldest = open.reduce((least, { openedAt }) => Math.min(least, openedAt), toMs)
  const spans = known
    .filter(({ openedAt }) => openedAt >= fromMs)
    .map(({ openedAt, signedAt }) => spanOf(openedAt, signedAt, toMs))
  const [median, p90] = [quantileOf(spans, 0.5), quantileOf(spans, 0.9)]
  const attention = attentionOf(known.filter(({ signedAt }) => signedAt !== undefined && signedAt >= fromMs))
  return {
    signed: rateOf(due.filter(({ signedAt }) => signedAt !== undefined).length, due.length),
    onTime: rateOf(due.filter(inTime).length, due.length),
    onTimeBefore: rateOf(before.filter(inTime).length, before.length),
    trend: trendOf(shareOf(before), shareOf(due)),
    open: open.length,
    overdue: open.filter(({ dueAt }) => dueAt < toMs).length,
    ...(open.length === 0 ? {} : { oldestOpenMs: toMs - oldest }),
    ...(median && { median }),
    ...(p90 && { p90 }),
    ...(attention && { attention }),
  }
}

/** What was known then: a signature given later was not there. */
function asOf(review: ReviewRecord, toMs: number): ReviewRecord {
  const { signedAt, ...unsigned } = review
  return signedAt !== undefined && signedAt >= toMs ? unsigned : review
}

const dueIn = (reviews: readonly ReviewRecord[], { fromMs, toMs }: Period) =>
  reviews.filter(({ dueAt }) => dueAt >= fromMs && dueAt < toMs)
const inTime = ({ signedAt, dueAt }: ReviewRecord) => signedAt !== undefined && signedAt <= dueAt
const shareOf = (reviews: readonly ReviewRecord[]): Share => ({ x: reviews.filter(inTime).length, n: reviews.length })

function trendOf(before: Share, now: Share): ReviewNumbers['trend'] {
  if (before.n === 0 || now.n === 0 || fisherTest(before, now, 'mid') > 0.05) return 'level'
  return now.x * before.n > before.x * now.n ? 'better' : 'worse'
}

export interface WaiverNumbers {
  live: number
  /** Of the live ones, since the first of that gate and scope. Absent when none is live. */
  oldestMs?: number
  p90Ms?: number
  /** Live ones older than the program allows, of those it sets a bound for. */
  pastBound: number
  bounded: number
}

export function waiversOf(waivers: readonly WaiverRecord[], nowMs: number): WaiverNumbers {
  const live = waivers.filter(
    ({ firstAt, until, endedAt }) => firstAt <= nowMs && nowMs < Math.min(until, endedAt ?? until),
  )
  const ages = live.map(({ firstAt }) => ({ ms: nowMs - firstAt, open: false }))
  const [oldest, p90] = [quantileOf(ages, 1), quantileOf(ages, 0.9)]
  const bounded = live.filter(({ boundDays }) => boundDays !== undefined)
  return {
    live: live.length,
    ...(oldest && { oldestMs: oldest.ms }),
    ...(p90 && { p90Ms: p90.ms }),
    pastBound: bounded.filter(({ firstAt, boundDays = 0 }) => nowMs - firstAt > boundDays * dayMs).length,
    bounded: bounded.length,
  }
}

const dayMs = 86_400_000

export interface FollowUpNumbers {
  /** Those that fell due in the period: done by then, done later, and still not done. */
  due: number
  kept: number
  late: number
  missing: number
}

export function followUpsOf(followUps: readonly FollowUpRecord[], { fromMs, toMs }: Period): FollowUpNumbers {
  const due = followUps.filter(({ dueAt }) => dueAt >= fromMs && dueAt < toMs)
  const done = due.filter(({ doneAt }) => doneAt !== undefined && doneAt < toMs)
  const kept = done.filter(({ dueAt, doneAt = Number.POSITIVE_INFINITY }) => doneAt <= dueAt).length
  return { due: due.length, kept, late: done.length - kept, missing: due.length - done.length }
}

export interface DrillQuarter {
  /** Of the calendar year, UTC: `2026-Q1`. */
  quarter: string
  held: number
  /** `none held`, `1 held` … and `so far` while the quarter runs. */
  words: string
}

/** Every quarter that the period touches, also those in which none was held. */
export function drillsOf(drills: readonly number[], { fromMs, toMs }: Period): DrillQuarter[] {
  const from = quarterOf(fromMs)
  const last = quarterOf(Math.max(fromMs, toMs - 1))
  return Array.from({ length: last - from + 1 }, (_, i) => {
    const at = from + i
    const held = drills.filter(each => each < toMs && quarterOf(each) === at).length
    const running = quarterOf(toMs) === at
    const words = `${held === 0 ? 'none' : held} held${running ? ' so far' : ''}`
    return { quarter: `${Math.floor(at / 4)}-Q${(at % 4) + 1}`, held, words }
  })
}

/** Quarters since the year 0, UTC. */
function quarterOf(ms: number): number {
  const date = new Date(ms)
  return date.getUTCFullYear() * 4 + Math.floor(date.getUTCMonth() / 3)
}

export interface PathTime {
  /** Openings asked for in the period. */
  n: number
  /** From request to open. */
  median?: Quantile
  /** The gate's own: from asking to the pass. */
  gate?: Quantile
  /** The gate's wait as a multiple of the path's; under 1 the path is slower than what it goes around. */
  times?: number
}

export function pathTimeOf(openings: readonly OpeningRecord[], waits: readonly GateWait[], period: Period): PathTime {
  const { fromMs, toMs } = period
  const inside = (at: number) => at >= fromMs && at < toMs
  const before = (at: number | undefined) => (at !== undefined && at < toMs ? at : undefined)
  const paths = openings
    .filter(({ requestedAt, openedAt }) => inside(requestedAt) && openedAt !== undefined)
    .map(({ requestedAt, openedAt }) => spanOf(requestedAt, before(openedAt), toMs))
  const own = waits
    .filter(({ askedAt }) => inside(askedAt))
    .map(({ askedAt, passedAt }) => spanOf(askedAt, before(passedAt), toMs))
  const [median, gate] = [quantileOf(paths, 0.5), quantileOf(own, 0.5)]
  return {
    n: paths.length,
    ...(median && { median }),
    ...(gate && { gate }),
    ...(median && gate && median.ms > 0 && { times: gate.ms / median.ms }),
  }
}

/** Of the uses that no grant sanctioned, those somebody told of first. It is to go up. */
export function disclosureShare(days: readonly GateDay[]): Rate {
  let [told, all] = [0, 0]
  for (const { counts } of days) {
    told += counts.disclosed ?? 0
    for (const outcome of unsanctioned) all += counts[outcome] ?? 0
  }
  return rateOf(told, all)
}

const unsanctioned = outcomes.filter(outcome => outcomeTable[outcome].numerator === 'unsanctioned')
