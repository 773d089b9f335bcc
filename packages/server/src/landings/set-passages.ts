import { formatLocalDate, isoWeekday, localDateOf, localHourOf } from '@breakglass/core/calendar'
import type { Outcome } from '@breakglass/core/metrics'
import type { ResolvedGate } from '@breakglass/core/program'
import type { Selectable } from 'kysely'
import type { Act } from '../edge/edge.ts'
import type { PassageTable } from '../store/tables/landings.ts'
import type { Deriving } from './deriving.ts'
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
export async function setPassages(
  deriving: Deriving,
  landing: LandingRow,
  passages: readonly NewPassage[],
): Promise<void> {
  const { db } = deriving.tx
  const before = await db.selectFrom('passage').selectAll().where('landing_id', '=', landing.id).execute()
  const changes = changesOf(
    before,
    passages.map(passage => rowOf(landing, passage)),
  )
  const gone = changes.flatMap(({ was }) => was?.gate ?? [])
  const fresh = changes.flatMap(({ is }) => is ?? [])
  if (gone.length > 0) {
    await db.deleteFrom('passage').where('landing_id', '=', landing.id).where('gate', 'in', gone).execute()
  }
  for (let from = 0; from < fresh.length; from += passagesPerStatement) {
    await db
      .insertInto('passage')
      .values(fresh.slice(from, from + passagesPerStatement))
      .execute()
  }
  for (const change of changes) await note(deriving, change)
}

/** Eleven values each. */
const passagesPerStatement = 80

interface Change {
  was?: PassageRow | undefined
  is?: PassageRow | undefined
}

function changesOf(before: readonly PassageRow[], after: readonly PassageRow[]): Change[] {
  const gone = before.filter(({ gate }) => !after.some(is => is.gate === gate))
  const fresh = after.map(is => ({ is, was: before.find(({ gate }) => gate === is.gate) }))
  return [...gone.map(was => ({ was })), ...fresh.filter(({ was, is }) => was === undefined || !isSame(was, is))]
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

async function note(deriving: Deriving, { was, is }: Change): Promise<void> {
  const rows = [was, is].filter(row => row !== undefined)
  deriving.cells.push(...rows.map(({ gate, day }) => ({ gate, day })))
  await correct(deriving, was, is)
  // An incident makes every passage of its time one that was made in an incident.
  if (was?.incident_id === is?.incident_id) return
  for (const { gate, incident_id: incident } of rows) if (incident !== null) deriving.incidents.push({ gate, incident })
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
