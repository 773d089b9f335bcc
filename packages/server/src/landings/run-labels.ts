import { addDays, formatLocalDate, instantOf, localDateOf } from '@breakglass/core/calendar'
import { type Label, labelGates, labels, settledLabel } from '@breakglass/core/metrics'
import type { ResolvedProgram } from '@breakglass/core/program'
import { z } from 'zod'
import { act, type Act, type Edge } from '../edge/edge.ts'
import { programInForce } from '../facts/program.ts'
import type { JobHandler } from '../jobs/runner.ts'
import type { Rx } from '../store/store.ts'
import { historiesOf, spanBefore } from './histories.ts'
import { thresholdsOf } from './thresholds.ts'

const labelledWeeks = 26
/** What was seen of the last day has been told by then. */
const runsAtHour = 6

export interface LabelMonth {
  gate: string
  month: string
  found: Label
  shown: Label
  fired: Label[]
  x: number
  n: number
  reason: string
  ranMs: number
}

/**
 * Labels all gates once a month, over the weeks before its first day, and keeps what was found: the label that is shown
 * changes only when two runs in a row agree (docs/landings.md "Months of labels").
 */
export const runLabels =
  (edge: Edge): JobHandler =>
  ({ complete }) =>
    act(edge, async run => {
      const program = (await programInForce(run.tx))?.published.program
      if (!program) return complete(run.tx)
      await labelMonth(run, program)
      const { year, month } = localDateOf(run.atMs, program.timezone)
      const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 }
      return { againAt: instantOf(next, runsAtHour, program.timezone) }
    })

async function labelMonth(run: Act, program: ResolvedProgram): Promise<void> {
  const today = localDateOf(run.atMs, program.timezone)
  const first = { ...today, day: 1 }
  const month = formatLocalDate(first).slice(0, 7)
  const before = formatLocalDate(addDays(first, -1)).slice(0, 7)
  const last = await lastRuns(run.tx)
  const gates = Object.keys(program.gates)
    .filter(gate => last.get(gate)?.month !== month)
    .sort()
  if (gates.length === 0) return
  const histories = await historiesOf(run.tx, gates, spanBefore(first, labelledWeeks * 7))
  for (const { gate, label, fired, x, n, reason } of labelGates(histories, thresholdsOf(program)).gates) {
    const previous = last.get(gate)
    // A month without a run is no second run that agrees.
    const agrees = previous?.month === before ? previous.found : undefined
    const shown = settledLabel(previous?.shown, agrees, label)
    const row = { gate, month, found: label, shown, fired: JSON.stringify(fired), x, n, reason, ran_at: run.atMs }
    await run.tx.db
      .insertInto('label_run')
      .values(row)
      .onConflict(on => on.doNothing())
      .execute()
  }
}

const label = z.enum(labels)
const fired = z.array(label)

/** The newest run of each gate. */
export async function lastRuns(rx: Rx): Promise<Map<string, LabelMonth>> {
  const rows = await rx.db
    .selectFrom('label_run')
    .selectAll()
    .where('month', '=', eb =>
      eb
        .selectFrom('label_run as later')
        .select(({ fn }) => fn.max('later.month').as('month'))
        .whereRef('later.gate', '=', 'label_run.gate'),
    )
    .execute()
  return new Map(rows.map(row => [row.gate, labelMonthOf(row)] as const))
}

/** Every run of one gate, the newest first. */
export async function runsOf(rx: Rx, gate: string): Promise<LabelMonth[]> {
  const rows = await rx.db
    .selectFrom('label_run')
    .selectAll()
    .where('gate', '=', gate)
    .orderBy('month', 'desc')
    .limit(runsMax)
    .execute()
  return rows.map(labelMonthOf)
}

/** Ten years. */
const runsMax = 120

interface LabelRow {
  gate: string
  month: string
  found: string
  shown: string
  fired: string
  x: number
  n: number
  reason: string
  ran_at: number
}

function labelMonthOf({ found, shown, fired: json, ran_at: ranMs, ...rest }: LabelRow): LabelMonth {
  return { ...rest, found: label.parse(found), shown: label.parse(shown), fired: fired.parse(JSON.parse(json)), ranMs }
}
