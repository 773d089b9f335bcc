import { type GateDay, knownOutcomes, type Outcome, outcomes, outcomeTable } from '@breakglass/core/metrics'
import type { Rx, Tx } from '../store/store.ts'
import { type IncidentWindow, inWindows } from './incident-windows.ts'
import { packDays } from './packed-days.ts'

export interface MonthCell {
  gate: string
  /** `YYYY-MM` */
  month: string
  windows: readonly IncidentWindow[]
}

const isBypass = (outcome: Outcome): boolean => outcomeTable[outcome].numerator !== 'none'

/** A month of one gate: its days, counted before, in one text; by weekday and hour; and by whoever is named. */
export async function rollMonth(tx: Tx, cell: MonthCell): Promise<void> {
  await packMonth(tx, cell)
  await rollHours(tx, cell)
  await rollActors(tx, cell)
}

/** Where the gate's zone was changed, a date can stand in two zones; it is one day all the same. */
export async function packMonth(tx: Tx, { gate, month }: Pick<MonthCell, 'gate' | 'month'>): Promise<void> {
  const rows = await tx.db
    .selectFrom('gate_day')
    .selectAll()
    .where('gate', '=', gate)
    .where('day', '>=', `${month}-01`)
    .where('day', '<=', `${month}-31`)
    .orderBy('day')
    .execute()
  const days = [...Map.groupBy(rows, ({ day }) => day)].map(([day, of]): GateDay => {
    const sum = (column: Outcome | 'during_incident') => of.reduce((total, row) => total + row[column], 0)
    const counts = Object.fromEntries(outcomes.map(outcome => [outcome, sum(outcome)]))
    return { gate, day, counts, duringIncident: sum('during_incident') }
  })
  await tx.db.deleteFrom('gate_month').where('gate', '=', gate).where('month', '=', month).execute()
  if (days.length > 0)
    await tx.db
      .insertInto('gate_month')
      .values({ gate, month, days: packDays(days) })
      .execute()
}

const inMonth = (rx: Rx, { gate, month }: MonthCell) =>
  rx.db
    .selectFrom('passage')
    .where('gate', '=', gate)
    .where('day', '>=', `${month}-01`)
    .where('day', '<=', `${month}-31`)
    .where('outcome', 'in', knownOutcomes)

async function rollHours(tx: Tx, cell: MonthCell): Promise<void> {
  const { gate, month } = cell
  const rows = await inMonth(tx, cell)
    .select(eb => ['weekday', 'hour', 'outcome', eb.fn.countAll<number>().as('count')])
    .groupBy(['weekday', 'hour', 'outcome'])
    .execute()
  await tx.db.deleteFrom('gate_hour').where('gate', '=', gate).where('month', '=', month).execute()
  const hours = Map.groupBy(rows, ({ weekday, hour }) => weekday * 24 + hour)
  const values = [...hours].map(([at, of]) => ({
    gate,
    month,
    weekday: Math.floor(at / 24),
    hour: at % 24,
    passages: of.reduce((sum, { count }) => sum + count, 0),
    bypassed: of.reduce((sum, { count, outcome }) => (isBypass(outcome) ? sum + count : sum), 0),
  }))
  // Six values each.
  for (let from = 0; from < values.length; from += 150) {
    await tx.db
      .insertInto('gate_hour')
      .values(values.slice(from, from + 150))
      .execute()
  }
}

async function rollActors(tx: Tx, cell: MonthCell): Promise<void> {
  const { gate, month, windows } = cell
  const all = await inMonth(tx, cell)
    .select(eb => ['actor', eb.fn.countAll<number>().as('count')])
    .groupBy('actor')
    .execute()
  const during = await inMonth(tx, cell)
    .select(eb => ['actor', eb.fn.countAll<number>().as('count')])
    .where(eb => inWindows(eb, windows))
    .groupBy('actor')
    .execute()
  await tx.db.deleteFrom('gate_actor_month').where('gate', '=', gate).where('month', '=', month).execute()
  const values = all.map(({ actor, count }) => {
    const inside = during.find(row => row.actor === actor)?.count ?? 0
    return { gate, month, actor: actor ?? '', passages: count, outside: count - inside }
  })
  for (let from = 0; from < values.length; from += 150) {
    await tx.db
      .insertInto('gate_actor_month')
      .values(values.slice(from, from + 150))
      .execute()
  }
}
