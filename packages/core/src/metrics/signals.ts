import { type Digest, weekdayOf } from './digest.ts'
import type { Episode } from './episodes.ts'
import { binomialMidP, type Share } from './exact.ts'
import type { GateActor, GateDay } from './input.ts'
import { type Dispersion, dispersionOf, risingP } from './trend.ts'

/** One gate over the window to classify: 26 weeks, at least 13. Days are in the gate's zone. */
export interface GateHistory {
  gate: string
  days: readonly GateDay[]
  episodes: readonly Episode[]
  actors: readonly GateActor[]
}

/** What has far more than its share: x of the episodes, n of the passages, and the p-value before gates are compared. */
export interface Candidate<Key> extends Share {
  key: Key
  p: number
}

export interface ShareRule {
  /** Dates on which it must have happened: one bad day is not a pattern. */
  datesMin: number
  /** Its rate as a multiple of the rest's. */
  timesMin: number
  /** Of all episodes. */
  shareMin: number
}

/**
 * Of classes that share the passages, the one whose share of episodes is furthest beyond its share of passages. Counted in
 * episodes and again in dates, and both must show it (mid-p, Bonferroni over classes).
 */
export function shareCandidate<Key>(
  classes: readonly { key: Key; n: number }[],
  events: readonly { key: Key; day: string }[],
  { datesMin, timesMin, shareMin }: ShareRule,
): Candidate<Key> | undefined {
  const all = classes.reduce((sum, { n }) => sum + n, 0)
  const possible = classes.filter(({ n }) => n > 0).length
  const counts = new Map<Key, { x: number; days: Set<string> }>()
  for (const { key, day } of events) {
    const own = counts.get(key) ?? { x: 0, days: new Set() }
    own.x += 1
    counts.set(key, { ...own, days: own.days.add(day) })
  }
  const dates = [...counts.values()].reduce((sum, { days }) => sum + days.size, 0)
  const found = classes.flatMap(({ key, n }): Candidate<Key>[] => {
    const { x = 0, days } = counts.get(key) ?? {}
    const xDates = days?.size ?? 0
    if (xDates < datesMin || x < shareMin * events.length) return []
    if (x * (all - n) < timesMin * (events.length - x) * n) return []
    const p = Math.max(binomialMidP(x, events.length, n / all), binomialMidP(xDates, dates, n / all))
    return [{ key, x, n, p: Math.min(1, p * possible) }]
  })
  return found.toSorted((a, b) => a.p - b.p)[0]
}

/** Undefined when a gate has too few episodes to be asked at all: then it is in no family of tests. */
export type Asked<Key> = { found?: Candidate<Key> } | undefined

const personEpisodesMin = 3
const weekdayEpisodesMin = 8
const risingEpisodesMin = 6
/** A quarter: under it a trend is not told from a busy fortnight. */
const risingWeeksMin = 13

/** The person with a pattern. What they did on call is laid to the rota, and is looked at neither here nor in their passages. */
export function personCandidate({ actors }: GateHistory, { outside }: Digest): Asked<string> {
  const own = outside.filter(({ inPersonSignals, onCall }) => inPersonSignals && onCall !== true)
  if (own.length < personEpisodesMin) return undefined
  const classes = actors.map(({ actor, n, onCall = 0 }) => ({ key: actor, n: n - onCall }))
  const events = own.flatMap(({ actor, day }) => (actor === undefined ? [] : [{ key: actor, day }]))
  const found = shareCandidate(classes, events, { datesMin: 3, timesMin: 3, shareMin: 0.4 })
  return found ? { found } : {}
}

/** The weekday that has far more than its share. */
export function weekdayCandidate({ outside, weekdays }: Digest): Asked<number> {
  if (outside.length < weekdayEpisodesMin) return undefined
  const classes = weekdays.map((n, key) => ({ key, n }))
  const events = outside.map(({ day }) => ({ key: weekdayOf(day), day }))
  const found = shareCandidate(classes, events, { datesMin: 3, timesMin: 2.5, shareMin: 0 })
  return found ? { found } : {}
}

export interface Rise {
  weeks: Share[]
  /** The second half of the window has at least half as much again as the first. */
  large: boolean
  dispersion: Dispersion
}

/** A rise of the sum of sanctioned and unsanctioned outside incidents, over at least a quarter. */
export function riseOf({ weeks }: Digest): Rise | undefined {
  const out = weeks.map(week => week.out)
  const middle = Math.floor(out.length / 2)
  const [before, after] = [sumOf(out.slice(0, middle)), sumOf(out.slice(middle))]
  if (out.length < risingWeeksMin || before.x + after.x < risingEpisodesMin) return undefined
  const large = after.x * before.n >= 1.5 * before.x * after.n
  return { weeks: out, large, dispersion: dispersionOf(out) }
}

/** One-sided; 1 where the rise is too small to be told, which costs the other gates nothing. */
export const riseP = ({ weeks, large }: Rise, varying: number): number => (large ? risingP(weeks, varying) : 1)

const sumOf = (weeks: readonly Share[]): Share =>
  weeks.reduce((sum, { x, n }) => ({ x: sum.x + x, n: sum.n + n }), { x: 0, n: 0 })
