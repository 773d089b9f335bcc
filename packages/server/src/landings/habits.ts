import { localHourOf } from '@breakglass/core/calendar'
import { type GateHour, type Habit, type HabitInput, habitsOf } from '@breakglass/core/metrics'
import type { Rx } from '../store/store.ts'
import type { Span } from './histories.ts'
import type { GateNumbers, ProgramNumbers } from './numbers.ts'

/**
 * Hours of the day at which gates are gone around far more than their passages explain; all gates together, because so many
 * are asked. Passages by hour are kept by month, so they are those of all months that the span touches: their shares count.
 */
export async function habitsIn(rx: Rx, { gates, labelled }: ProgramNumbers): Promise<Habit[]> {
  const hours = await hoursIn(rx, labelled)
  return habitsOf(gates.map(one => inputOf(one, hours.get(one.gate.name) ?? [])))
}

function inputOf({ gate, history }: GateNumbers, hours: readonly GateHour[]): HabitInput {
  const episodes = history.episodes.map(episode => ({ ...episode, hour: localHourOf(episode.at, gate.timezone) }))
  return { history: { ...history, episodes }, hours }
}

async function hoursIn(rx: Rx, { from, to }: Span): Promise<Map<string, GateHour[]>> {
  const rows = await rx.db
    .selectFrom('gate_hour')
    .select(eb => ['gate', 'hour', eb.fn.sum<number>('passages').as('n')])
    .where('month', '>=', from.slice(0, 7))
    .where('month', '<=', to.slice(0, 7))
    .groupBy(['gate', 'hour'])
    .execute()
  // PostgreSQL gives the sum of whole numbers as text.
  return Map.groupBy(
    rows.map(({ gate, hour, n }) => ({ gate, hour, n: Number(n) })),
    ({ gate }) => gate,
  )
}
