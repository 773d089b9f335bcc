import { formatLocalDate, isoWeekday, localDateOf, localHourOf } from '@breakglass/core/calendar'
import type { Outcome } from '@breakglass/core/metrics'
import type { ResolvedGate } from '@breakglass/core/program'
import type { Selectable } from 'kysely'
import type { Act } from '../edge/edge.ts'
import type { PassageTable } from '../store/tables/landings.ts'
import { markCells, markSince } from './dirty-cells.ts'
import type { LandingRow } from './write-landing.ts'

export interface NewPassage {
  gate: ResolvedGate
  outcome: Outcome
  actor?: string
  incident?: string
  grant?: string
}

type PassageRow = Selectable<PassageTable>

/** Evidence that comes within an hour of a day's end is not called late. */
const graceMs = 3_600_000

/**
 * Makes these the passages of a landing. What differs from before marks its day as dirty and, where the past had been taken
 * for something else, leaves a correction.
 */
export async function setPassages(run: Act, landing: LandingRow, passages: readonly NewPassage[]): Promise<void> {
  const before = await run.tx.db.selectFrom('passage').selectAll().where('landing_id', '=', landing.id).execute()
  const wanted = passages.map(passage => rowOf(landing, passage))
  for (const was of before) {
    if (!wanted.some(({ gate }) => gate === was.gate)) await replace(run, was, undefined)
  }
  for (const is of wanted) {
    const was = before.find(({ gate }) => gate === is.gate)
    if (was === undefined || !isSame(was, is)) await replace(run, was, is)
  }
}

function rowOf({ id, at }: LandingRow, { gate, outcome, actor, incident, grant }: NewPassage): PassageRow {
  const zone = gate.timezone
  const date = localDateOf(at, zone)
  return {
    landing_id: id,
    gate: gate.name,
    outcome,
    at,
    zone,
    day: formatLocalDate(date),
    weekday: isoWeekday(date),
    hour: localHourOf(at, zone),
    actor: actor ?? null,
    incident_id: incident ?? null,
    grant_id: grant ?? null,
  }
}

const columns = ['outcome', 'at', 'zone', 'day', 'hour', 'actor', 'incident_id', 'grant_id'] as const

const isSame = (was: PassageRow, is: PassageRow): boolean => columns.every(column => was[column] === is[column])

async function replace(run: Act, was: PassageRow | undefined, is: PassageRow | undefined): Promise<void> {
  const { db } = run.tx
  if (was) {
    await db.deleteFrom('passage').where('landing_id', '=', was.landing_id).where('gate', '=', was.gate).execute()
  }
  if (is) await db.insertInto('passage').values(is).execute()
  const rows = [was, is].filter(row => row !== undefined)
  await markCells(run, rows)
  await correct(run, was, is)
  // An incident makes every passage of its time one that was made in an incident.
  if (was?.incident_id !== is?.incident_id) {
    for (const { gate, incident_id } of rows) if (incident_id !== null) await markSince(run, gate, incident_id)
  }
}

async function correct(run: Act, was: PassageRow | undefined, is: PassageRow | undefined): Promise<void> {
  const row = is ?? was
  if (!row || was?.outcome === is?.outcome) return
  const isOver = row.day < formatLocalDate(localDateOf(run.atMs - graceMs, row.zone))
  // What was never counted otherwise is no correction while its day is not over.
  if (!isOver && (was === undefined || is === undefined)) return
  const { landing_id, gate, day } = row
  await run.tx.db
    .insertInto('correction')
    .values({ landing_id, gate, day, was: was?.outcome ?? 'none', is: is?.outcome ?? 'none', at: run.atMs })
    .onConflict(on => on.doNothing())
    .execute()
}
