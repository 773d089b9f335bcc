import { addDays, formatLocalDate, type LocalDate } from '@breakglass/core/calendar'
import type { Episode, GateDay, GateHistory } from '@breakglass/core/metrics'
import type { Rx } from '../store/store.ts'
import { datesOf, unpackDays } from './packed-days.ts'

/** First and last local date, both within. */
export interface Span {
  from: string
  to: string
}

/** So many days up to and with the one before `end`. */
export function spanBefore(end: LocalDate, days: number): Span {
  return { from: formatLocalDate(addDays(end, -days)), to: formatLocalDate(addDays(end, -1)) }
}

/** Fewer passages than this share that name somebody, and nobody's share of them can be told. */
const namedShareMin = 0.95

/** An episode as its row has it. */
export interface KnownEpisode extends Episode {
  id: string
}

export interface KnownHistory extends GateHistory {
  episodes: readonly KnownEpisode[]
}

/** Every gate's days, episodes and people in a span: one query each, however many gates there are. */
export async function historiesOf(rx: Rx, gates: readonly string[], span: Span): Promise<KnownHistory[]> {
  const [days, episodes, actors] = [await daysOf(rx, span), await episodesIn(rx, span), await actorsOf(rx, span)]
  return gates.map(gate => ({
    gate,
    days: days.get(gate) ?? [],
    episodes: episodes.get(gate) ?? [],
    actors: namedActors(actors.get(gate) ?? []),
  }))
}

async function daysOf(rx: Rx, { from, to }: Span): Promise<Map<string, GateDay[]>> {
  const rows = await rx.db
    .selectFrom('gate_month')
    .selectAll()
    .where('month', '>=', from.slice(0, 7))
    .where('month', '<=', to.slice(0, 7))
    .orderBy('month')
    .execute()
  const dates = new Map([...new Set(rows.map(({ month }) => month))].map(month => [month, datesOf(month)] as const))
  const days = new Map<string, GateDay[]>()
  for (const { gate, month, days: packed } of rows) {
    const read = unpackDays(gate, packed, dates.get(month) ?? [])
    const isWhole = `${month}-01` >= from && `${month}-31` <= to
    const within = isWhole ? read : read.filter(({ day }) => day >= from && day <= to)
    const of = days.get(gate)
    if (of === undefined) days.set(gate, within)
    else for (const day of within) of.push(day)
  }
  return days
}

async function episodesIn(rx: Rx, { from, to }: Span): Promise<Map<string, KnownEpisode[]>> {
  const rows = await rx.db
    .selectFrom('episode')
    .selectAll()
    .where('day', '>=', from)
    .where('day', '<=', to)
    .orderBy('at')
    .orderBy('id')
    .execute()
  const known = rows.map(
    ({ id, gate, at, day, actor, incident_id, sanctioned, in_person_signals, uses }): KnownEpisode => ({
      id,
      gate,
      at,
      day,
      ...(actor !== null && { actor }),
      ...(incident_id !== null && { incident: incident_id }),
      sanctioned: sanctioned === 1,
      inPersonSignals: in_person_signals === 1,
      uses,
    }),
  )
  return Map.groupBy(known, ({ gate }) => gate)
}

interface ActorRow {
  gate: string
  actor: string
  n: number
}

async function actorsOf(rx: Rx, { from, to }: Span): Promise<Map<string, ActorRow[]>> {
  const rows = await rx.db
    .selectFrom('gate_actor_month')
    .select(eb => ['gate', 'actor', eb.fn.sum<number>('outside').as('n')])
    .where('month', '>=', from.slice(0, 7))
    .where('month', '<=', to.slice(0, 7))
    .groupBy(['gate', 'actor'])
    .orderBy('gate')
    .orderBy('actor')
    .execute()
  return Map.groupBy(
    rows.map(({ gate, actor, n }) => ({ gate, actor, n: Number(n) })),
    ({ gate }) => gate,
  )
}

/** Whose share of the passages is not known has no share of the bypasses either (docs/landings.md "Passages"). */
function namedActors(rows: readonly ActorRow[]): ActorRow[] {
  const named = rows.filter(({ actor }) => actor !== '')
  const sum = (of: readonly ActorRow[]) => of.reduce((total, { n }) => total + n, 0)
  return sum(named) >= namedShareMin * sum(rows) ? named : []
}
