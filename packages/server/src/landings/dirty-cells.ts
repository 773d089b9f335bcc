import { formatLocalDate, localDateOf } from '@breakglass/core/calendar'
import type { OnConflictBuilder } from 'kysely'
import type { Act } from '../edge/edge.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Database } from '../store/schema.ts'
import type { CellDirtyTable } from '../store/tables/landings.ts'

export const rollJob = 'landing.roll'

/** What changes within a moment is counted once. */
const gatherMs = 2000

/** Two values each. */
const cellsPerStatement = 400

/** These days are counted anew. */
export async function markCells(run: Act, cells: readonly CellDirtyTable[]): Promise<void> {
  const marks = [...new Map(cells.map(({ gate, day }) => [`${gate} ${day}`, { gate, day }])).values()]
  for (let from = 0; from < marks.length; from += cellsPerStatement) {
    await run.tx.db
      .insertInto('cell_dirty')
      .values(marks.slice(from, from + cellsPerStatement))
      .onConflict(touch)
      .execute()
  }
  for (const gate of new Set(marks.map(mark => mark.gate))) await askToRoll(run, gate)
}

/** Written again as it is, so that a job which takes it away at this moment looks again (see `observe`). */
const touch = (on: OnConflictBuilder<Database, 'cell_dirty'>) =>
  on.columns(['gate', 'day']).doUpdateSet(eb => ({ day: eb.ref('excluded.day') }))

/** The days of a gate since an incident began, with one to spare for any zone. */
export async function markSince(run: Act, gate: string, incident: string): Promise<void> {
  const row = await run.tx.db.selectFrom('incident').select('opened_at').where('id', '=', incident).executeTakeFirst()
  if (!row) return
  await run.tx.db
    .insertInto('cell_dirty')
    .columns(['gate', 'day'])
    .expression(eb =>
      eb
        .selectFrom('gate_day')
        .select(['gate', 'day'])
        .distinct()
        .where('gate', '=', gate)
        .where('day', '>=', formatLocalDate(localDateOf(row.opened_at - 86_400_000, 'UTC'))),
    )
    .onConflict(touch)
    .execute()
  await askToRoll(run, gate)
}

const askToRoll = (run: Act, gate: string): Promise<void> =>
  enqueue(run.tx, { id: run.newId('job'), kind: rollJob, key: gate, runAt: run.atMs + gatherMs })
