import type { Episode } from './episodes.ts'
import type { Share } from './exact.ts'
import type { GateDay } from './input.ts'
import { knownOf } from './rates.ts'
import type { GateHistory } from './signals.ts'

export interface Week {
  /** Known passages, episodes, and those of them that were sanctioned. */
  n: number
  x: number
  s: number
  /** Outside verified incidents. */
  out: Share
}

/** What every test of a gate begins with, from one pass over its days. */
export interface Digest {
  n: number
  during: number
  from: string
  to: string
  weeks: Week[]
  /** Known passages outside incidents by weekday; 0 is Sunday. */
  weekdays: number[]
  /** Episodes outside incidents. */
  outside: Episode[]
}

/** Days since 1970 of a local date. */
const dayNumber = (day: string): number =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8))) / 86_400_000
/** 1970-01-01 was a Thursday. */
export const weekdayOf = (day: string): number => weekdayOfNumber(dayNumber(day))
const weekdayOfNumber = (day: number): number => (day + 4) % 7

/** Days since 1970, read once for each text: gates share their days. */
export type DayNumbers = (day: string) => number

export function dayNumbers(): DayNumbers {
  const known = new Map<string, number>()
  return day => {
    const found = known.get(day)
    if (found !== undefined) return found
    const number = dayNumber(day)
    known.set(day, number)
    return number
  }
}

const emptyWeek = (): Week => ({ n: 0, x: 0, s: 0, out: { x: 0, n: 0 } })

export function digestOf({ days, episodes }: Pick<GateHistory, 'days' | 'episodes'>, numberOf: DayNumbers): Digest {
  const [from, to] = endsOf(days)
  const digest: Digest = { n: 0, during: 0, from, to, weeks: [], weekdays: [0, 0, 0, 0, 0, 0, 0], outside: [] }
  if (days.length === 0) return { ...digest, outside: outside(episodes) }
  const first = numberOf(from)
  const { weeks, weekdays } = digest
  for (let week = Math.floor((numberOf(to) - first) / 7); week >= 0; week--) weeks.push(emptyWeek())
  for (const day of days) {
    const number = numberOf(day.day)
    const known = knownOf(day)
    const out = known - day.duringIncident
    const week = weeks[Math.floor((number - first) / 7)] ?? emptyWeek()
    week.n += known
    week.out.n += out
    const weekday = weekdayOfNumber(number)
    weekdays[weekday] = (weekdays[weekday] ?? 0) + out
    digest.n += known
    digest.during += day.duringIncident
  }
  for (const episode of episodes) {
    const isOutside = episode.incident === undefined
    if (isOutside) digest.outside.push(episode)
    // Before the first day there are no passages it could be a share of.
    const week = weeks[Math.floor((numberOf(episode.day) - first) / 7)]
    if (week === undefined) continue
    week.x += 1
    if (episode.sanctioned) week.s += 1
    if (isOutside) week.out.x += 1
  }
  return digest
}

function endsOf(days: readonly GateDay[]): [string, string] {
  let [from, to] = [days[0]?.day ?? '', days[0]?.day ?? '']
  for (const { day } of days) {
    if (day < from) from = day
    else if (day > to) to = day
  }
  return [from, to]
}

const outside = (episodes: readonly Episode[]) => episodes.filter(({ incident }) => incident === undefined)
