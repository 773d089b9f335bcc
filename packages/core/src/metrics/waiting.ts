import { longerP, type Quantile, quantileOf, type Span, spanOf } from './durations.ts'
import type { CheckRun, ReviewWait } from './input-why.ts'

const spansMin = 20
const shareMin = 8
const largeTimes = 2
const changedTimes = 1.25
const surelyP = 0.05

export interface Durations {
  n: number
  p50?: Quantile
  p95?: Quantile
  /** Second half against first, by the rank test, and at least a quarter longer or shorter; absent under 20 runs. */
  trend?: 'longer' | 'shorter' | 'level'
}

/** How long the check takes. Of runs of one gate that ended; a run that was never heard of again has no length. */
export function durationsOf(runs: readonly CheckRun[]): Durations {
  const spans = runs
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .flatMap(({ startedAt, endedAt }) => (endedAt === undefined ? [] : [spanOf(startedAt, endedAt, endedAt)]))
  const [p50, p95] = [quantileOf(spans, 0.5), quantileOf(spans, 0.95)]
  const trend = spans.length >= spansMin ? trendOf(spans) : undefined
  return { n: spans.length, ...(p50 && { p50 }), ...(p95 && { p95 }), ...(trend && { trend }) }
}

function trendOf(spans: readonly Span[]): NonNullable<Durations['trend']> {
  const middle = Math.floor(spans.length / 2)
  const [before, after] = [spans.slice(0, middle), spans.slice(middle)]
  const median = (of: readonly Span[]) => quantileOf(of, 0.5)?.ms ?? 0
  // Both directions are asked, so each has half of the error.
  const longer = (first: readonly Span[], second: readonly Span[]) =>
    median(first) >= changedTimes * median(second) && longerP(first, second) <= surelyP / 2
  if (longer(after, before)) return 'longer'
  return longer(before, after) ? 'shorter' : 'level'
}

export interface WaitCell {
  n: number
  median?: Quantile
}

export interface Waiting extends WaitCell {
  p90?: Quantile
  /** By when it was asked for, in the gate's zone; 0 is Sunday, and midnight. */
  weekdays: readonly WaitCell[]
  hours: readonly WaitCell[]
  /** The weekday on which a review takes at least twice as long as on the others, beyond chance. */
  slowWeekday?: SlowWeekday
}

export interface SlowWeekday {
  weekday: number
  n: number
  median: Quantile
  others: Quantile
}

/** How long a change of one gate waits for a review. An open wait counts as at least its age at `nowMs`. */
export function waitingOf(waits: readonly ReviewWait[], nowMs: number): Waiting {
  const known = waits.filter(({ askedAt }) => askedAt < nowMs)
  const span = ({ askedAt, givenAt }: ReviewWait): Span =>
    spanOf(askedAt, givenAt !== undefined && givenAt < nowMs ? givenAt : undefined, nowMs)
  const cell = (of: readonly ReviewWait[]): WaitCell => {
    const median = quantileOf(of.map(span), 0.5)
    return { n: of.length, ...(median && { median }) }
  }
  const p90 = quantileOf(known.map(span), 0.9)
  const slow = slowWeekdayOf(known, span)
  return {
    ...cell(known),
    ...(p90 && { p90 }),
    weekdays: Array.from({ length: 7 }, (_, day) => cell(known.filter(({ weekday }) => weekday === day))),
    hours: Array.from({ length: 24 }, (_, at) => cell(known.filter(({ hour }) => hour === at))),
    ...(slow && { slowWeekday: slow }),
  }
}

function slowWeekdayOf(waits: readonly ReviewWait[], span: (wait: ReviewWait) => Span): SlowWeekday | undefined {
  const days = [...new Set(waits.map(({ weekday }) => weekday))]
  const found = days.flatMap(day => {
    const own = waits.filter(({ weekday }) => weekday === day).map(span)
    const rest = waits.filter(({ weekday }) => weekday !== day).map(span)
    const [median, others] = [quantileOf(own, 0.5), quantileOf(rest, 0.5)]
    if (own.length < shareMin || rest.length < shareMin || !median || !others) return []
    if (median.ms < largeTimes * others.ms || longerP(own, rest) * days.length > surelyP) return []
    return [{ weekday: day, n: own.length, median, others }]
  })
  return found.toSorted((a, b) => b.median.ms - a.median.ms)[0]
}
