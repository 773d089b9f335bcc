import { type GateDay, outcomes } from '@breakglass/core/metrics'
import type { Rx } from '../store/store.ts'

/** The counted days of all gates from the one date, up to and without the other; a day without passages is absent. */
export async function gateDaysIn(rx: Rx, from: string, until: string): Promise<GateDay[]> {
  const rows = await rx.db
    .selectFrom('gate_day')
    .selectAll()
    .where('day', '>=', from)
    .where('day', '<', until)
    .execute()
  return rows.map(row => {
    const counts = Object.fromEntries(outcomes.map(outcome => [outcome, row[outcome]]))
    return { gate: row.gate, day: row.day, counts, duringIncident: row.during_incident }
  })
}
