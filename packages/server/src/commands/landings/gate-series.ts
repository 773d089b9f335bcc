import { type GateDay, type GateHistory, knownOutcomes } from '@breakglass/core/metrics'
import type { Span } from '../../landings/histories.ts'
import type { Rx } from '../../store/store.ts'
import type { ReplyOf } from '../points/body-of.ts'

type Shown = ReplyOf<'showGateNumbers'>

const dayMs = 86_400_000
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Weeks of seven days from the first of the span, also those in which nothing landed. */
export function weeksOf({ days, episodes }: GateHistory, { from, to }: Span): Shown['weeks'] {
  const [first, last] = [Date.parse(from), Date.parse(to)]
  const weeks: Shown['weeks'] = []
  for (let at = first; at <= last; at += 7 * dayMs) {
    const span = { from: dayOf(at), to: dayOf(Math.min(last, at + 6 * dayMs)) }
    const isIn = ({ day }: { day: string }) => day >= span.from && day <= span.to
    const of = days.filter(isIn)
    const bypasses = episodes.filter(isIn)
    const sanctioned = bypasses.filter(episode => episode.sanctioned).length
    weeks.push({
      ...span,
      passages: sum(of, knownOf),
      unknown: sum(of, ({ counts }) => counts.unknown ?? 0),
      sanctioned,
      unsanctioned: bypasses.length - sanctioned,
      during: sum(of, ({ duringIncident }) => duringIncident),
    })
  }
  return weeks
}

const sum = (days: readonly GateDay[], of: (day: GateDay) => number): number =>
  days.reduce((total, day) => total + of(day), 0)

const knownOf = ({ counts }: GateDay): number =>
  knownOutcomes.reduce((total, outcome) => total + (counts[outcome] ?? 0), 0)

/** Weekday by hour over the months that the span touches. */
export async function hoursOf(rx: Rx, gate: string, { from, to }: Span): Promise<Shown['hours']> {
  const rows = await rx.db
    .selectFrom('gate_hour')
    .select(eb => [
      'weekday',
      'hour',
      eb.fn.sum<number>('passages').as('passages'),
      eb.fn.sum<number>('bypassed').as('bypassed'),
    ])
    .where('gate', '=', gate)
    .where('month', '>=', from.slice(0, 7))
    .where('month', '<=', to.slice(0, 7))
    .groupBy(['weekday', 'hour'])
    .orderBy('weekday')
    .orderBy('hour')
    .execute()
  // PostgreSQL gives the sum of whole numbers as text.
  return rows.map(row => ({ ...row, passages: Number(row.passages), bypassed: Number(row.bypassed) }))
}
