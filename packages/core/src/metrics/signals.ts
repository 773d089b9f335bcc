import type { Episode } from './episodes.ts'
import { binomialMidP, type Share } from './exact.ts'
import type { GateActor, GateDay } from './input.ts'
import { risingP } from './trend.ts'
import { knownOf } from './rates.ts'

/** One gate over the window to classify: 26 weeks, at least 13. Days are in the gate's zone. */
export interface GateHistory {
  gate: string
  days: readonly GateDay[]
  episodes: readonly Episode[]
  actors: readonly GateActor[]
}

/** A test's p-value before it is compared across gates, and whether the effect is large enough to be told. */
export interface Candidate {
  p: number
  large: boolean
}
export interface PersonCandidate extends Candidate, Share {
  actor: string
}
export interface WeekdayCandidate extends Candidate, Share {
  /** 0 is Sunday. */
  weekday: number
}

/** Days since 1970 of a local date. */
const dayNumber = (day: string): number =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8))) / 86_400_000
/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: string): number => (dayNumber(day) + 4) % 7
const outside = (episodes: readonly Episode[]) => episodes.filter(({ incident }) => incident === undefined)
const distinct = (values: readonly unknown[]): number => new Set(values).size

/** Weeks from the window's first day: passages and episodes outside incidents. */
export function weeksOf({ days, episodes }: GateHistory): Share[] {
  const first = days.reduce((least, { day }) => Math.min(least, dayNumber(day)), Number.POSITIVE_INFINITY)
  const weeks: Share[] = []
  const week = (day: string): Share => (weeks[Math.floor((dayNumber(day) - first) / 7)] ??= { x: 0, n: 0 })
  for (const day of days) week(day.day).n += knownOf(day) - day.duringIncident
  for (const { day } of outside(episodes)) if (dayNumber(day) >= first) week(day).x += 1
  return Array.from(weeks, each => each ?? { x: 0, n: 0 })
}

const half = (weeks: readonly Share[]): Share =>
  weeks.reduce((sum, { x, n }) => ({ x: sum.x + x, n: sum.n + n }), { x: 0, n: 0 })

const risingEpisodesMin = 6
/** A quarter: under it a trend is not told from a busy fortnight. */
const risingWeeksMin = 13
const weekdayEpisodesMin = 8

/** A rise of the sum of sanctioned and unsanctioned: at least six episodes and half as much again. */
export function risingCandidate(history: GateHistory): Candidate {
  if (outside(history.episodes).length < risingEpisodesMin) return { p: 1, large: false }
  const weeks = weeksOf(history)
  if (weeks.length < risingWeeksMin) return { p: 1, large: false }
  const middle = Math.floor(weeks.length / 2)
  const [before, after] = [half(weeks.slice(0, middle)), half(weeks.slice(middle))]
  const large = before.x + after.x >= risingEpisodesMin && after.x * before.n >= 1.5 * before.x * after.n
  return { p: large ? risingP(weeks) : 1, large }
}

/**
 * The person whose share of episodes is furthest beyond their share of passages. Counted in episodes and again in days,
 * and both must show it: one bad day is not a pattern.
 */
export function personCandidate({ episodes, actors }: GateHistory): PersonCandidate | undefined {
  const own = outside(episodes).filter(({ inPersonSignals }) => inPersonSignals)
  const all = actors.reduce((sum, { n }) => sum + n, 0)
  const days = distinct(own.map(({ actor, day }) => `${actor} ${day}`))
  const candidates = actors.map(({ actor, n }) => {
    const theirs = own.filter(episode => episode.actor === actor)
    const [x, xDays] = [theirs.length, distinct(theirs.map(({ day }) => day))]
    const p = () => Math.max(binomialMidP(x, own.length, n / all), binomialMidP(xDays, days, n / all))
    const large = xDays >= 3 && x >= 0.4 * own.length && x * (all - n) >= 3 * (own.length - x) * n
    return { actor, x, n, large, p: large ? Math.min(1, p() * actors.length) : 1 }
  })
  return candidates.filter(({ large }) => large).toSorted((a, b) => a.p - b.p)[0]
}

/** The weekday that has far more than its share, on at least three different dates. */
export function weekdayCandidate({ days, episodes }: GateHistory): WeekdayCandidate | undefined {
  const out = outside(episodes)
  if (out.length < weekdayEpisodesMin) return undefined
  const n = Array.from({ length: 7 }, () => 0)
  for (const day of days) n[weekdayOf(day.day)] = (n[weekdayOf(day.day)] ?? 0) + knownOf(day) - day.duringIncident
  const all = n.reduce((sum, each) => sum + each, 0)
  const worked = n.filter(each => each > 0).length
  const dates = distinct(out.map(({ day }) => day))
  const candidates = n.map((nDay, weekday) => {
    const theirs = out.filter(({ day }) => weekdayOf(day) === weekday)
    const [x, xDates] = [theirs.length, distinct(theirs.map(({ day }) => day))]
    const p = () => Math.max(binomialMidP(x, out.length, nDay / all), binomialMidP(xDates, dates, nDay / all))
    const large = xDates >= 3 && x * (all - nDay) >= 2.5 * (out.length - x) * nDay
    return { weekday, x, n: nDay, large, p: large ? Math.min(1, p() * worked) : 1 }
  })
  return candidates.filter(({ large }) => large).toSorted((a, b) => a.p - b.p)[0]
}
