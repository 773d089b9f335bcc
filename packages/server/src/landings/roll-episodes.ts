import { type BypassUse, type Episode, episodesOf, outcomes, outcomeTable } from '@breakglass/core/metrics'
import { formatId } from '@breakglass/core/ids'
import type { Rx, Tx } from '../store/store.ts'
import type { EpisodeTable } from '../store/tables/landings.ts'
import { chunks } from '../store/chunks.ts'
import { digest16 } from './landing-id.ts'

const counted = outcomes.filter(outcome => outcomeTable[outcome].numerator !== 'none')

/**
 * The episodes of one gate, all of them: an incident can join uses over any time, and uses are few. Only what differs is
 * written.
 */
export async function rollEpisodes(tx: Tx, gate: string): Promise<void> {
  const wanted = rowsOf(gate, episodesOf(await usesOf(tx, gate)))
  const held = await tx.db.selectFrom('episode').selectAll().where('gate', '=', gate).execute()
  const inWords = (row: EpisodeTable) =>
    JSON.stringify([row.id, row.day, row.sanctioned, row.in_person_signals, row.uses])
  const same = new Set(held.map(inWords))
  const stays = new Set(wanted.map(inWords))
  const gone = held.filter(row => !stays.has(inWords(row))).map(({ id }) => id)
  for (const part of chunks(gone)) await tx.db.deleteFrom('episode').where('id', 'in', part).execute()
  const fresh = wanted.filter(row => !same.has(inWords(row)))
  // Nine values each.
  for (let from = 0; from < fresh.length; from += 100) {
    await tx.db
      .insertInto('episode')
      .values(fresh.slice(from, from + 100))
      .execute()
  }
}

async function usesOf(rx: Rx, gate: string): Promise<BypassUse[]> {
  const rows = await rx.db
    .selectFrom('passage')
    .select(['at', 'day', 'outcome', 'actor', 'incident_id'])
    .where('gate', '=', gate)
    .where('outcome', 'in', counted)
    .orderBy('at')
    .orderBy('landing_id')
    .execute()
  return rows.map(({ at, day, outcome, actor, incident_id }) => ({
    gate,
    at,
    day,
    // The query asked for these alone.
    outcome: outcome as BypassUse['outcome'],
    ...(actor !== null && { actor }),
    ...(incident_id !== null && { incident: incident_id }),
  }))
}

/** Named by what they are, so that computing them again gives the same; like ones of one instant are numbered. */
function rowsOf(gate: string, episodes: readonly Episode[]): EpisodeTable[] {
  const alike = new Map<string, number>()
  return episodes.map(({ at, day, actor = null, incident = null, sanctioned, inPersonSignals, uses }) => {
    const key = JSON.stringify([at, actor, incident])
    const count = (alike.get(key) ?? 0) + 1
    alike.set(key, count)
    return {
      id: formatId('episode', digest16([gate, at, actor, incident, count])),
      gate,
      at,
      day,
      actor,
      incident_id: incident,
      sanctioned: sanctioned ? 1 : 0,
      in_person_signals: inPersonSignals ? 1 : 0,
      uses,
    }
  })
}
