import { effectiveOf } from '../metrics/concentration.ts'
import { type Episode, episodesOf } from '../metrics/episodes.ts'
import type { BypassUse, GateActor, GateDay } from '../metrics/input.ts'
import type { GateLabel } from '../metrics/labels.ts'
import { rateOf } from '../metrics/rates.ts'
import type { GateHistory } from '../metrics/signals.ts'
import { dayText, quarterOf, weekdays, yearOf } from './calendar.ts'
import { type Counts, countsOf, type Frame, type Row } from './frame.ts'
import type { BaselineGate } from './report.ts'

/** Of one gate: what its label is computed from, and everything that is only counted. */
export interface GateCounts {
  history: GateHistory
  report: Omit<BaselineGate, 'label' | 'fired' | 'reason' | 'action' | 'window'>
}

const mostMax = 10

export function countGate(frame: Frame, name: string, gate: number): GateCounts {
  const around = frame.byTime.filter(landing => frame.history.wentAround(landing, frame.mapping, gate))
  const tables = countsOf(frame, around)
  // A rollback that went around a gate brought back what had passed it: it is in n and in no numerator.
  const uses = around.filter(landing => frame.isRollback[landing] !== 1 && frame.history.isPassage(landing, gate))
  const episodes = countEpisodes(frame, name, uses, tables)
  const bypassers = [...tables.people].filter(([, { bypassed, rollbacks }]) => bypassed > rollbacks)
  const effective = effectiveOf([...episodes.byPerson.values()])
  return {
    history: windowOf(
      frame,
      name,
      around.filter(landing => frame.history.isPassage(landing, gate)),
    ),
    report: {
      name,
      ...tables.total,
      rollbacksProven: tables.proven,
      episodes: episodes.count,
      years: inOrder(tables.years).map(([year, row]) => ({ year, ...rated(row) })),
      quarters: inOrder(tables.quarters).map(([quarter, row]) => {
        const { rate: _, ...rest } = rated(row)
        return { quarter, ...rest }
      }),
      weekdays: weekdays.map((weekday, at) => ({ weekday, ...counted(tables.weekdays[at]) })),
      people: {
        bypassers: bypassers.length,
        ...(effective === undefined ? {} : { effective }),
        most: bypassers
          .map(([author, counts]) => ({ person: frame.personOf(author), ...counts }))
          .toSorted((a, b) => b.bypassed - b.rollbacks - (a.bypassed - a.rollbacks) || b.passages - a.passages)
          .slice(0, mostMax),
      },
      remarks: [],
    },
  }
}

const counted = (counts: Counts | undefined): Counts => counts ?? { passages: 0, bypassed: 0, rollbacks: 0 }

function rated(row: Row) {
  const { rate, interval } = rateOf(row.episodes, row.passages)
  return { ...row, ...(rate === undefined ? {} : { rate }), interval }
}

const inOrder = <Key extends string | number, Value>(map: ReadonlyMap<Key, Value>): [Key, Value][] =>
  [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))

/**
 * Episodes are made a year at a time, so that memory is bounded by the busiest year; one that goes on over New Year counts
 * in both.
 */
function countEpisodes(
  frame: Frame,
  gate: string,
  landings: readonly number[],
  { years, quarters }: Pick<ReturnType<typeof countsOf>, 'years' | 'quarters'>,
) {
  const byPerson = new Map<string, number>()
  let count = 0
  let [year, uses]: [number, BypassUse[]] = [Number.NaN, []]
  const close = () => {
    const episodes = episodesOf(uses)
    count += episodes.length
    for (const { at, actor } of episodes) {
      for (const row of [years.get(yearOf(at)), quarters.get(quarterOf(at))]) if (row) row.episodes += 1
      if (actor !== undefined) byPerson.set(actor, (byPerson.get(actor) ?? 0) + 1)
    }
    uses = []
  }
  for (const landing of landings) {
    const use = useOf(frame, gate, landing)
    if (yearOf(use.at) !== year) close()
    year = yearOf(use.at)
    uses.push(use)
  }
  close()
  return { count, byPerson }
}

function useOf(frame: Frame, gate: string, landing: number): BypassUse {
  return {
    gate,
    at: frame.history.atSeconds(landing) * 1000,
    day: dayText(frame.dayOf(landing)),
    actor: frame.personOf(frame.history.authorOf(landing)),
    // A history cannot say that anybody allowed it.
    outcome: 'bypassed_unsanctioned',
  }
}

function windowOf(frame: Frame, gate: string, around: readonly number[]): GateHistory {
  const { days: passages, actors, from, to } = frame.window
  const bypassed = new Map<number, { rollbacks: number; uses: number }>()
  const uses: BypassUse[] = []
  for (const landing of around) {
    const day = frame.dayOf(landing)
    if (day < from || day > to) continue
    const each = bypassed.get(day) ?? { rollbacks: 0, uses: 0 }
    bypassed.set(day, each)
    if (frame.isRollback[landing] === 1) each.rollbacks += 1
    else {
      each.uses += 1
      uses.push(useOf(frame, gate, landing))
    }
  }
  const dayOf = ([day, n]: readonly [number, number]): GateDay => {
    const { rollbacks, uses: x } = bypassed.get(day) ?? { rollbacks: 0, uses: 0 }
    const counts = { passed: n - rollbacks - x, preapproved: rollbacks, bypassed_unsanctioned: x }
    return { gate, day: dayText(day), counts, duringIncident: 0 }
  }
  const episodes: Episode[] = episodesOf(uses)
  return {
    gate,
    days: [...passages].map(dayOf),
    episodes,
    actors: [...actors].map(([author, n]): GateActor => ({ gate, actor: frame.personOf(author), n })),
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
