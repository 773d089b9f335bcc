import { knownOutcomes, type Outcome, outcomes } from '@breakglass/core/metrics'
import type { Rx, Tx } from '../store/store.ts'
import { type IncidentWindow, inWindows } from './incident-windows.ts'

export interface DayCell {
  gate: string
  day: string
  windows: readonly IncidentWindow[]
}

/** One gate's day, counted from its passages; a day without any has no row. */
export async function rollDay(tx: Tx, cell: DayCell): Promise<void> {
  const { gate, day } = cell
  const counts = await countsOf(tx, cell)
  const during = await duringOf(tx, cell)
  await tx.db.deleteFrom('gate_day').where('gate', '=', gate).where('day', '=', day).execute()
  for (const [zone, rows] of Map.groupBy(counts, row => row.zone)) {
    const of = (outcome: Outcome) => rows.find(row => row.outcome === outcome)?.count ?? 0
    const columns = Object.fromEntries(outcomes.map(outcome => [outcome, of(outcome)])) as Record<Outcome, number>
    await tx.db
      .insertInto('gate_day')
      .values({ gate, day, zone, ...columns, during_incident: during.get(zone) ?? 0 })
      .execute()
  }
}

function countsOf(rx: Rx, { gate, day }: DayCell) {
  return rx.db
    .selectFrom('passage')
    .select(eb => ['zone', 'outcome', eb.fn.countAll<number>().as('count')])
    .where('gate', '=', gate)
    .where('day', '=', day)
    .groupBy(['zone', 'outcome'])
    .orderBy('zone')
    .execute()
}

async function duringOf(rx: Rx, { gate, day, windows }: DayCell): Promise<Map<string, number>> {
  const rows = await rx.db
    .selectFrom('passage')
    .select(eb => ['zone', eb.fn.countAll<number>().as('count')])
    .where('gate', '=', gate)
    .where('day', '=', day)
    .where('outcome', 'in', knownOutcomes)
    .where(eb => inWindows(eb, windows))
    .groupBy('zone')
    .execute()
  return new Map(rows.map(({ zone, count }) => [zone, count]))
}
