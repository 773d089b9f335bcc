import { localDays, quarterOf, weekdayOf, weekdays, yearOf } from './calendar.ts'
import type { History } from './history.ts'

export interface Counts {
  passages: number
  bypassed: number
  rollbacks: number
}
export type Row = Counts & { episodes: number }

/** What the landings of one history have in common, worked out once for all gates: every landing is a passage of each. */
export interface Frame {
  history: History
  /** Which of the history's mappings. */
  mapping: number
  /** Landings with a date, in the order in which they landed. */
  dated: readonly number[]
  /** The same by their dates, which need not be in that order. */
  byTime: readonly number[]
  /** By landing. */
  isRollback: Uint8Array
  broughtBack: Uint8Array
  dayOf(landing: number): number
  /** The pseudonym of an author. */
  personOf(author: number): string
  /** Passages of all years. */
  years: ReadonlyMap<number, number>
  quarters: ReadonlyMap<string, number>
  weekdays: readonly number[]
  authors: ReadonlyMap<number, number>
  /** The days that are labelled, both inclusive, with the passages of each, and of each author. */
  window: { from: number; to: number; days: ReadonlyMap<number, number>; actors: ReadonlyMap<number, number> }
}

const windowDays = 26 * 7
const dayMs = 86_400_000

/** Years that a four-digit date can say; git knows no time before 1970, and 0 is what it gives for one it cannot read. */
export const isDated = (history: History, landing: number): boolean => {
  const seconds = history.atSeconds(landing)
  return seconds > 0 && seconds < 253_402_300_800
}

export const isFuture = (history: History, landing: number, nowMs: number): boolean =>
  history.atSeconds(landing) * 1000 > nowMs + dayMs

export function frameOf(history: History, mapping: number, zone: string, nowMs: number): Frame {
  const dated: number[] = []
  for (let landing = history.length - 1; landing >= 0; landing--) if (isDated(history, landing)) dated.push(landing)
  const localDay = localDays(zone)
  const dayOf = (landing: number) => localDay(history.atSeconds(landing) * 1000)
  const numbers = pseudonymsOf(history)
  const broughtBack = history.broughtBack()
  return {
    history,
    mapping,
    dated,
    byTime: byTimeOf(history, dated),
    isRollback: rollbacksOf(history, mapping, broughtBack),
    broughtBack,
    dayOf,
    personOf: author => `person-${numbers[author] ?? 0}`,
    ...passagesOf(history, dated, dayOf),
    window: windowOf(
      history,
      dated.filter(landing => !isFuture(history, landing, nowMs)),
      dayOf,
    ),
  }
}

/** Most histories are in order already; asking costs less than sorting. */
function byTimeOf(history: History, dated: readonly number[]): readonly number[] {
  const inOrder = dated.every(
    (landing, at) => at === 0 || history.atSeconds(dated[at - 1] ?? 0) <= history.atSeconds(landing),
  )
  return inOrder ? dated : dated.toSorted((a, b) => history.atSeconds(a) - history.atSeconds(b))
}

/**
 * The same for one gate, where a forge's record says which landings were its passages. What went around it without being one,
 * because the record does not show its fellows, is in no passage and still in the frame: it is counted, and in no rate.
 */
export function narrowed(frame: Frame, gate: number): Frame {
  const { history, mapping, dayOf, window } = frame
  const isPassage = (landing: number) => history.isPassage(landing, gate)
  const belongs = (landing: number) => isPassage(landing) || history.wentAround(landing, mapping, gate)
  const dated = frame.dated.filter(belongs)
  return {
    ...frame,
    dated,
    byTime: frame.byTime.filter(belongs),
    ...passagesOf(history, dated, dayOf, isPassage),
    window: windowOf(history, frame.byTime.filter(isPassage), dayOf, window.to),
  }
}

function rollbacksOf(history: History, mapping: number, broughtBack: Uint8Array): Uint8Array {
  const byTree = history.mappings[mapping]?.rollback.tree === true
  return broughtBack.map((is, landing) => (history.isRollback(landing, mapping) || (byTree && is === 1) ? 1 : 0))
}

/** People are numbered in the order in which they first landed, so that the numbers stay when the history grows. */
function pseudonymsOf(history: History): number[] {
  const numbers: number[] = []
  let next = 1
  for (let landing = history.length - 1; landing >= 0; landing--) numbers[history.authorOf(landing)] ??= next++
  return numbers
}

function passagesOf(
  history: History,
  dated: readonly number[],
  dayOf: (landing: number) => number,
  isPassage: (landing: number) => boolean = () => true,
) {
  const utcDays = new Map<number, number>()
  const perWeekday = weekdays.map(() => 0)
  const authors = new Map<number, number>()
  for (const landing of dated) {
    const n = isPassage(landing) ? 1 : 0
    add(utcDays, Math.floor((history.atSeconds(landing) * 1000) / dayMs), n)
    add(authors, history.authorOf(landing), n)
    const weekday = weekdayOf(dayOf(landing))
    perWeekday[weekday] = (perWeekday[weekday] ?? 0) + n
  }
  const years = new Map<number, number>()
  const quarters = new Map<string, number>()
  for (const [day, n] of utcDays) {
    add(years, yearOf(day * dayMs), n)
    add(quarters, quarterOf(day * dayMs), n)
  }
  return { years, quarters, weekdays: perWeekday, authors }
}

function windowOf(
  history: History,
  landings: readonly number[],
  dayOf: (landing: number) => number,
  to = landings.reduce((latest, landing) => Math.max(latest, dayOf(landing)), 0),
): Frame['window'] {
  const from = to - windowDays + 1
  const days = new Map<number, number>()
  for (let day = from; day <= to; day++) days.set(day, 0)
  const actors = new Map<number, number>()
  for (const landing of landings) {
    const day = dayOf(landing)
    if (day < from || day > to) continue
    add(days, day)
    add(actors, history.authorOf(landing))
  }
  return { from, to, days, actors }
}

/** The tables of one gate: the history's passages, and which of them went around it. */
export function countsOf(frame: Frame, around: readonly number[]) {
  const row = (passages: number): Row => ({ passages, bypassed: 0, rollbacks: 0, episodes: 0 })
  const counts = (passages: number): Counts => ({ passages, bypassed: 0, rollbacks: 0 })
  const tables = {
    total: counts([...frame.years.values()].reduce((sum, n) => sum + n, 0)),
    /** Rollbacks that brought back an earlier tree. */
    proven: 0,
    years: new Map([...frame.years].map(([year, n]) => [year, row(n)])),
    quarters: new Map([...frame.quarters].map(([quarter, n]) => [quarter, row(n)])),
    weekdays: frame.weekdays.map(counts),
    people: new Map([...frame.authors].map(([author, n]) => [author, counts(n)])),
  }
  for (const landing of around) {
    const ms = frame.history.atSeconds(landing) * 1000
    const rollback = frame.isRollback[landing] === 1
    if (rollback && frame.broughtBack[landing] === 1) tables.proven += 1
    const cells = [
      tables.total,
      tables.years.get(yearOf(ms)),
      tables.quarters.get(quarterOf(ms)),
      tables.weekdays[weekdayOf(frame.dayOf(landing))],
      tables.people.get(frame.history.authorOf(landing)),
    ]
    for (const cell of cells) {
      if (cell === undefined) continue
      cell.bypassed += 1
      if (rollback) cell.rollbacks += 1
    }
  }
  return tables
}

function add<Key>(map: Map<Key, number>, key: Key, n = 1): void {
  map.set(key, (map.get(key) ?? 0) + n)
}
