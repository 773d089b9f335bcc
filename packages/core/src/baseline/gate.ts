import {
  type BypassUse,
  effectiveOf,
  type Episode,
  episodesOf,
  type GateActor,
  type GateDay,
  type GateHistory,
  type GateLabel,
  rateOf,
} from '../metrics/index.ts'
import { dayText, quarterOf, weekdayOf, weekdays, yearOf } from './calendar.ts'
import type { History } from './history.ts'
import type { BaselineGate } from './report.ts'

/** What the landings of one history have in common, worked out once for all gates. */
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
  /** By author: the pseudonym's number. */
  pseudonyms: readonly number[]
  /** The days that are labelled, both inclusive. */
  window: { from: number; to: number }
}

/** Of one gate: what its label is computed from, and everything that is only counted. */
export interface GateCounts {
  history: GateHistory
  report: Omit<BaselineGate, 'label' | 'fired' | 'reason' | 'action' | 'window'>
}

const mostMax = 10
const msOf = (frame: Frame, landing: number) => frame.history.atSeconds(landing) * 1000
const person = (number: number) => `person-${number}`

export function countGate(frame: Frame, name: string, gate: number): GateCounts {
  const { history, mapping } = frame
  const around = (landing: number) => history.wentAround(landing, mapping, gate)
  const tables = tablesOf(frame, around)
  const episodes = countEpisodes(frame, name, around, tables)
  const people = [...tables.people.entries()].map(([number, counts]) => ({ person: person(number), ...counts }))
  const bypassers = people.filter(({ bypassed, rollbacks }) => bypassed > rollbacks)
  const effective = effectiveOf([...episodes.byPerson.values()])
  return {
    history: windowOf(frame, name, around),
    report: {
      name,
      ...tables.total,
      rollbacksProven: tables.proven,
      episodes: episodes.count,
      years: [...tables.years.entries()]
        .toSorted(([a], [b]) => a - b)
        .map(([year, row]) => {
          const { rate, interval } = rateOf(row.episodes, row.passages)
          return { year, ...row, ...(rate === undefined ? {} : { rate }), interval }
        }),
      quarters: [...tables.quarters.entries()]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([quarter, row]) => ({ quarter, ...row, interval: rateOf(row.episodes, row.passages).interval })),
      weekdays: weekdays.map((weekday, at) => ({ weekday, ...(tables.weekdays[at] ?? none()) })),
      people: {
        bypassers: bypassers.length,
        ...(effective === undefined ? {} : { effective }),
        most: bypassers
          .toSorted((a, b) => b.bypassed - b.rollbacks - (a.bypassed - a.rollbacks) || b.passages - a.passages)
          .slice(0, mostMax),
      },
      remarks: [],
    },
  }
}

interface Counts {
  passages: number
  bypassed: number
  rollbacks: number
}
type Row = Counts & { episodes: number }

interface Tables {
  total: Counts
  /** Bypassed rollbacks that brought back an earlier tree. */
  proven: number
  years: Map<number, Row>
  quarters: Map<string, Row>
  weekdays: Counts[]
  people: Map<number, Counts>
}

const none = (): Counts => ({ passages: 0, bypassed: 0, rollbacks: 0 })

function tablesOf(frame: Frame, around: (landing: number) => boolean): Tables {
  const tables: Tables = {
    total: none(),
    proven: 0,
    years: new Map(),
    quarters: new Map(),
    weekdays: weekdays.map(none),
    people: new Map(),
  }
  for (const landing of frame.dated) {
    const ms = msOf(frame, landing)
    const bypassed = around(landing)
    const rollback = bypassed && frame.isRollback[landing] === 1
    if (rollback && frame.broughtBack[landing] === 1) tables.proven += 1
    const rows: (Counts | undefined)[] = [
      tables.total,
      at(tables.years, yearOf(ms), row),
      at(tables.quarters, quarterOf(ms), row),
      tables.weekdays[weekdayOf(frame.dayOf(landing))],
      at(tables.people, frame.pseudonyms[frame.history.authorOf(landing)] ?? 0, none),
    ]
    for (const each of rows) {
      if (each === undefined) continue
      each.passages += 1
      if (bypassed) each.bypassed += 1
      if (rollback) each.rollbacks += 1
    }
  }
  return tables
}

const row = (): Row => ({ ...none(), episodes: 0 })

function at<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

/**
 * Episodes are made a year at a time, so that memory is bounded by the busiest year; one that goes on over New Year counts
 * in both.
 */
function countEpisodes(frame: Frame, gate: string, around: (landing: number) => boolean, { years, quarters }: Tables) {
  const byPerson = new Map<string, number>()
  let count = 0
  let [year, uses]: [number, BypassUse[]] = [Number.NaN, []]
  const close = () => {
    const episodes = episodesOf(uses)
    count += episodes.length
    for (const { at: ms, actor } of episodes) {
      at(years, yearOf(ms), row).episodes += 1
      at(quarters, quarterOf(ms), row).episodes += 1
      if (actor !== undefined) byPerson.set(actor, (byPerson.get(actor) ?? 0) + 1)
    }
    uses = []
  }
  for (const landing of frame.byTime) {
    const of = yearOf(msOf(frame, landing))
    if (of !== year) close()
    year = of
    if (counts(frame, landing, around)) uses.push(useOf(frame, gate, landing))
  }
  close()
  return { count, byPerson }
}

/** A rollback that went around a gate brought back what had passed it: it counts in n and in no numerator. */
const counts = (frame: Frame, landing: number, around: (landing: number) => boolean) =>
  around(landing) && frame.isRollback[landing] !== 1

function useOf(frame: Frame, gate: string, landing: number): BypassUse {
  return {
    gate,
    at: msOf(frame, landing),
    day: dayText(frame.dayOf(landing)),
    actor: person(frame.pseudonyms[frame.history.authorOf(landing)] ?? 0),
    // A history cannot say that anybody allowed it.
    outcome: 'bypassed_unsanctioned',
  }
}

function windowOf(frame: Frame, gate: string, around: (landing: number) => boolean): GateHistory {
  const { from, to } = frame.window
  const days = new Map<number, Required<Record<'passed' | 'preapproved' | 'bypassed_unsanctioned', number>>>()
  for (let day = from; day <= to; day++) days.set(day, { passed: 0, preapproved: 0, bypassed_unsanctioned: 0 })
  const actors = new Map<number, number>()
  const uses: BypassUse[] = []
  for (const landing of frame.dated) {
    const day = days.get(frame.dayOf(landing))
    if (day === undefined) continue
    const author = frame.pseudonyms[frame.history.authorOf(landing)] ?? 0
    actors.set(author, (actors.get(author) ?? 0) + 1)
    if (!around(landing)) day.passed += 1
    else if (frame.isRollback[landing] === 1) day.preapproved += 1
    else {
      day.bypassed_unsanctioned += 1
      uses.push(useOf(frame, gate, landing))
    }
  }
  const episodes: Episode[] = episodesOf(uses)
  return {
    gate,
    days: [...days].map(([day, each]): GateDay => ({ gate, day: dayText(day), counts: each, duringIncident: 0 })),
    episodes,
    actors: [...actors].map(([number, n]): GateActor => ({ gate, actor: person(number), n })),
  }
}

/** What was counted and what it is called, as one row of the report. */
export function reportOf({ report }: GateCounts, label: GateLabel, window: { from: string; to: string }): BaselineGate {
  const { fired, reason, action, x, n, interval, minimumDetectable } = label
  return {
    ...report,
    label: label.label,
    fired,
    reason,
    action,
    window: { ...window, x, n, interval, ...(minimumDetectable === undefined ? {} : { minimumDetectable }) },
  }
}
