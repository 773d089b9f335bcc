import type { Observed } from '@breakglass/core/landing'
import type { Selectable } from 'kysely'
import { chunks } from '../store/chunks.ts'
import type { Rx } from '../store/store.ts'
import type { ObservationTable } from '../store/tables/landings.ts'
import { observationBody } from './observe.ts'

/** One commit on one ref of one repository. */
export interface Place {
  repository: string
  ref: string
  commit: string
}

const at = (rx: Rx, { repository, ref }: Omit<Place, 'commit'>) =>
  rx.db.selectFrom('observation').where('repository_key', '=', repository).where('ref', '=', ref)

export async function departuresFrom(rx: Rx, place: Place): Promise<(Observed & { receivedMs: number })[]> {
  const rows = await at(rx, place).selectAll().where('before', '=', place.commit).execute()
  return rows.map(row => ({ ...observedOf(row), receivedMs: row.received_at }))
}

export async function arrivalsAt(rx: Rx, place: Place): Promise<Observed[]> {
  const rows = await at(rx, place).selectAll().where('after', '=', place.commit).execute()
  return rows.map(observedOf)
}

/**
 * Which of these commits something leaves again. They are named one by one: given a question within the question, PostgreSQL
 * reads all that was ever told of the ref.
 */
export async function leftAgain(
  rx: Rx,
  place: Omit<Place, 'commit'>,
  departures: readonly Observed[],
): Promise<Set<string>> {
  const left = new Set<string>()
  for (const part of chunks([...new Set(departures.map(({ after }) => after))])) {
    const rows = await at(rx, place).select('before').distinct().where('before', 'in', part).execute()
    for (const { before } of rows) left.add(before)
  }
  return left
}

/** The commits that something left for this one. */
export async function predecessorsOf(rx: Rx, place: Place): Promise<string[]> {
  const rows = await at(rx, place).select('before').distinct().where('after', '=', place.commit).execute()
  return rows.map(({ before }) => before)
}

function observedOf(row: Selectable<ObservationTable>): Observed {
  const { allowed, around, opened = [] } = observationBody.parse(JSON.parse(row.body))
  const { id, before, after, at, point_id: point, pusher } = row
  const who = pusher === null ? {} : { pusher }
  return { id, kind: kindOf(row.source, allowed), before, after, at, point, opened, ...(around && { around }), ...who }
}

function kindOf(source: ObservationTable['source'], allowed: boolean | undefined): Observed['kind'] {
  if (source === 'ci') return 'ci'
  if (source === 'hook') return 'allowed'
  return allowed === true ? 'confirmed' : 'advance'
}
