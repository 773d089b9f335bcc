import { act, type Act, type Edge } from '../edge/edge.ts'
import type { JobHandler } from '../jobs/runner.ts'
import { incidentWindows } from './incident-windows.ts'
import { askForLabels } from './label-job.ts'
import { lookQuickly } from './quick-alert.ts'
import { rollDay } from './roll-day.ts'
import { rollEpisodes } from './roll-episodes.ts'
import { rollMonth } from './roll-month.ts'

/** Days counted in one transaction: it holds the writer that a push may wait for. */
const daysMax = 20
const nextMs = 50

/** Counts the dirty days of one gate anew, whole and from its passages, with the months and the episodes that they are in. */
export const roll =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const gate = job.key
      const days = await takeDirty(run, gate)
      const windows = await incidentWindows(run.tx, gate)
      for (const day of days) await rollDay(run.tx, { gate, day, windows })
      for (const month of new Set(days.map(day => day.slice(0, 7)))) await rollMonth(run.tx, { gate, month, windows })
      if (days.length > 0) {
        await rollEpisodes(run.tx, gate)
        await lookQuickly(run, gate)
      }
      await askForLabels(run)
      if (days.length === daysMax) return { againAt: run.atMs + nextMs }
      await complete(run.tx)
      return undefined
    })

async function takeDirty({ tx }: Act, gate: string): Promise<string[]> {
  const rows = await tx.db
    .selectFrom('cell_dirty')
    .select('day')
    .where('gate', '=', gate)
    .orderBy('day')
    .limit(daysMax)
    .execute()
  const days = rows.map(({ day }) => day)
  if (days.length > 0) await tx.db.deleteFrom('cell_dirty').where('gate', '=', gate).where('day', 'in', days).execute()
  return days
}
